package org.lamella.samples.network;

import java.util.List;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;

/** A network of one of the families, its size settled. */
public sealed interface Network permits ConvolutionalNetwork, Perceptron {
    /** What one example is. */
    InputType input();

    /**
     * The network as a graph. Every step that has an activation of its own is a vertex of its own.
     *
     * @param training updater, regularisation and seed
     * @param extras what is added for the training alone; {@link TrainingExtras#NONE} gives the network as it is used
     */
    ComputationGraphConfiguration configuration(NeuralNetConfiguration.Builder training, TrainingExtras extras);

    /** The batch normalisations that end residual branches: where scales and shifts are 0, the branch adds nothing. */
    default List<String> branchNormalizations() {
        return List.of();
    }

    /** The network as it is used. */
    default ComputationGraphConfiguration configuration() {
        return configuration(new NeuralNetConfiguration.Builder(), TrainingExtras.NONE);
    }
}

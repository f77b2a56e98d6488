package org.lamella.dl4j;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossBinaryXENT;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;
import org.nd4j.linalg.lossfunctions.impl.LossMSE;

/**
 * Losses for the outputs of a network that was imported without them: Deeplearning4j trains only what ends in layers with a loss. A
 * dense or activation layer gets the loss that goes with its activation function: cross-entropy with softmax and sigmoid, else the mean
 * squared error. What the layer computes, its name and its parameters stay.
 */
final class OutputLosses {
    private OutputLosses() {}

    /**
     * Gives the outputs losses.
     *
     * @param structure is changed
     * @return the outputs that are still without
     */
    static List<String> give(ComputationGraphConfiguration structure) {
        List<String> without = new ArrayList<>();
        for (String output : structure.getNetworkOutputs()) {
            boolean hasLoss = structure.getVertices().get(output) instanceof LayerVertex vertex && give(vertex, output);
            if (!hasLoss) {
                without.add(output);
            }
        }
        return without;
    }

    private static boolean give(LayerVertex vertex, String name) {
        NeuralNetConfiguration configuration = vertex.getLayerConf();
        Layer layer = configuration.getLayer();
        if (layer instanceof DenseLayer dense && !dense.hasLayerNorm()) {
            configuration.setLayer(output(dense, name));
        } else if (layer instanceof ActivationLayer activation) {
            LossLayer loss = new LossLayer.Builder(loss(activation.getActivationFn()))
                    .activation(activation.getActivationFn())
                    .name(name)
                    .build();
            configuration.setLayer(loss);
        } else {
            // Losses of images and sequences are layers of their own kinds, told by what they are called.
            return layer instanceof BaseOutputLayer
                    || layer instanceof LossLayer
                    || layer.getClass().getSimpleName().matches(".*(Loss|Output)Layer");
        }
        vertex.setOutputVertex(true);
        return true;
    }

    private static OutputLayer output(DenseLayer dense, String name) {
        OutputLayer output = new OutputLayer.Builder(loss(dense.getActivationFn()))
                .nIn((int) dense.getNIn())
                .nOut((int) dense.getNOut())
                .hasBias(dense.hasBias())
                .activation(dense.getActivationFn())
                .name(name)
                .build();
        output.setWeightInitFn(dense.getWeightInitFn());
        output.setBiasInit(dense.getBiasInit());
        output.setGainInit(dense.getGainInit());
        output.setRegularization(dense.getRegularization());
        output.setRegularizationBias(dense.getRegularizationBias());
        output.setIUpdater(dense.getIUpdater());
        output.setBiasUpdater(dense.getBiasUpdater());
        output.setWeightNoise(dense.getWeightNoise());
        output.setGradientNormalization(dense.getGradientNormalization());
        output.setGradientNormalizationThreshold(dense.getGradientNormalizationThreshold());
        output.setIDropout(dense.getIDropout());
        output.setConstraints(dense.getConstraints());
        return output;
    }

    private static ILossFunction loss(IActivation activation) {
        if (activation instanceof ActivationSoftmax) {
            return new LossMCXENT();
        }
        return activation instanceof ActivationSigmoid ? new LossBinaryXENT() : new LossMSE();
    }
}

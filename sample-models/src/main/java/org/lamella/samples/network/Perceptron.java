package org.lamella.samples.network;

import java.util.List;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.weights.WeightInit;
import org.lamella.LamellaException;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.lossfunctions.LossFunctions;

/**
 * A multilayer perceptron: hidden dense layers of one width with ReLU, then a classifier.
 *
 * @param depth hidden layers, at least 1
 * @param width of each
 * @param normalized whether batch normalisation comes between a dense layer and its ReLU
 * @param shape of one example: features, or channels, height and width
 * @param classes at least 2
 */
public record Perceptron(int depth, int width, boolean normalized, List<Integer> shape, int classes)
        implements Network {
    public Perceptron {
        shape = List.copyOf(shape);
        require(depth >= 1, "depth", depth, "1 or more");
        require(width >= 1, "width", width, "1 or more");
        require(shape.size() == 1 || shape.size() == 3, "an example", shape, "features, or channels x height x width");
        require(classes >= 2, "classes", classes, "2 or more");
    }

    private static void require(boolean condition, String what, Object value, String wanted) {
        if (!condition) {
            throw new LamellaException("perceptron", what + " is " + value + " but must be " + wanted);
        }
    }

    @Override
    public InputType input() {
        return shape.size() == 1
                ? InputType.feedForward(shape.get(0))
                : InputType.convolutional(shape.get(1), shape.get(2), shape.get(0));
    }

    @Override
    public ComputationGraphConfiguration configuration(NeuralNetConfiguration.Builder training, TrainingExtras extras) {
        GraphBuilder graph = training.weightInit(WeightInit.RELU)
                .activation(Activation.IDENTITY)
                .graphBuilder()
                .addInputs("input")
                .setInputTypes(input());
        String last = "input";
        for (int layer = 1; layer <= depth; layer++) {
            String name = "dense" + layer;
            DenseLayer.Builder dense = new DenseLayer.Builder().nOut(width);
            graph.addLayer(name, (layer == 1 ? dense : extras.dropping(dense)).build(), last);
            last = name;
            if (normalized) {
                graph.addLayer(name + ".bn", new BatchNormalization.Builder().build(), last);
                last = name + ".bn";
            }
            graph.addLayer(name + ".relu", new ActivationLayer(Activation.RELU), last);
            last = extras.penalized(graph, name + ".relu");
        }
        return graph.addLayer(
                        "logits",
                        extras.dropping(new DenseLayer.Builder().nOut(classes)).build(),
                        last)
                .addLayer(
                        "softmax",
                        new LossLayer.Builder(LossFunctions.LossFunction.MCXENT)
                                .activation(Activation.SOFTMAX)
                                .build(),
                        "logits")
                .setOutputs("softmax")
                .build();
    }
}

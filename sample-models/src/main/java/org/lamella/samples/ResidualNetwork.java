package org.lamella.samples;

import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.weights.WeightInit;
import org.lamella.LamellaException;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.lossfunctions.LossFunctions;

/**
 * The residual networks for small images of He et al., <i>Deep Residual Learning for Image Recognition</i> (2015), section
 * 4.2, widened by a factor: a stem, three stages of (depth - 2) / 6 blocks with 16, 32 and 64 times the width of filters,
 * a global average, a classifier.
 *
 * <p>Every step that has an activation of its own is a vertex of its own: with projections these are 9 + 21 (depth - 2) / 6,
 * counting the input, the average, the logits and the softmax. Convolutions have biases; projections have no batch
 * normalisation.
 *
 * @param depth 6n + 2 with n blocks a stage: 8, 14, 20, …
 * @param width factor on the number of filters, at least 1
 * @param shortcut what is added where the size changes
 * @param channels channels of the input
 * @param side height and width of the input, at least 4
 * @param classes at least 2
 */
public record ResidualNetwork(int depth, int width, Shortcut shortcut, int channels, int side, int classes) {
    private static final int STAGES = 3;
    private static final int FILTERS = 16;

    public ResidualNetwork {
        require(depth >= 8 && (depth - 2) % 6 == 0, "depth", depth, "6n + 2: 8, 14, 20, 26 and so on");
        require(width >= 1, "width", width, "1 or more");
        require(channels >= 1, "channels", channels, "1 or more");
        require(side >= 4, "side", side, "4 or more");
        require(classes >= 2, "classes", classes, "2 or more");
    }

    private static void require(boolean condition, String what, int value, String wanted) {
        if (!condition) {
            throw new LamellaException("residual network", what + " is " + value + " but must be " + wanted);
        }
    }

    /** Residual blocks in each of the three stages. */
    public int blocksPerStage() {
        return (depth - 2) / 6;
    }

    /**
     * The network as a graph.
     *
     * @param training updater, regularisation and seed; filters are initialised by He's rule whatever it says
     */
    public ComputationGraphConfiguration configuration(NeuralNetConfiguration.Builder training) {
        GraphBuilder graph = training.weightInit(WeightInit.RELU)
                .convolutionMode(ConvolutionMode.Same)
                .activation(Activation.IDENTITY)
                .graphBuilder()
                .addInputs("input")
                .setInputTypes(InputType.convolutional(side, side, channels));
        String last = convolution(graph, "stem", "", 3, 1, FILTERS * width, "input");
        last = relu(graph, "stem.relu", normalization(graph, "stem.bn", last));
        for (int stage = 1; stage <= STAGES; stage++) {
            for (int block = 1; block <= blocksPerStage(); block++) {
                last = block(graph, stage, block, last);
            }
        }
        return graph.addLayer("pool", new GlobalPoolingLayer(PoolingType.AVG), last)
                .addLayer("logits", new DenseLayer.Builder().nOut(classes).build(), "pool")
                .addLayer(
                        "softmax",
                        new LossLayer.Builder(LossFunctions.LossFunction.MCXENT)
                                .activation(Activation.SOFTMAX)
                                .build(),
                        "logits")
                .setOutputs("softmax")
                .build();
    }

    private String block(GraphBuilder graph, int stage, int block, String input) {
        String name = "stage" + stage + ".block" + block;
        int filters = (FILTERS * width) << (stage - 1);
        boolean shrinks = stage > 1 && block == 1;
        String last = convolution(graph, name, "1", 3, shrinks ? 2 : 1, filters, input);
        last = relu(graph, name + ".relu1", normalization(graph, name + ".bn1", last));
        last = convolution(graph, name, "2", 3, 1, filters, last);
        last = normalization(graph, name + ".bn2", last);
        String skip = shrinks ? shrunk(graph, name, filters, input) : input;
        graph.addVertex(name + ".add", new ElementWiseVertex(ElementWiseVertex.Op.Add), last, skip);
        return relu(graph, name + ".relu2", name + ".add");
    }

    private String shrunk(GraphBuilder graph, String block, int filters, String input) {
        return switch (shortcut) {
            case PROJECTION -> {
                String name = block + ".projection";
                graph.addLayer(name, convolution(1, 2, filters), input);
                yield name;
            }
            case IDENTITY -> {
                String thinned = block + ".shortcut.stride";
                String zeros = block + ".shortcut.zeros";
                String padded = block + ".shortcut.pad";
                graph.addLayer(
                        thinned,
                        new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX)
                                .kernelSize(1, 1)
                                .stride(2, 2)
                                .build(),
                        input);
                graph.addVertex(zeros, new ScaleVertex(0), thinned);
                graph.addVertex(padded, new MergeVertex(), thinned, zeros);
                yield padded;
            }
        };
    }

    private static String convolution(
            GraphBuilder graph, String part, String number, int kernel, int stride, int filters, String input) {
        String name = part + ".conv" + number;
        graph.addLayer(name, convolution(kernel, stride, filters), input);
        return name;
    }

    private static ConvolutionLayer convolution(int kernel, int stride, int filters) {
        return new ConvolutionLayer.Builder(kernel, kernel)
                .stride(stride, stride)
                .nOut(filters)
                .build();
    }

    private static String normalization(GraphBuilder graph, String name, String input) {
        graph.addLayer(name, new BatchNormalization.Builder().build(), input);
        return name;
    }

    private static String relu(GraphBuilder graph, String name, String input) {
        graph.addLayer(name, new ActivationLayer(Activation.RELU), input);
        return name;
    }
}

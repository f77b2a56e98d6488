package org.lamella.samples.network;

import java.util.List;
import java.util.stream.IntStream;
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
 * 4.2, widened by a factor, and the same without shortcuts: a stem, three stages of (depth - 2) / 6 blocks of two
 * convolutions, a global average, a classifier.
 *
 * <p>With projections there are 9 + 21 (depth - 2) / 6 vertices, counting the input, the average, the logits and the softmax.
 * Convolutions have biases; projections have no batch normalisation.
 *
 * @param depth 6n + 2 with n blocks a stage: 8, 14, 20, …
 * @param filters of the three stages
 * @param shortcut what a block adds to its output; nothing in a plain network
 * @param normalized whether batch normalisation follows the convolutions
 * @param channels channels of the input
 * @param side height and width of the input, at least 4
 * @param classes at least 2
 */
public record ConvolutionalNetwork(
        int depth, List<Integer> filters, Shortcut shortcut, boolean normalized, int channels, int side, int classes)
        implements Network {
    private static final int STAGES = 3;
    private static final int FILTERS = 16;
    private static final String BRANCH_END = ".bn2";

    public ConvolutionalNetwork {
        filters = List.copyOf(filters);
        require(depth >= 8 && (depth - 2) % 6 == 0, "depth", depth, "6n + 2: 8, 14, 20, 26 and so on");
        require(
                filters.size() == STAGES && filters.stream().allMatch(count -> count >= 1),
                "filters",
                filters,
                "three numbers, 1 or more");
        require(
                shortcut != Shortcut.IDENTITY || doubles(filters),
                "filters",
                filters,
                "doubled from stage to stage where shortcuts are identities");
        require(channels >= 1, "channels", channels, "1 or more");
        require(side >= 4, "side", side, "4 or more");
        require(classes >= 2, "classes", classes, "2 or more");
    }

    private static boolean doubles(List<Integer> filters) {
        return filters.get(1) == 2 * filters.get(0) && filters.get(2) == 2 * filters.get(1);
    }

    private static void require(boolean condition, String what, Object value, String wanted) {
        if (!condition) {
            throw new LamellaException("convolutional network", what + " is " + value + " but must be " + wanted);
        }
    }

    /** The filters of a width: 16, 32 and 64 times it. */
    public static List<Integer> filtersOf(int width) {
        require(width >= 1, "width", width, "1 or more");
        return List.of(FILTERS * width, 2 * FILTERS * width, 4 * FILTERS * width);
    }

    /** Blocks in each of the three stages. */
    public int blocksPerStage() {
        return (depth - 2) / 6;
    }

    @Override
    public InputType input() {
        return InputType.convolutional(side, side, channels);
    }

    @Override
    public List<String> branchNormalizations() {
        if (!normalized || shortcut == Shortcut.NONE) {
            return List.of();
        }
        return IntStream.rangeClosed(1, STAGES)
                .boxed()
                .flatMap(stage -> IntStream.rangeClosed(1, blocksPerStage())
                        .mapToObj(block -> blockName(stage, block) + BRANCH_END))
                .toList();
    }

    /** Filters are initialised by He's rule whatever {@code training} says. */
    @Override
    public ComputationGraphConfiguration configuration(NeuralNetConfiguration.Builder training, TrainingExtras extras) {
        GraphBuilder graph = training.weightInit(WeightInit.RELU)
                .convolutionMode(ConvolutionMode.Same)
                .activation(Activation.IDENTITY)
                .graphBuilder()
                .addInputs("input")
                .setInputTypes(input());
        graph.addLayer("stem.conv", convolution(3, 1, filters.get(0)).build(), "input");
        String last = relu(graph, "stem.relu", normalization(graph, "stem.bn", "stem.conv", 1));
        for (int stage = 1; stage <= STAGES; stage++) {
            for (int block = 1; block <= blocksPerStage(); block++) {
                last = extras.penalized(graph, block(graph, stage, block, last, extras));
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

    private String block(GraphBuilder graph, int stage, int block, String input, TrainingExtras extras) {
        String name = blockName(stage, block);
        int width = filters.get(stage - 1);
        boolean shrinks = stage > 1 && block == 1;
        graph.addLayer(name + ".conv1", convolution(3, shrinks ? 2 : 1, width).build(), input);
        String last = relu(graph, name + ".relu1", normalization(graph, name + ".bn1", name + ".conv1", 1));
        graph.addLayer(
                name + ".conv2", extras.dropping(convolution(3, 1, width)).build(), last);
        last = normalization(graph, name + BRANCH_END, name + ".conv2", extras.branchScale());
        if (shortcut != Shortcut.NONE) {
            String skip = shrinks ? shrunk(graph, name, width, input) : input;
            graph.addVertex(name + ".add", new ElementWiseVertex(ElementWiseVertex.Op.Add), last, skip);
            last = name + ".add";
        }
        return relu(graph, name + ".relu2", last);
    }

    private static String blockName(int stage, int block) {
        return "stage" + stage + ".block" + block;
    }

    private String shrunk(GraphBuilder graph, String block, int width, String input) {
        if (shortcut == Shortcut.PROJECTION) {
            String name = block + ".projection";
            graph.addLayer(name, convolution(1, 2, width).build(), input);
            return name;
        }
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
        return padded;
    }

    private static ConvolutionLayer.Builder convolution(int kernel, int stride, int filters) {
        return new ConvolutionLayer.Builder(kernel, kernel)
                .stride(stride, stride)
                .nOut(filters);
    }

    private String normalization(GraphBuilder graph, String name, String input, double scale) {
        if (!normalized) {
            return input;
        }
        graph.addLayer(name, new BatchNormalization.Builder().gamma(scale).build(), input);
        return name;
    }

    private static String relu(GraphBuilder graph, String name, String input) {
        graph.addLayer(name, new ActivationLayer(Activation.RELU), input);
        return name;
    }
}

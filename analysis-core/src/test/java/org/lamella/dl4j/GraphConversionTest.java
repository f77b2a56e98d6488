package org.lamella.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.L2NormalizeVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.PoolHelperVertex;
import org.deeplearning4j.nn.conf.graph.ReshapeVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.graph.ShiftVertex;
import org.deeplearning4j.nn.conf.graph.SubsetVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.lamella.LamellaException;
import org.lamella.activation.ActivationSource;
import org.lamella.activation.Engine;
import org.lamella.dl4j.Dl4jNetworks.GaussianData;
import org.lamella.model.Dl4jCheckpoint;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Whole graphs in ONNX: vertices, flattenings, graphs at random, and what is left to Deeplearning4j. */
class GraphConversionTest {
    @TempDir
    private Path directory;

    private static ConvolutionLayer convolution(int outputs) {
        return new ConvolutionLayer.Builder(3, 3)
                .convolutionMode(ConvolutionMode.Same)
                .nOut(outputs)
                .build();
    }

    @ParameterizedTest
    @EnumSource
    void vertices_inOnnx_giveWhatDeeplearning4jGives(CNN2DFormat format) {
        GraphBuilder graph = Dl4jNetworks.settings()
                .activation(Activation.IDENTITY)
                .graphBuilder()
                .addInputs("image")
                .setInputTypes(InputType.convolutional(4, 6, 3, format))
                .addLayer("a", convolution(4), "image")
                .addLayer("b", convolution(4), "image")
                .addLayer("c", convolution(2), "image")
                .addLayer("dropped", new DropoutLayer(0.5), "b");
        for (ElementWiseVertex.Op each : ElementWiseVertex.Op.values()) {
            String[] inputs = each == ElementWiseVertex.Op.Subtract
                    ? new String[] {"a", "b"}
                    : new String[] {"a", "dropped", "b", "a"};
            graph.addVertex(each.name(), new ElementWiseVertex(each), inputs);
        }
        graph.addVertex("merged", new MergeVertex(), "a", "c", "b")
                .addVertex("alone", new MergeVertex(), "c")
                .addVertex("one element", new ElementWiseVertex(ElementWiseVertex.Op.Add), "c")
                .addVertex("scaled", new ScaleVertex(-2.5), "merged")
                .addVertex("shifted", new ShiftVertex(0.75), "scaled")
                .addVertex("some", new SubsetVertex(1, 2), "merged")
                .addVertex("unit", new L2NormalizeVertex(), "a")
                .addVertex("rows", new ReshapeVertex(-1, 8, 12), "a")
                .addLayer("vector", new DenseLayer.Builder().nOut(5).build(), "merged")
                .addLayer("other", new DenseLayer.Builder().nOut(5).build(), "b")
                .addVertex("unit vector", new L2NormalizeVertex(), "vector")
                .addVertex("part", new SubsetVertex(1, 3), "vector")
                .addVertex("both", new MergeVertex(), "vector", "other", "part")
                .addVertex("sum", new ElementWiseVertex(ElementWiseVertex.Op.Add), "vector", "other");
        List<String> outputs = new ArrayList<>(List.of("alone", "one element", "shifted", "some", "unit", "rows"));
        outputs.addAll(List.of("unit vector", "both", "sum", "Subtract", "Product", "Average", "Max", "Add"));
        if (format == CNN2DFormat.NCHW) {
            graph.addVertex("helped", new PoolHelperVertex(), "a");
            outputs.add("helped");
        }
        Conversions.assertSame(
                directory,
                new ComputationGraph(
                        graph.setOutputs(outputs.toArray(String[]::new)).build()),
                List.of(3, 4, 6));
    }

    @Test
    void chain_ofVectorsToImagesAndBack_givesWhatDeeplearning4jGives() {
        MultiLayerNetwork network = Dl4jNetworks.randomized(new MultiLayerNetwork(Dl4jNetworks.settings()
                .list()
                .layer(convolution(5))
                .layer(new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX)
                        .kernelSize(2, 2)
                        .stride(2, 2)
                        .build())
                .layer(new DenseLayer.Builder()
                        .nOut(7)
                        .activation(Activation.TANH)
                        .build())
                .layer(new OutputLayer.Builder(LossFunction.MCXENT)
                        .activation(Activation.SOFTMAX)
                        .nOut(3)
                        .build())
                .setInputType(InputType.convolutionalFlat(10, 12, 2))
                .build()));

        Conversions.assertSame(directory, network, List.of(2, 10, 12));
    }

    /** Convolutions, poolings, normalisations, sums and merges in an order that a seed decides. */
    private static ComputationGraph atRandom(Random random, int height, int width, CNN2DFormat format) {
        GraphBuilder graph = Dl4jNetworks.settings()
                .activation(List.of(Activation.IDENTITY, Activation.RELU, Activation.TANH)
                        .get(random.nextInt(3)))
                .graphBuilder()
                .addInputs("image")
                .setInputTypes(InputType.convolutional(height, width, 2, format))
                .addLayer("layer 0", convolution(4), "image");
        List<String> alike = new ArrayList<>(List.of("layer 0"));
        int vertices = 3 + random.nextInt(8);
        for (int i = 1; i <= vertices; i++) {
            String name = "layer " + i;
            String source = alike.get(random.nextInt(alike.size()));
            String other = alike.get(random.nextInt(alike.size()));
            switch (random.nextInt(8)) {
                case 0 -> graph.addLayer(name, convolution(4), source);
                case 1 ->
                    graph.addLayer(
                            name,
                            new SeparableConvolution2D.Builder(1 + random.nextInt(4), 1 + random.nextInt(4))
                                    .convolutionMode(ConvolutionMode.Same)
                                    .nOut(4)
                                    .build(),
                            source);
                case 2 ->
                    graph.addLayer(
                            name,
                            new DepthwiseConvolution2D.Builder(3, 3)
                                    .convolutionMode(ConvolutionMode.Same)
                                    .depthMultiplier(1)
                                    .nOut(4)
                                    .build(),
                            source);
                case 3 -> graph.addLayer(name, new BatchNormalization(), source);
                case 4 -> graph.addLayer(name, new ActivationLayer(Activation.RELU), source);
                case 5 ->
                    graph.addLayer(
                            name,
                            new SubsamplingLayer.Builder(random.nextBoolean() ? PoolingType.MAX : PoolingType.AVG)
                                    .kernelSize(1 + random.nextInt(3), 1 + random.nextInt(3))
                                    .stride(1, 1)
                                    .convolutionMode(ConvolutionMode.Same)
                                    .build(),
                            source);
                case 6 -> graph.addVertex(name, new ElementWiseVertex(ElementWiseVertex.Op.Add), source, other);
                default -> {
                    graph.addVertex("merge " + i, new MergeVertex(), source, other);
                    graph.addLayer(
                            name, new ConvolutionLayer.Builder(1, 1).nOut(4).build(), "merge " + i);
                }
            }
            alike.add(name);
        }
        Layer out = new OutputLayer.Builder(LossFunction.MSE).nOut(3).build();
        if (random.nextBoolean()) {
            graph.addLayer("pooled", new GlobalPoolingLayer(PoolingType.AVG), alike.get(vertices));
            graph.addLayer("out", out, "pooled");
        } else {
            graph.addLayer("out", out, alike.get(vertices));
        }
        return new ComputationGraph(
                graph.setOutputs("out").allowDisconnected(true).build());
    }

    @ParameterizedTest
    @EnumSource
    void graphs_atRandom_giveWhatDeeplearning4jGives(CNN2DFormat format) {
        for (int seed = 0; seed < 6; seed++) {
            Random random = new Random(seed);
            int height = 5 + random.nextInt(6);
            int width = 5 + random.nextInt(6);
            Conversions.assertSame(directory, atRandom(random, height, width, format), List.of(2, height, width));
        }
    }

    @Test
    void layerThatOnnxLacks_isLeftToDeeplearning4j_withALineThatNamesIt() {
        MultiLayerNetwork network = Dl4jNetworks.randomized(new MultiLayerNetwork(Dl4jNetworks.settings()
                .list()
                .layer(new LSTM.Builder().name("memory").nIn(3).nOut(4).build())
                .layer(new RnnOutputLayer.Builder(LossFunction.MCXENT)
                        .activation(Activation.SOFTMAX)
                        .nIn(4)
                        .nOut(2)
                        .build())
                .build()));
        Path file = Dl4jNetworks.save(network, directory.resolve("net.zip"), false);
        Dl4jCheckpoint checkpoint = Dl4jCheckpoint.open(file, "net");
        GaussianData data = new GaussianData(6, List.of(3, 5));

        try (ActivationSource source = checkpoint.on(data)) {
            assertThat(source.engine()).hasValue(Engine.DL4J);
            assertThat(source.remarks())
                    .containsExactly("runs in Deeplearning4j, more slowly: layer memory (LSTM): layers of this"
                            + " kind are not written in ONNX");
        }
        assertThatThrownBy(() -> checkpoint.withEngine(Engine.ONNX).on(data))
                .isInstanceOf(LamellaException.class)
                .hasMessage(file
                        + ": ONNX Runtime cannot run it: layer memory (LSTM): layers of this kind are not written in"
                        + " ONNX");
        try (ActivationSource source = checkpoint.withEngine(Engine.DL4J).on(data)) {
            assertThat(source.remarks()).isEmpty();
        }
    }

    @Test
    void layersBeforeOneThatOnnxLacks_areRunThere() {
        ComputationGraph network = Dl4jNetworks.randomized(new ComputationGraph(Dl4jNetworks.settings()
                .graphBuilder()
                .addInputs("x")
                .setInputTypes(InputType.recurrent(3, 5))
                .addLayer("tanh", new ActivationLayer(Activation.TANH), "x")
                .addLayer("memory", new LSTM.Builder().nOut(4).build(), "tanh")
                .setOutputs("memory")
                .build()));
        Dl4jCheckpoint checkpoint =
                Dl4jCheckpoint.open(Dl4jNetworks.save(network, directory.resolve("net.zip"), false), "net");

        try (ActivationSource source = checkpoint.on(
                new GaussianData(6, List.of(3, 5)), checkpoint.layers().subList(0, 2))) {
            assertThat(source.engine()).hasValue(Engine.ONNX);
            assertThat(source.remarks()).isEmpty();
        }
    }
}

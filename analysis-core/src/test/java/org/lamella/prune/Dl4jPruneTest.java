package org.lamella.prune;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lamella.activation.Engine;
import org.lamella.model.Checkpoint;
import org.lamella.model.Dl4jCheckpoint;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions;

/** A network of Deeplearning4j that is cut: the zip gives what the cut graph gives, and can be trained on. */
class Dl4jPruneTest {
    private static final int EXAMPLES = 96;
    private static final int FEATURES = 2 * 6 * 6;

    @TempDir
    private Path folder;

    private static ConvolutionLayer convolution(Activation activation) {
        return new ConvolutionLayer.Builder(3, 3)
                .nOut(4)
                .padding(1, 1)
                .activation(activation)
                .build();
    }

    /** A stem and three residual blocks of two convolutions; the second adds another beside them. */
    private static ComputationGraph network() {
        GraphBuilder graph = new NeuralNetConfiguration.Builder()
                .seed(5)
                .updater(new Sgd(0.05))
                .graphBuilder()
                .addInputs("image")
                .setInputTypes(InputType.convolutional(6, 6, 2))
                .addLayer("stem", convolution(Activation.RELU), "image");
        String last = "stem";
        for (int i = 1; i <= 3; i++) {
            graph.addLayer("b" + i + ".one", convolution(Activation.RELU), last)
                    .addLayer("b" + i + ".norm", new BatchNormalization.Builder().build(), "b" + i + ".one")
                    .addLayer("b" + i + ".two", convolution(Activation.IDENTITY), "b" + i + ".norm")
                    .addVertex("b" + i, new ElementWiseVertex(ElementWiseVertex.Op.Add), added(graph, i, last));
            last = "b" + i;
        }
        ComputationGraph network =
                new ComputationGraph(graph.addLayer("pool", new GlobalPoolingLayer(PoolingType.AVG), last)
                        .addLayer(
                                "softmax",
                                new OutputLayer.Builder(LossFunctions.LossFunction.MCXENT)
                                        .nOut(3)
                                        .activation(Activation.SOFTMAX)
                                        .build(),
                                "pool")
                        .setOutputs("softmax")
                        .build());
        network.init();
        return network;
    }

    private static String[] added(GraphBuilder graph, int block, String last) {
        String branch = "b" + block + ".two";
        if (block != 2) {
            return new String[] {last, branch};
        }
        graph.addLayer("b2.side", convolution(Activation.RELU), last);
        return new String[] {last, branch, "b2.side"};
    }

    @Test
    void cutNetwork_asZip_givesWhatTheGraphGives_andLearns() throws IOException {
        Path zip = folder.resolve("network.zip");
        ComputationGraph network = network();
        ModelSerializer.writeModel(network, zip.toFile(), false);
        network.close();
        Random random = new Random(1);
        Labelled data = new Labelled(
                "test:images", List.of(2, 6, 6), Graphs.random(4, EXAMPLES * FEATURES, 1), i -> Math.floorMod(i, 3));

        PruneResult result;
        try (Checkpoint checkpoint = Dl4jCheckpoint.open(zip, "network")) {
            result = PruneRun.execute(
                    new PruneRun.Request(
                            checkpoint,
                            data.source(),
                            null,
                            null,
                            new PruneOptions(
                                    1,
                                    0,
                                    List.of("b1", "b3", "b2 without b2.side"),
                                    PruneOptions.From.ANYWHERE,
                                    EnumSet.allOf(Unit.Kind.class),
                                    null,
                                    32,
                                    0,
                                    0),
                            Original.manner(null, null, 2, 1 << 28),
                            folder.resolve("out"),
                            "test"),
                    new PruneRun.Listener() {});
        }

        assertThat(result.accepted()).isTrue();
        assertThat(result.cut()).containsExactly("b1", "b3", "b2 without b2.side");
        assertThat(result.files()).contains("pruned.onnx", "pruned.zip");
        assertThat(result.warnings()).isEmpty();
        ComputationGraph cut = ModelSerializer.restoreComputationGraph(
                folder.resolve("out/pruned.zip").toFile());
        try {
            assertThat(cut.getVertices())
                    .extracting(vertex -> vertex.getVertexName())
                    .doesNotContain("b1", "b1.one", "b3.norm", "b2.side")
                    .contains("b2", "b2.two");
            INDArray images = Nd4j.create(data.values(), new long[] {EXAMPLES, 2, 6, 6}, 'c');
            float[] expected = Graphs.run(
                            onnx.Onnx.ModelProto.parseFrom(
                                    java.nio.file.Files.readAllBytes(folder.resolve("out/pruned.onnx"))),
                            data.values(),
                            EXAMPLES,
                            2,
                            6,
                            6)
                    .get("softmax");
            float[] given = cut.outputSingle(images).dup('c').data().asFloat();
            // Two engines, float32: as the converted networks of this project agree.
            assertThat(Graphs.difference(expected, given)).isLessThan(1e-4);

            INDArray labels = Nd4j.zeros(EXAMPLES, 3);
            IntStream.range(0, EXAMPLES).forEach(i -> labels.putScalar(i, random.nextInt(3), 1));
            INDArray before = cut.params().dup();
            double first = 0;
            for (int step = 0; step < 30; step++) {
                cut.fit(new INDArray[] {images}, new INDArray[] {labels});
                first = step == 0 ? cut.score() : first;
            }
            assertThat(cut.score()).isLessThan(first);
            assertThat(cut.params().equalsWithEps(before, 1e-6)).isFalse();
        } finally {
            cut.close();
        }
    }

    @Test
    void chainOfLayers_isCutToo() throws IOException {
        Path zip = folder.resolve("chain.zip");
        var chain = new org.deeplearning4j.nn.multilayer.MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(5)
                .updater(new Sgd(0.05))
                .list()
                .layer(new org.deeplearning4j.nn.conf.layers.DenseLayer.Builder()
                        .nIn(12)
                        .nOut(8)
                        .activation(Activation.RELU)
                        .build())
                .layer(new org.deeplearning4j.nn.conf.layers.DenseLayer.Builder()
                        .nOut(8)
                        .activation(Activation.RELU)
                        .build())
                .layer(new org.deeplearning4j.nn.conf.layers.DenseLayer.Builder()
                        .nOut(8)
                        .activation(Activation.TANH)
                        .build())
                .layer(new OutputLayer.Builder(LossFunctions.LossFunction.MCXENT)
                        .nOut(3)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.feedForward(12))
                .build());
        chain.init();
        ModelSerializer.writeModel(chain, zip.toFile(), false);
        Labelled data = new Labelled("test:rows", List.of(12), Graphs.random(4, 60 * 12, 1), i -> i % 3);

        try (Checkpoint checkpoint = Dl4jCheckpoint.open(zip, "chain")) {
            Units units = Original.units(checkpoint, null);
            assertThat(units.units()).extracting(Unit::name).containsExactly("layer1", "layer2");
            PruneResult result = PruneRun.execute(
                    new PruneRun.Request(
                            checkpoint,
                            data.source(),
                            null,
                            null,
                            new PruneOptions(
                                    1,
                                    0,
                                    List.of("layer1"),
                                    PruneOptions.From.ANYWHERE,
                                    EnumSet.allOf(Unit.Kind.class),
                                    null,
                                    32,
                                    0,
                                    0),
                            Original.manner(null, null, 2, 1 << 28),
                            folder.resolve("out"),
                            "test"),
                    new PruneRun.Listener() {});
            assertThat(result.files()).contains("pruned.zip");
            assertThat(result.parameters()).isEqualTo(new PruneResult.Change(104 + 72 + 72 + 27, 104 + 72 + 27));
        }
        try (Dl4jCheckpoint cut =
                Dl4jCheckpoint.open(folder.resolve("out/pruned.zip"), "cut").withEngine(Engine.ONNX)) {
            assertThat(cut.layers())
                    .extracting(layer -> layer.name())
                    .doesNotContain("layer1")
                    .contains("layer2");
            assertThat(cut.layers()).hasSize(4);
        }
    }
}

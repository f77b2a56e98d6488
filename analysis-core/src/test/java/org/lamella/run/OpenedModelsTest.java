package org.lamella.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lamella.LamellaException;
import org.lamella.activation.Batch;
import org.lamella.activation.Engine;
import org.lamella.activation.LayerSelection;
import org.lamella.activation.Reduction;
import org.lamella.array.NpzWriter;
import org.lamella.data.Datasets;
import org.lamella.model.Checkpoints;
import org.lamella.model.Model;
import org.lamella.onnx.OnnxBuilder;

/** What is said, and what memory is given, when the models of a run are opened. */
class OpenedModelsTest {
    private static final int EXAMPLES = 16;

    @TempDir
    Path folder;

    private RunData data;
    private final List<String> warnings = new ArrayList<>();

    @BeforeEach
    void writeData() throws IOException {
        Path file = folder.resolve("x.npz");
        try (var npz = new NpzWriter(Files.newOutputStream(file))) {
            npz.add("x", new Random(1).doubles(EXAMPLES * 2L * 64).toArray(), EXAMPLES, 2, 8, 8);
        }
        data = RunData.of(Datasets.open("npz:" + file));
    }

    /** A convolution of so many filters, and a layer of so many rows in one column that nothing tells the axes of. */
    private Path network(String name, int filters, boolean reshapes) {
        float[] kernel = new float[filters * 2];
        for (int i = 0; i < kernel.length; i++) {
            kernel[i] = i % 7 - 3;
        }
        OnnxBuilder graph = new OnnxBuilder()
                .input("x", "N", 2, 8, 8)
                .weights("w", kernel, filters, 2, 1, 1)
                .node("Conv", "conv", "conv", List.of("x", "w"));
        if (reshapes) {
            graph.integers("shape", 0, 8, 8, filters).node("Reshape", "turned", "turned", List.of("conv", "shape"));
        }
        return graph.output(reshapes ? "turned" : "conv").write(folder.resolve(name));
    }

    private OpenedModels open(Reduction reduction, long memory, Model... models) {
        return OpenedModels.open(
                new OpenedModels.Wanted(List.of(models), data, LayerSelection.all(), reduction, EXAMPLES, 1, memory),
                OpenedModels.Overhead.NONE,
                warnings::add);
    }

    private static void runAll(OpenedModels opened) {
        opened.sources()
                .forEach(source -> source.forward(
                        new Batch(0, IntStream.range(0, EXAMPLES).toArray()),
                        (layer, activation) -> CompletableFuture.completedFuture(null)));
    }

    @Test
    void mean_ofAModelThatTellsItsChannels_isNotWarnedOf() {
        try (OpenedModels opened = open(Reduction.MEAN, 0, Checkpoints.open(network("net.onnx", 4, false)))) {
            assertThat(opened.sources().get(0).layers().get(1).shape()).containsExactly(4);
        }
        assertThat(warnings).isEmpty();
    }

    @Test
    void mean_ofLayersWhoseChannelsNobodyTells_isWarnedOf() throws IOException {
        Path stored = folder.resolve("stored.npz");
        try (var npz = new NpzWriter(Files.newOutputStream(stored))) {
            npz.add("image", new double[EXAMPLES * 12], EXAMPLES, 2, 3, 2);
            npz.add("tokens", new double[EXAMPLES * 6], EXAMPLES, 2, 3);
        }
        open(
                        Reduction.MEAN,
                        0,
                        Checkpoints.open(network("net.onnx", 4, true)),
                        Checkpoints.openNamed(stored.toString()))
                .close();

        assertThat(warnings)
                .containsExactly(
                        "model 'net' does not tell which axis of 1 layers is the channels', such as 'turned' (8 x 8 x 4);"
                                + " --reduce mean takes them as channels x positions, which is wrong if their channels"
                                + " come last",
                        "model 'stored' does not tell which axis of 1 layers is the channels', such as 'image' (2 x 3 x 2);"
                                + " --reduce mean takes them as channels x positions, which is wrong if their channels"
                                + " come last");
    }

    /**
     * The largest layer of the wide model takes 16 x 512 x 64 x 4 = 2.0 MiB, the narrow model 16 x 6 x 64 x 4 bytes in all. In 3 MB the
     * wide one has room beside the narrow one, and not in one half.
     */
    @Test
    void memory_isDividedByNeed_soThatALargeModelFitsBesideASmallOne() {
        Path wide = network("wide.onnx", 512, false);
        try (OpenedModels opened = open(
                Reduction.FLATTEN,
                3_000_000,
                Checkpoints.open(network("narrow.onnx", 4, false)),
                Checkpoints.open(wide))) {
            runAll(opened);
        }
        assertThatThrownBy(() -> {
                    try (OpenedModels half = open(Reduction.FLATTEN, 1_500_000, Checkpoints.open(wide))) {
                        runAll(half);
                    }
                })
                .isInstanceOf(LamellaException.class)
                .hasMessageContaining("layer 'conv'")
                .hasMessageContaining("needs 2 MiB");
        assertThat(warnings).isEmpty();
    }

    @Test
    void networkThatDeeplearning4jRuns_isSaidToTakeMoreThanItHas() throws IOException {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(1)
                .list()
                .layer(new ConvolutionLayer.Builder(3, 3)
                        .nOut(256)
                        .padding(1, 1)
                        .build())
                .layer(new OutputLayer.Builder().nOut(2).build())
                .setInputType(InputType.convolutional(8, 8, 2))
                .build());
        network.init();
        Path zip = folder.resolve("net.zip");
        ModelSerializer.writeModel(network, zip.toFile(), false);

        // 256 x 64 numbers of the convolution and 128 of the image for each of 16 examples: 1.06 million bytes.
        for (long memory : new long[] {500_000, 4_000_000}) {
            open(Reduction.FLATTEN, memory, Checkpoints.open(zip).withEngine(Engine.DL4J))
                    .close();
        }
        assertThat(warnings)
                .containsExactly(
                        "model 'net' runs in Deeplearning4j, which does not keep to --memory: its activations take about"
                                + " 2 MiB for 16 examples at once, of 1 MiB that it has; fewer at once take less");
    }

    @Test
    void storedActivations_takeNoPartOfTheMemory() throws IOException {
        Path stored = folder.resolve("stored.npz");
        try (var npz = new NpzWriter(Files.newOutputStream(stored))) {
            npz.add("image", new double[EXAMPLES * 12], EXAMPLES, 12);
        }
        List<Model> many = new ArrayList<>(List.of(Checkpoints.open(network("wide.onnx", 512, false))));
        Stream.of("a", "b", "c")
                .map(name -> Checkpoints.openNamed(name + "=" + stored))
                .forEach(many::add);
        try (OpenedModels opened = open(Reduction.FLATTEN, 3_000_000, many.toArray(Model[]::new))) {
            runAll(opened);
        }
        assertThat(warnings).isEmpty();
    }
}

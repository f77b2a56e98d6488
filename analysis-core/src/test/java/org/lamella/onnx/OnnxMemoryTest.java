package org.lamella.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.lamella.onnx.OnnxExamples.activations;
import static org.lamella.onnx.OnnxExamples.batch;
import static org.lamella.onnx.OnnxExamples.range;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lamella.LamellaException;
import org.lamella.activation.ActivationSource;
import org.lamella.activation.Layer;
import org.lamella.data.Dataset;
import org.lamella.model.OnnxCheckpoint;

class OnnxMemoryTest {
    @TempDir
    Path folder;

    private final OnnxExamples data = OnnxExamples.normal(12, 3, 3, 24, 24);

    private OnnxCheckpoint resnet() {
        return OnnxCheckpoint.open(
                OnnxResnet.write(new OnnxResnet.Plan(8, 1, 24, 3, 10, 5), folder.resolve("resnet.onnx")), "resnet");
    }

    /**
     * 12 examples of the ResNet's layers take 6.9 MB, the largest 442,368 bytes, the weights 0.3 MB: from many passes, whose sessions
     * are opened anew in every batch, to two that stay open. What is tapped changes the last bits of values of up to about 10.
     */
    @ParameterizedTest
    @ValueSource(longs = {1_000_000, 2_500_000, 5_000_000})
    void activations_inSeveralPasses_areThoseOfOne(long memory) {
        OnnxCheckpoint checkpoint = resnet();
        try (ActivationSource once = checkpoint.on(data);
                ActivationSource often = checkpoint.withMemory(memory).on(data)) {
            assertThat(often.layers()).isEqualTo(once.layers());
            for (var wanted : List.of(range(0, 12), batch(7, 3, 5), range(2, 12))) {
                List<float[][]> expected = activations(once, wanted);
                List<float[][]> found = activations(often, wanted);
                assertThat(found).hasSameSizeAs(expected);
                for (int layer = 0; layer < expected.size(); layer++) {
                    assertThat(difference(found.get(layer), expected.get(layer)))
                            .as("layer %d", layer)
                            .isLessThan(1e-4);
                }
            }
        }
    }

    @Test
    void file_thatChangedAfterItWasOpened_isNotMixedUp() throws IOException {
        OnnxCheckpoint checkpoint = resnet();
        Path file = checkpoint.path();
        java.nio.file.Files.setLastModifiedTime(file, java.nio.file.attribute.FileTime.fromMillis(1_000_000_000_000L));
        try (ActivationSource source = checkpoint.on(data)) {
            assertThatThrownBy(() -> activations(source, range(0, 12)))
                    .isInstanceOf(LamellaException.class)
                    .hasMessage(file + ": was changed after it had been opened; run again");
        }
    }

    private static double difference(float[][] found, float[][] expected) {
        assertThat(found).hasNumberOfRows(expected.length);
        double largest = 0;
        for (int row = 0; row < expected.length; row++) {
            assertThat(found[row]).hasSameSizeAs(expected[row]);
            for (int i = 0; i < expected[row].length; i++) {
                double difference = Math.abs(found[row][i] - expected[row][i]);
                largest = Double.isNaN(difference) ? Double.NaN : Math.max(largest, difference);
            }
        }
        return largest;
    }

    @Test
    void memory_ofTheLayers_staysBelowTheBound() {
        OnnxCheckpoint checkpoint = resnet();
        long before = Pointer.totalBytes();
        List<Long> held = Collections.synchronizedList(new ArrayList<>());
        try (ActivationSource source = checkpoint.withMemory(1_500_000).on(data)) {
            source.forward(range(0, 12), (layer, activation) -> {
                held.add(Pointer.totalBytes() - before);
                return CompletableFuture.completedFuture(null);
            });
        }
        assertThat(held)
                .hasSize(checkpoint.layers().size())
                .allSatisfy(bytes -> assertThat(bytes).isLessThan(1_100_000));
        assertThat(Pointer.totalBytes()).isEqualTo(before);
    }

    @Test
    void passes_waitUntilTheLayersBeforeHaveBeenRead() {
        AtomicInteger reading = new AtomicInteger();
        AtomicInteger read = new AtomicInteger();
        OnnxCheckpoint checkpoint = resnet();
        int layers = checkpoint.layers().size();
        try (ActivationSource source = checkpoint.withMemory(2_500_000).on(data);
                ActivationSource once = checkpoint.on(data)) {
            List<float[][]> expected = activations(once, range(0, 12));
            source.forward(range(0, 12), (layer, activation) -> {
                reading.incrementAndGet();
                return CompletableFuture.runAsync(
                        () -> {
                            assertThat(difference(OnnxExamples.copy(activation), expected.get(layer)))
                                    .isLessThan(1e-4);
                            read.incrementAndGet();
                            reading.decrementAndGet();
                        },
                        CompletableFuture.delayedExecutor(2, TimeUnit.MILLISECONDS));
            });
        }
        assertThat(read).hasValue(layers);
        assertThat(reading).hasValue(0);
    }

    @Test
    void memory_thatHoldsNoLayer_isALineThatNamesTheLargest() {
        OnnxCheckpoint checkpoint = OnnxCheckpoint.open(
                new OnnxBuilder()
                        .input("x", "N", 1)
                        .weights("wide", new float[1 << 18], 1, 1 << 18)
                        .node("Identity", "small", "i", List.of("x"))
                        .node("MatMul", "huge", "y", List.of("i", "wide"))
                        .output("y")
                        .write(folder.resolve("huge.onnx")),
                "model");
        OnnxExamples many = OnnxExamples.normal(64, 1, 1);
        try (ActivationSource source =
                checkpoint.withThreads(2).withMemory(32 << 20).on(many)) {
            assertThatThrownBy(() -> source.forward(
                            range(0, 64), (layer, activation) -> CompletableFuture.completedFuture(null)))
                    .isInstanceOf(LamellaException.class)
                    .hasMessageContaining("layer 'huge' (262144) at 64 examples needs 64 MiB")
                    .hasMessageContaining("of the model's 32 MiB")
                    .hasMessageContaining("smaller batches or more --memory");
            // The source is still good for batches that fit.
            assertThat(activations(source, batch(0)).get(2)[0]).hasSize(1 << 18);
        }
        try (ActivationSource source = checkpoint.withMemory(1000).on(many)) {
            assertThatThrownBy(() -> activations(source, batch(1)))
                    .isInstanceOf(LamellaException.class)
                    .hasMessageContaining("weights, inputs and the runtime leave nothing");
        }
    }

    /** What comes after the last layer that is asked for is not run: here it would fail. */
    @Test
    void nodes_behindTheLayersWanted_areNotRun() {
        OnnxModel model = OnnxModel.of(
                "test",
                new OnnxBuilder()
                        .input("x", "N", 1)
                        .weights("table", new float[] {5, 6, 7}, 3, 1)
                        .node("Relu", "first", "r", List.of("x"))
                        .node(
                                "Cast",
                                "index",
                                "i",
                                List.of("r"),
                                OnnxBuilder.integer("to", onnx.Onnx.TensorProto.DataType.INT64_VALUE))
                        .node("Gather", "look", "y", List.of("table", "i"))
                        .output("y")
                        .model());
        assertThat(model.layers()).extracting(Layer::name).containsExactly("x", "first", "look");
        Dataset beyond = new OnnxExamples(List.of(1), new float[][] {{99}});
        try (ActivationSource first = model.on(beyond, model.layers().subList(0, 2), "m", 1, Long.MAX_VALUE);
                ActivationSource all = model.on(beyond, model.layers(), "m", 1, Long.MAX_VALUE)) {
            assertThat(activations(first, batch(0)).get(1)[0]).containsExactly(99);
            assertThatThrownBy(() -> activations(all, batch(0)))
                    .isInstanceOf(LamellaException.class)
                    .hasMessageContaining("failed on batch 0 of 1 examples")
                    .hasMessageContaining("look");
        }
    }

    /** In a process of its own: 128 examples of a ResNet-20's layers are 340 MB. */
    @Test
    void memory_ofAWholeProcess_staysNearTheBound() throws IOException, InterruptedException {
        Path model = OnnxResnet.write(OnnxResnet.Plan.cifar(20, 1, 1), folder.resolve("resnet20.onnx"));
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xms64m",
                        "-Xmx64m",
                        "-XX:+AlwaysPreTouch",
                        "-XX:TieredStopAtLevel=1",
                        // As the launcher does: otherwise no more than the heap may have.
                        "-Dorg.bytedeco.javacpp.maxBytes=0",
                        "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0",
                        "-cp",
                        System.getProperty("java.class.path"),
                        OnnxPeak.class.getName(),
                        model.toString(),
                        String.valueOf(96L << 20))
                .redirectErrorStream(true)
                .start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(printed).isZero();
        // 84 MB of layers, 12 MB beside them, and what the runtime takes for its code and weights in each session.
        assertThat(Long.parseLong(printed.strip()))
                .as("bytes more at the highest")
                .isLessThan(160L << 20);
    }
}

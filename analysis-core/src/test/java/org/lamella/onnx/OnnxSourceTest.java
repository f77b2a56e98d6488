package org.lamella.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.lamella.onnx.OnnxExamples.activations;
import static org.lamella.onnx.OnnxExamples.batch;
import static org.lamella.onnx.OnnxExamples.range;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.data.Offset;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lamella.LamellaException;
import org.lamella.activation.ActivationSource;
import org.lamella.activation.Layer;
import org.lamella.model.OnnxCheckpoint;

class OnnxSourceTest {
    /** Sums of at most 36 products, below 30 in all, in float32 and another order: 30 x 6e-8 x the root of 36 is 1e-5. */
    private static final Offset<Float> ROUNDING = within(2e-5f);

    @TempDir
    Path folder;

    private int files;

    private OnnxCheckpoint open(OnnxBuilder model) {
        return OnnxCheckpoint.open(model.write(folder.resolve("model" + files++ + ".onnx")), "model");
    }

    private static float[] normal(int count, long seed) {
        Random random = new Random(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    private static float[] tenth(float[] values) {
        for (int i = 0; i < values.length; i++) {
            values[i] /= 10;
        }
        return values;
    }

    private final float[] kernel = normal(4 * 3 * 9, 1);
    private final float[] bias = normal(4, 2);
    private final float[] scale = normal(4, 3);
    private final float[] offset = normal(4, 4);
    private final float[] mean = normal(4, 5);
    private final float[] variance = {0.5f, 1, 2, 3};
    private final float[] dense = tenth(normal(4 * 9 * 5, 6));

    /** Conv, batch norm, ReLU, Identity, Dropout, Add, max pool, Flatten, Gemm on images of 3 x 6 x 6. */
    private OnnxBuilder network(Object batch) {
        return new OnnxBuilder()
                .input("x", batch, 3, 6, 6)
                .weights("kernel", kernel, 4, 3, 3, 3)
                .weights("bias", bias, 4)
                .weights("scale", scale, 4)
                .weights("offset", offset, 4)
                .weights("mean", mean, 4)
                .weights("variance", variance, 4)
                .weights("dense", dense, 36, 5)
                .node("Conv", "conv", "c", List.of("x", "kernel", "bias"), OnnxBuilder.ints("pads", 1, 1, 1, 1))
                .node("BatchNormalization", "norm", "b", List.of("c", "scale", "offset", "mean", "variance"))
                .node("Relu", "relu", "r", List.of("b"))
                .node("Identity", "same", "i", List.of("r"))
                .node("Dropout", "drop", "d", List.of("i"))
                .node("Add", "add", "a", List.of("d", "c"))
                .node(
                        "MaxPool",
                        "pool",
                        "p",
                        List.of("a"),
                        OnnxBuilder.ints("kernel_shape", 2, 2),
                        OnnxBuilder.ints("strides", 2, 2))
                .node("Flatten", "flat", "f", List.of("p"))
                .node("Gemm", "dense", "y", List.of("f", "dense"))
                .output("y");
    }

    /** The same network on one example, by loops. */
    private List<float[]> loops(float[] x) {
        float[] c = new float[4 * 36];
        float[] b = new float[4 * 36];
        float[] r = new float[4 * 36];
        float[] a = new float[4 * 36];
        for (int f = 0; f < 4; f++) {
            for (int pixel = 0; pixel < 36; pixel++) {
                double sum = bias[f];
                for (int tap = 0; tap < 27; tap++) {
                    int row = pixel / 6 + tap / 3 % 3 - 1;
                    int column = pixel % 6 + tap % 3 - 1;
                    if (row >= 0 && row < 6 && column >= 0 && column < 6) {
                        sum += (double) kernel[f * 27 + tap] * x[tap / 9 * 36 + row * 6 + column];
                    }
                }
                int at = f * 36 + pixel;
                c[at] = (float) sum;
                b[at] = (float) (scale[f] * (sum - mean[f]) / Math.sqrt(variance[f] + 1e-5) + offset[f]);
                r[at] = Math.max(0, b[at]);
                a[at] = r[at] + c[at];
            }
        }
        float[] p = new float[4 * 9];
        for (int i = 0; i < p.length; i++) {
            int corner = i / 9 * 36 + i % 9 / 3 * 12 + i % 3 * 2;
            p[i] = Math.max(Math.max(a[corner], a[corner + 1]), Math.max(a[corner + 6], a[corner + 7]));
        }
        float[] y = new float[5];
        for (int i = 0; i < 5; i++) {
            double sum = 0;
            for (int j = 0; j < 36; j++) {
                sum += (double) p[j] * dense[j * 5 + i];
            }
            y[i] = (float) sum;
        }
        return List.of(x, c, b, r, r, r, a, p, p, y);
    }

    @Test
    void forward_ofEveryLayer_agreesWithPlainLoops() {
        OnnxExamples data = OnnxExamples.normal(7, 9, 3, 6, 6);
        OnnxCheckpoint checkpoint = open(network("N"));
        assertThat(checkpoint.layers())
                .extracting(Layer::name)
                .containsExactly("x", "conv", "norm", "relu", "same", "drop", "add", "pool", "flat", "dense");
        try (ActivationSource source = checkpoint.on(data)) {
            assertThat(source.examples()).isEqualTo(7);
            assertThat(source.layers()).isEqualTo(checkpoint.layers());
            int[] shuffled = {3, 0, 6, 2};
            List<float[][]> found = activations(source, batch(shuffled));
            for (int row = 0; row < shuffled.length; row++) {
                List<float[]> expected = loops(data.values()[shuffled[row]]);
                for (int layer = 0; layer < expected.size(); layer++) {
                    assertThat(found.get(layer)[row])
                            .as("layer %d, row %d", layer, row)
                            .containsExactly(expected.get(layer), ROUNDING);
                }
            }
        }
    }

    @Test
    void forward_intoPinnedMemory_equalsWhatTheRuntimeReturns() throws OrtException {
        Path file = OnnxResnet.write(new OnnxResnet.Plan(14, 1, 12, 3, 10, 5), folder.resolve("resnet.onnx"));
        OnnxCheckpoint checkpoint = OnnxCheckpoint.open(file, "resnet");
        OnnxExamples data = OnnxExamples.normal(6, 3, 3, 12, 12);
        List<float[][]> pinned;
        try (ActivationSource source = checkpoint.on(data)) {
            // The first batch must leave no trace in the second.
            activations(source, range(2, 6));
            pinned = activations(source, range(0, 4));
        }

        Set<String> names = new LinkedHashSet<>();
        OnnxContent content = new OnnxContent.InFile(file);
        OnnxGraph graph = OnnxGraph.read(content);
        graph.taps().forEach(tap -> names.add(tap.tensor()));
        FloatBuffer values = FloatBuffer.allocate(4 * 3 * 12 * 12);
        data.read(new int[] {0, 1, 2, 3}, values);
        List<float[]> returned = new ArrayList<>();
        try (OrtSession session = OnnxEngine.open(
                        content, graph, names.stream().map(OnnxOutput::returned).toList());
                OnnxTensor input =
                        OnnxTensor.createTensor(OnnxEngine.environment(), values.flip(), new long[] {4, 3, 12, 12});
                OrtSession.Result result = session.run(Map.of("image", input), names)) {
            for (String name : names) {
                FloatBuffer copy = ((OnnxTensor) result.get(name).orElseThrow()).getFloatBuffer();
                float[] numbers = new float[copy.remaining()];
                copy.get(numbers);
                returned.add(numbers);
            }
        }
        assertThat(returned).hasSize(pinned.size() - 1);
        for (int layer = 0; layer < returned.size(); layer++) {
            FloatBuffer all = FloatBuffer.allocate(returned.get(layer).length);
            for (float[] row : pinned.get(layer + 1)) {
                all.put(row);
            }
            assertThat(all.array()).as("layer %d", layer + 1).isEqualTo(returned.get(layer));
        }
    }

    @Test
    void forward_ofBatchesOfOtherSizes_givesEachExampleTheSameActivations() {
        OnnxExamples data = OnnxExamples.normal(11, 4, 3, 6, 6);
        try (ActivationSource source = open(network("N")).on(data)) {
            List<float[][]> all = activations(source, range(0, 11));
            // A short batch after a long one, and a longer one than ever before.
            for (int[] bounds : new int[][] {{0, 4}, {4, 8}, {8, 11}, {0, 11}, {5, 6}}) {
                List<float[][]> part = activations(source, range(bounds[0], bounds[1]));
                for (int layer = 0; layer < all.size(); layer++) {
                    assertThat(part.get(layer)).hasNumberOfRows(bounds[1] - bounds[0]);
                    for (int row = 0; row < part.get(layer).length; row++) {
                        assertThat(part.get(layer)[row]).containsExactly(all.get(layer)[bounds[0] + row], ROUNDING);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 8})
    void forward_ofAFixedBatch_isStackedFromPieces(int fixed) {
        OnnxExamples data = OnnxExamples.normal(7, 4, 3, 6, 6);
        try (ActivationSource open = open(network("N")).on(data);
                ActivationSource source = open(network(fixed)).on(data)) {
            List<float[][]> expected = activations(open, batch(6, 1, 2, 0, 3));
            List<float[][]> found = activations(source, batch(6, 1, 2, 0, 3));
            assertThat(found).hasSameSizeAs(expected);
            for (int layer = 0; layer < expected.size(); layer++) {
                assertThat(found.get(layer)).hasNumberOfRows(5);
                for (int row = 0; row < 5; row++) {
                    assertThat(found.get(layer)[row]).containsExactly(expected.get(layer)[row], ROUNDING);
                }
            }
        }
    }

    @Test
    void forward_ofSomeLayers_deliversThoseAlone() {
        OnnxExamples data = OnnxExamples.normal(3, 4, 3, 6, 6);
        OnnxCheckpoint checkpoint = open(network("N")).withThreads(1);
        List<Layer> some =
                List.of(checkpoint.layers().get(3), checkpoint.layers().get(9));
        List<Layer> inputAlone = checkpoint.layers().subList(0, 1);
        try (ActivationSource source = checkpoint.on(data, some);
                ActivationSource input = checkpoint.on(data, inputAlone)) {
            assertThat(source.layers()).isEqualTo(some);
            List<float[][]> found = activations(source, batch(1));
            assertThat(found).hasSize(2);
            assertThat(found.get(0)[0]).containsExactly(loops(data.values()[1]).get(3), ROUNDING);
            assertThat(found.get(1)[0]).containsExactly(loops(data.values()[1]).get(9), ROUNDING);
            assertThat(activations(input, batch(2)).get(0)[0]).isEqualTo(data.values()[2]);
        }
        OnnxCheckpoint other = open(new OnnxBuilder()
                .input("x", "N", 2)
                .node("Relu", "", "y", List.of("x"))
                .output("y"));
        assertThatThrownBy(() -> other.on(OnnxExamples.normal(3, 4, 2), some))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void forward_toSlowReaders_returnsWhenAllHaveRead() {
        OnnxExamples data = OnnxExamples.normal(4, 4, 3, 6, 6);
        AtomicInteger read = new AtomicInteger();
        try (ActivationSource source = open(network("N")).on(data)) {
            source.forward(
                    range(0, 4),
                    (layer, activation) -> CompletableFuture.runAsync(
                            read::incrementAndGet, CompletableFuture.delayedExecutor(30, TimeUnit.MILLISECONDS)));
            assertThat(read).hasValue(10);
        }
    }

    @Test
    void forward_toAFailingReader_waitsForTheOthersAndPassesTheFailureOn() {
        OnnxExamples data = OnnxExamples.normal(4, 4, 3, 6, 6);
        AtomicInteger read = new AtomicInteger();
        LamellaException failure = new LamellaException("conv", "holds NaN");
        try (ActivationSource source = open(network("N")).on(data)) {
            assertThatThrownBy(() -> source.forward(
                            range(0, 4),
                            (layer, activation) -> layer == 1
                                    ? CompletableFuture.failedFuture(failure)
                                    : CompletableFuture.runAsync(
                                            read::incrementAndGet,
                                            CompletableFuture.delayedExecutor(30, TimeUnit.MILLISECONDS))))
                    .isSameAs(failure);
            assertThat(read).hasValue(9);
            assertThatThrownBy(() -> source.forward(range(0, 4), (layer, activation) -> {
                        if (layer == 2) {
                            throw failure;
                        }
                        return CompletableFuture.runAsync(
                                read::incrementAndGet, CompletableFuture.delayedExecutor(30, TimeUnit.MILLISECONDS));
                    }))
                    .isSameAs(failure);
            assertThat(read).hasValue(11);
        }
    }

    @Test
    void openLengths_areClosedByTheData() {
        OnnxCheckpoint checkpoint = open(new OnnxBuilder()
                .input("x", "N", 2, "H", "W")
                .weights("w", new float[] {1, 10}, 1, 2, 1, 1)
                .node("Conv", "mix", "c", List.of("x", "w"))
                .node("GlobalMaxPool", "top", "t", List.of("c"))
                .output("t"));
        OnnxExamples data = OnnxExamples.normal(3, 8, 2, 2, 3);
        try (ActivationSource source = checkpoint.on(data)) {
            assertThat(source.layers())
                    .extracting(Layer::shape)
                    .containsExactly(List.of(2, 2, 3), List.of(1, 2, 3), List.of(1, 1, 1));
            float[] mixed = activations(source, batch(1)).get(1)[0];
            for (int i = 0; i < 6; i++) {
                assertThat(mixed[i]).isCloseTo(data.values()[1][i] + 10 * data.values()[1][i + 6], ROUNDING);
            }
        }
        try (ActivationSource twoLayers =
                checkpoint.on(data, checkpoint.layers().subList(0, 2))) {
            assertThat(activations(twoLayers, batch(0))).hasSize(2);
        }
    }

    @Test
    void channels_ofANetworkThatWantsThemLast_areMoved() {
        OnnxCheckpoint checkpoint = open(new OnnxBuilder()
                .input("x", "N", 2, 4, 3)
                .node("Identity", "same", "y", List.of("x"))
                .output("y"));
        OnnxExamples data = OnnxExamples.normal(3, 8, 3, 2, 4);
        try (ActivationSource source = checkpoint.on(data)) {
            float[][] moved = activations(source, batch(2, 0)).get(1);
            for (int pixel = 0; pixel < 8; pixel++) {
                for (int channel = 0; channel < 3; channel++) {
                    assertThat(moved[0][pixel * 3 + channel]).isEqualTo(data.values()[2][channel * 8 + pixel]);
                    assertThat(moved[1][pixel * 3 + channel]).isEqualTo(data.values()[0][channel * 8 + pixel]);
                }
            }
        }
    }

    @Test
    void close_givesAllMemoryBack() {
        OnnxExamples data = OnnxExamples.normal(16, 4, 3, 6, 6);
        OnnxCheckpoint checkpoint = open(network("N"));
        long before = Pointer.totalBytes();
        try (ActivationSource source = checkpoint.on(data)) {
            activations(source, range(0, 8));
            long held = Pointer.totalBytes();
            // Input, 4 x 6 x 6 six times, 4 x 3 x 3 twice, logits: 160 bytes in three lines of the cache.
            assertThat(held - before).isEqualTo(8 * 4 * (108 + 6 * 144 + 2 * 36) + 192);
            activations(source, range(0, 5));
            activations(source, range(8, 16));
            assertThat(Pointer.totalBytes()).isEqualTo(held);
        }
        assertThat(Pointer.totalBytes()).isEqualTo(before);
    }

    /** In a process of its own, whose heap is small and all in memory from the start, so that only native memory can grow. */
    @Test
    void manyBatches_takeNoMoreMemory() throws IOException, InterruptedException {
        Path model = network("N").write(folder.resolve("model.onnx"));
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xms64m",
                        "-Xmx64m",
                        "-XX:+AlwaysPreTouch",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        OnnxGrowth.class.getName(),
                        model.toString())
                .redirectErrorStream(true)
                .start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(printed).isZero();
        // 16,000 batches of 10 tensors: 32 bytes a tensor left behind would be 5 MB; none were seen.
        assertThat(Long.parseLong(printed.strip()))
                .as("bytes more after many batches")
                .isLessThan(4L << 20);
    }

    @Test
    void forward_ofABatchThatIsRunInPieces_fillsEveryRow() {
        int wide = 1 << 20;
        float[] weights = new float[wide];
        for (int i = 0; i < wide; i++) {
            weights[i] = i % 1000;
        }
        OnnxCheckpoint checkpoint = open(new OnnxBuilder()
                .input("x", "N", 1)
                .weights("w", weights, 1, wide)
                .node("Mul", "outer", "y", List.of("x", "w"))
                .output("y"));
        // 71 examples of 4 MiB: two pieces, the second shorter.
        OnnxExamples data = OnnxExamples.normal(80, 5, 1);
        try (ActivationSource source = checkpoint.on(data)) {
            source.forward(range(9, 80), (layer, activation) -> {
                assertThat(activation.rows()).isEqualTo(71);
                for (int row = 0; row < 71 && layer == 1; row++) {
                    for (int column = row; column < wide; column += 9973) {
                        assertThat(activation.pointer().get((long) row * wide + column))
                                .isEqualTo(data.values()[9 + row][0] * weights[column]);
                    }
                }
                return CompletableFuture.completedFuture(null);
            });
        }
    }
}

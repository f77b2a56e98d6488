package org.lamella.samediff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lamella.LamellaException;
import org.lamella.activation.ActivationSource;
import org.lamella.activation.Batch;
import org.lamella.activation.Engine;
import org.lamella.activation.Layer;
import org.lamella.activation.LeftOut;
import org.lamella.data.Dataset;
import org.lamella.model.Checkpoint;
import org.lamella.model.Checkpoints;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

class SameDiffModelTest {
    /** Both sides are float32 here and float64 there: a few units in the last place of numbers of about 1. */
    private static final double TOLERANCE = 2e-6;

    @TempDir
    Path folder;

    /** Examples with a pattern. */
    private record Waves(List<Integer> shape, int size) implements Dataset {
        double value(int example, int feature) {
            return (float) Math.cos(0.7 * example + 0.31 * feature);
        }

        @Override
        public String name() {
            return "waves";
        }

        @Override
        public void read(int[] examples, FloatBuffer into) {
            for (int example : examples) {
                for (int feature = 0; feature < features(); feature++) {
                    into.put((float) value(example, feature));
                }
            }
        }

        @Override
        public OptionalInt label(int example) {
            return OptionalInt.empty();
        }

        @Override
        public String id(int example) {
            return Integer.toString(example);
        }
    }

    private Path save(SameDiff graph, String name) {
        Path file = folder.resolve(name);
        graph.save(file.toFile(), true);
        return file;
    }

    private static Map<String, float[]> run(Checkpoint model, Dataset data) {
        Map<String, float[]> found = new HashMap<>();
        int[] examples = new int[data.size()];
        Arrays.setAll(examples, i -> i);
        try (ActivationSource source = model.on(data)) {
            source.forward(new Batch(0, examples), (layer, activation) -> {
                float[] numbers = new float[(int) (activation.rows() * activation.columns())];
                activation.pointer().get(numbers);
                found.put(source.layers().get(layer).name(), numbers);
                return CompletableFuture.completedFuture(null);
            });
        }
        return found;
    }

    private static double at(INDArray array, long... index) {
        return array.getDouble(index);
    }

    @Test
    void perceptron_savedWithItsUpdater_givesWhatTheFormulaGives() {
        SameDiff graph = SmallGraphs.perceptron();
        graph.fit(new DataSet(SmallGraphs.numbers(0, 5, 6), SmallGraphs.numbers(1, 5, 3)));
        Waves data = new Waves(List.of(6), 7);
        try (Checkpoint model = Checkpoints.open(save(graph, "net.fb"))) {
            assertThat(model.format()).isEqualTo("samediff");
            assertThat(model.layers())
                    .extracting(Layer::name, Layer::kind, Layer::shape, Layer::parameters)
                    .containsExactly(
                            tuple("features", "Input", List.of(6), 0L),
                            tuple("hidden", "xw_plus_b", List.of(4), 28L),
                            tuple("active", "tanh", List.of(4), 0L),
                            tuple("product", "matmul", List.of(3), 12L),
                            tuple("logits", "add", List.of(3), 3L),
                            tuple("chances", "softmax", List.of(3), 0L));
            assertThat(model.leftOut())
                    .containsExactly(
                            new LeftOut("classes", "Input", "gives labels to losses"),
                            new LeftOut("loss", "softmax_cross_entropy_loss", "needs labels"));
            Map<String, float[]> found = run(model, data);
            INDArray w1 = graph.getVariable("w1").getArr();
            INDArray b1 = graph.getVariable("b1").getArr();
            INDArray w2 = graph.getVariable("w2").getArr();
            INDArray b2 = graph.getVariable("b2").getArr();
            for (int example = 0; example < 7; example++) {
                double[] active = new double[4];
                for (int unit = 0; unit < 4; unit++) {
                    double sum = at(b1, unit);
                    for (int i = 0; i < 6; i++) {
                        sum += data.value(example, i) * at(w1, i, unit);
                    }
                    assertThat(found.get("hidden")[example * 4 + unit])
                            .isCloseTo((float) sum, offset((float) TOLERANCE));
                    active[unit] = Math.tanh(sum);
                }
                double[] power = new double[3];
                for (int unit = 0; unit < 3; unit++) {
                    double sum = at(b2, unit);
                    for (int i = 0; i < 4; i++) {
                        sum += active[i] * at(w2, i, unit);
                    }
                    assertThat(found.get("logits")[example * 3 + unit])
                            .isCloseTo((float) sum, offset((float) TOLERANCE));
                    power[unit] = Math.exp(sum);
                }
                double all = Arrays.stream(power).sum();
                for (int unit = 0; unit < 3; unit++) {
                    assertThat(found.get("chances")[example * 3 + unit])
                            .isCloseTo((float) (power[unit] / all), offset((float) TOLERANCE));
                }
            }
        }
    }

    @Test
    void images_givesWhatTheFormulaGives_andLabelsAreFoundByTheGraph() {
        SameDiff graph = SmallGraphs.images();
        Waves data = new Waves(List.of(2, 6, 5), 3);
        try (Checkpoint model = Checkpoints.open(save(graph, "net.fb"))) {
            assertThat(model.layers())
                    .extracting(Layer::name)
                    .containsExactly("images", "first", "normal", "active", "second", "sum", "pooled", "flat", "out");
            assertThat(model.layers())
                    .extracting(Layer::parameters)
                    .containsExactly(0L, 57L, 6L, 0L, 81L, 0L, 0L, 0L, 72L);
            assertThat(model.leftOut())
                    .extracting(LeftOut::name)
                    .containsExactlyInAnyOrder("targets", "distance", "error");
            assertThat(model.images()).isPresent();
            Map<String, float[]> found = run(model, data);
            INDArray kernel = graph.getVariable("k1").getArr();
            INDArray bias = graph.getVariable("c1").getArr();
            for (int example = 0; example < 3; example++) {
                for (int out = 0; out < 3; out++) {
                    double mean = Math.sin(1.3 * out + 2);
                    double variance = Math.sin(1.3 * out + 3) + 2;
                    for (int y = 0; y < 6; y++) {
                        for (int x = 0; x < 5; x++) {
                            double sum = at(bias, out);
                            for (int in = 0; in < 2; in++) {
                                for (int dy = -1; dy <= 1; dy++) {
                                    for (int dx = -1; dx <= 1; dx++) {
                                        if (y + dy >= 0 && y + dy < 6 && x + dx >= 0 && x + dx < 5) {
                                            sum += data.value(example, (in * 6 + y + dy) * 5 + x + dx)
                                                    * at(kernel, dy + 1, dx + 1, in, out);
                                        }
                                    }
                                }
                            }
                            int place = ((example * 3 + out) * 6 + y) * 5 + x;
                            assertThat(found.get("first")[place])
                                    .isCloseTo((float) sum, offset((float) (10 * TOLERANCE)));
                            double normal = (sum - mean) / Math.sqrt(variance + 1e-5) * Math.sin(1.3 * out + 4)
                                    + Math.sin(1.3 * out + 5);
                            assertThat(found.get("active")[place])
                                    .isCloseTo((float) Math.max(0, normal), offset((float) (10 * TOLERANCE)));
                        }
                    }
                }
            }
        }
    }

    @Test
    void file_isKnownByItsContent() throws IOException {
        Path file = save(SmallGraphs.perceptron(), "net.bin");
        try (Checkpoint model = Checkpoints.open(file)) {
            assertThat(model.format()).isEqualTo("samediff");
        }
        Path other = Files.write(folder.resolve("other.fb"), new byte[] {16, 0, 0, 0, 0, 0, 10, 0});
        assertThatThrownBy(() -> Checkpoints.open(other))
                .isInstanceOf(LamellaException.class)
                .hasMessageContaining("other.fb: is a damaged or truncated SameDiff graph");
    }

    @Test
    void batchesInAnyOrderAndLittleMemory_giveTheSameRows() {
        Waves data = new Waves(List.of(2, 6, 5), 40);
        try (Checkpoint model = Checkpoints.open(save(SmallGraphs.images(), "net.fb"))) {
            Map<String, float[]> all = run(model, data);
            Map<String, float[]> little = run(model.withMemory(200_000), data);
            assertThat(little.keySet()).isEqualTo(all.keySet());
            all.forEach((layer, numbers) ->
                    assertThat(little.get(layer)).as(layer).containsExactly(numbers, offset(1e-5f)));
        }
    }

    @Test
    void operationThatIsNotRun_isLeftOutWithWhatFollows_andSaid() {
        SameDiff graph = SameDiff.create();
        SDVariable x = graph.placeHolder("x", DataType.FLOAT, -1, 6);
        SDVariable first = graph.nn().tanh("first", x);
        SDVariable turned = graph.reverse("turned", first, 1);
        graph.nn().relu("behind", turned, 0);
        graph.nn().dropout("kept", first, 0.5);
        Waves data = new Waves(List.of(6), 4);
        try (Checkpoint model = Checkpoints.open(save(graph, "net.fb"));
                ActivationSource source = model.on(data)) {
            assertThat(model.layers()).extracting(Layer::name).containsExactly("x", "first", "kept");
            assertThat(model.leftOut())
                    .containsExactly(
                            new LeftOut("turned", "reverse", "operations of this kind are not run"),
                            new LeftOut("behind", "relu", "follows from 'turned', which is not computed"));
            assertThat(source.remarks())
                    .anySatisfy(line -> assertThat(line).contains("turned (reverse)"))
                    .anySatisfy(line -> assertThat(line).contains("dropout does nothing outside training: kept"));
            Map<String, float[]> found = run(model, data);
            assertThat(found.get("kept")).containsExactly(found.get("first"));
        }
    }

    @Test
    void whatCannotBeUsed_isRefusedInOneLine() {
        SameDiff shapeless = SameDiff.create();
        shapeless.nn().tanh("y", shapeless.placeHolder("x", DataType.FLOAT));
        assertThatThrownBy(() -> Checkpoints.open(save(shapeless, "a.fb")))
                .isInstanceOf(LamellaException.class)
                .hasMessageContaining("placeholder 'x' has no declared axes");
        SameDiff foreign = SameDiff.create();
        foreign.reverse("turned", foreign.placeHolder("x", DataType.FLOAT, -1, 6), 1);
        assertThatThrownBy(() -> Checkpoints.open(save(foreign, "b.fb")))
                .isInstanceOf(LamellaException.class)
                .hasMessageContaining("no operation that can be run: 'turned' (reverse)");
        try (Checkpoint model = Checkpoints.open(save(SmallGraphs.perceptron(), "c.fb"))) {
            assertThatThrownBy(() -> model.on(new Waves(List.of(5), 4)))
                    .isInstanceOf(LamellaException.class)
                    .hasMessageContaining("'features' takes examples of 6");
            assertThatThrownBy(() -> model.withEngine(Engine.DL4J))
                    .isInstanceOf(LamellaException.class)
                    .hasMessageContaining("only ONNX Runtime runs");
        }
    }
}

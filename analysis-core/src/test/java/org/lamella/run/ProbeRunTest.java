package org.lamella.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import onnx.Onnx.GraphProto;
import onnx.Onnx.ModelProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.OperatorSetIdProto;
import onnx.Onnx.TensorShapeProto;
import onnx.Onnx.TensorShapeProto.Dimension;
import onnx.Onnx.TypeProto;
import onnx.Onnx.ValueInfoProto;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lamella.LamellaException;
import org.lamella.activation.LayerSelection;
import org.lamella.activation.Reduction;
import org.lamella.array.NpzWriter;
import org.lamella.data.ChosenExamples;
import org.lamella.data.DataSource;
import org.lamella.data.Dataset;
import org.lamella.data.Datasets;
import org.lamella.data.Normalization;
import org.lamella.data.Preparation;
import org.lamella.model.Checkpoints;
import org.lamella.model.Model;
import org.lamella.onnx.OnnxBuilder;
import org.lamella.probe.RidgeClassifier;

class ProbeRunTest {
    private static final int FEATURES = 6;

    @TempDir
    Path folder;

    private final List<String> warnings = new ArrayList<>();

    /** A model that gives the negative parts of six numbers, turned positive. */
    private Model model() throws IOException {
        var shape = TensorShapeProto.newBuilder()
                .addDim(Dimension.newBuilder().setDimParam("N"))
                .addDim(Dimension.newBuilder().setDimValue(FEATURES));
        var type = TypeProto.newBuilder()
                .setTensorType(TypeProto.Tensor.newBuilder().setElemType(1).setShape(shape));
        var graph = GraphProto.newBuilder()
                .setName("g")
                .addInput(ValueInfoProto.newBuilder().setName("x").setType(type))
                .addNode(node("Neg", "x", "negative"))
                .addNode(node("Relu", "negative", "part"))
                .addOutput(ValueInfoProto.newBuilder().setName("part").setType(type));
        var model = ModelProto.newBuilder()
                .setIrVersion(8)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
                .setGraph(graph);
        Path file = folder.resolve("net.onnx");
        Files.write(file, model.build().toByteArray());
        return Checkpoints.openNamed(file.toString());
    }

    private static NodeProto.Builder node(String kind, String input, String output) {
        return NodeProto.newBuilder()
                .setOpType(kind)
                .setName(output)
                .addInput(input)
                .addOutput(output);
    }

    /** Positive numbers, larger where the class is: the positive part tells the class, and the model throws it away. */
    private DataSource data(String name, int seed, int n) throws IOException {
        var random = new Random(seed);
        double[] x = new double[n * FEATURES];
        long[] y = new long[n];
        for (int i = 0; i < n; i++) {
            y[i] = random.nextInt(3);
            for (int k = 0; k < FEATURES; k++) {
                x[i * FEATURES + k] = 1 + random.nextDouble() + (k % 3 == y[i] ? 2 : 0);
            }
        }
        Path file = folder.resolve(name);
        try (var npz = new NpzWriter(Files.newOutputStream(file))) {
            npz.add("x", x, n, FEATURES);
            npz.add("y", y, n);
        }
        return Datasets.open("npz:" + file);
    }

    private ProbeResult run(
            Model model, @Nullable RunData data, @Nullable DataSource test, int train, int tested, Path out) {
        return ProbeRun.execute(
                new ProbeRun.Request(
                        List.of(model),
                        data,
                        test,
                        LayerSelection.all(),
                        Reduction.FLATTEN,
                        new RidgeClassifier(),
                        train,
                        tested,
                        5,
                        2,
                        0,
                        out,
                        "lamella probe net.onnx"),
                new ProbeRun.Listener() {
                    @Override
                    public void warning(String text) {
                        warnings.add(text);
                    }
                });
    }

    @Test
    void run_onTwoDataSets_writesTheAccuracyOfEachLayerAndWhatWasRun() throws IOException {
        Path out = folder.resolve("out");

        ProbeResult result = run(model(), RunData.of(data("train.npz", 1, 200)), data("test.npz", 2, 90), 120, 60, out);

        assertThat(result.probes()).extracting(probe -> probe.layer().name()).containsExactly("x", "negative", "part");
        assertThat(result.probes().get(0).accuracy()).isEqualTo(1);
        assertThat(result.probes().get(1).accuracy()).isEqualTo(1);
        // All its numbers are 0, so the most frequent class is guessed.
        assertThat(result.probes().get(2).isConstant()).isTrue();
        assertThat(result.probes().get(2).accuracy())
                .isEqualTo(result.manifest().chance());
        assertThat(warnings).anyMatch(line -> line.contains("'part'") && line.contains("most frequent class"));
        List<String> rows = Files.readAllLines(out.resolve("probe.csv"));
        assertThat(rows.get(0))
                .isEqualTo("layer,accuracy,low,high,regularization,train,test,correct,validation_accuracy,model,index");
        assertThat(rows.get(1)).startsWith("x,1.0,0.9").endsWith(",120,60,60,1.0,net,0");
        JsonNode manifest = new ObjectMapper().readTree(out.resolve("run.json").toFile());
        assertThat(manifest.at("/examples/used").asInt()).isEqualTo(120);
        assertThat(manifest.at("/testExamples/available").asInt()).isEqualTo(90);
        assertThat(manifest.at("/validation").asInt()).isEqualTo(24);
        assertThat(manifest.at("/test/source").asText()).endsWith("test.npz");
        assertThat(out.resolve("layers.csv")).exists();
    }

    @Test
    void preparation_ofTheTrainingData_isThatOfTheTestDataToo() throws IOException {
        RunData data = RunData.of(data("train.npz", 1, 200))
                .prepared(Preparation.none().normalized(new Normalization(List.of(2.5), List.of(1.0))));

        ProbeResult result = run(model(), data, data("test.npz", 2, 90), 0, 0, folder.resolve("out"));

        // Less than 2.5 on either side is what the model keeps now, and it tells the class.
        assertThat(result.probes().get(2).accuracy()).isGreaterThan(0.95);
        assertThat(result.probes().get(2).test()).isEqualTo(90);
    }

    @Test
    void data_withoutLabels_areRefused() throws IOException {
        Path file = folder.resolve("plain.npz");
        try (var npz = new NpzWriter(Files.newOutputStream(file))) {
            npz.add("x", new double[20 * FEATURES], 20, FEATURES);
        }
        DataSource plain = Datasets.open("npz:" + file);
        RunData train = RunData.of(data("train.npz", 1, 200));
        Model model = model();

        assertThatThrownBy(() -> run(model, train, plain, 0, 0, folder.resolve("out")))
                .isInstanceOf(LamellaException.class)
                .hasMessageContaining("--test")
                .hasMessageContaining("no labels");
        assertThat(folder.resolve("out")).doesNotExist();
    }

    /** Activations that tell the class, and some that tell nothing, of examples with labels beside them where wanted. */
    private Path stored(String name, long @Nullable [] labels, int n) throws IOException {
        var random = new Random(4);
        double[] telling = new double[n * 3];
        for (int i = 0; i < n; i++) {
            for (int k = 0; k < 3; k++) {
                telling[i * 3 + k] = random.nextGaussian() / 10 + (k == classOf(i) ? 1 : 0);
            }
        }
        Path file = folder.resolve(name);
        try (var npz = new NpzWriter(Files.newOutputStream(file))) {
            npz.add("telling", telling, n, 3);
            npz.add("noise", random.doubles(n * 4L).toArray(), n, 4);
            if (labels != null) {
                npz.add("__labels__", labels, n);
            }
        }
        return file;
    }

    /** Half of the examples are of class 0, in no simple order, a third of class 1. */
    private static int classOf(int example) {
        return new int[] {0, 0, 0, 1, 1, 2}[Math.floorMod(example * 7 + example / 6, 6)];
    }

    private static long[] classes(int n) {
        return IntStream.range(0, n).mapToLong(ProbeRunTest::classOf).toArray();
    }

    private ProbeResult runStored(Path file, @Nullable RunData data, int train, int tested, Path out)
            throws IOException {
        try (Model model = Checkpoints.openNamed(file.toString())) {
            return run(model, data, null, train, tested, out);
        }
    }

    @Test
    void storedActivations_areSplitByTheSeedAndEveryClassKeepsItsShare() throws IOException {
        ProbeResult result = runStored(stored("a.npz", classes(240), 240), null, 0, 0, folder.resolve("out"));

        assertThat(result.manifest().examples().used()).isEqualTo(180);
        assertThat(result.manifest().testExamples().used()).isEqualTo(60);
        assertThat(result.manifest().data()).isNull();
        assertThat(result.manifest().test()).isNull();
        // Of 60 examples half are of the class that most are of: that needs the classes in their shares.
        assertThat(result.manifest().chance()).isEqualTo(0.5);
        assertThat(result.probes().get(0).accuracy()).isEqualTo(1);
        assertThat(result.probes().get(0).test()).isEqualTo(60);
        // Noise is scored as chance is, within four standard errors: labels are those of the examples read.
        assertThat(result.probes().get(1).accuracy()).isBetween(0.2, 0.76);

        ProbeResult fewer = runStored(stored("a.npz", classes(240), 240), null, 90, 20, folder.resolve("fewer"));
        assertThat(fewer.manifest().examples().used()).isEqualTo(90);
        assertThat(fewer.probes().get(0).test()).isEqualTo(20);
        assertThat(ProbeResult.read(
                        AnalysisDirectory.ofProbes(folder.resolve("fewer")).orElseThrow()))
                .isEqualTo(fewer);
    }

    @Test
    void storedActivations_splitInTwo_haveNoExampleInBothParts() throws IOException {
        var known = KnownExamples.numbered(100);
        var labelled = data("labels.npz", 1, 100).examples();

        ProbeExamples parts = ProbeExamples.split(known, labelled, new ProbeExamples.Wanted(0, 0, 3));

        assertThat(parts.training()).hasSize(75).doesNotContainAnyElementsOf(parts.test());
        assertThat(parts.all()).hasSize(100).doesNotHaveDuplicates();
        assertThat(parts.labels())
                .isEqualTo(parts.all().stream()
                        .map(i -> labelled.label(i).orElseThrow())
                        .toList());
        assertThat(ProbeExamples.split(known, labelled, new ProbeExamples.Wanted(0, 0, 3)))
                .extracting(ProbeExamples::test)
                .isEqualTo(parts.test());
        assertThat(ProbeExamples.split(known, labelled, new ProbeExamples.Wanted(0, 0, 4)))
                .extracting(ProbeExamples::test)
                .isNotEqualTo(parts.test());
    }

    @Test
    void storedActivations_withoutLabels_takeThoseOfTheData() throws IOException {
        Path labels = folder.resolve("labels.npz");
        try (var npz = new NpzWriter(Files.newOutputStream(labels))) {
            npz.add("x", new double[60], 60, 1);
            npz.add("y", classes(60), 60);
        }
        RunData data = RunData.of(Datasets.open("npz:" + labels));
        Path plain = stored("plain.npz", null, 60);

        ProbeResult result = runStored(plain, data, 0, 0, folder.resolve("out"));

        assertThat(result.probes().get(0).accuracy()).isEqualTo(1);
        assertThat(warnings).noneMatch(line -> line.contains("not used"));
        assertThatThrownBy(() -> runStored(plain, null, 0, 0, folder.resolve("none")))
                .isInstanceOf(LamellaException.class)
                .hasMessageContaining("no labels")
                .hasMessageContaining("__labels__, or give --data");
        assertThatThrownBy(() -> runStored(stored("more.npz", null, 66), data, 0, 0, folder.resolve("none")))
                .isInstanceOf(LamellaException.class)
                .hasMessageContaining("60 examples")
                .hasMessageContaining("66");
        assertThatThrownBy(() -> runStored(stored("other.npz", new long[60], 60), data, 0, 0, folder.resolve("none")))
                .isInstanceOf(LamellaException.class)
                .hasMessageContaining("not the same examples");
        assertThat(folder.resolve("none")).doesNotExist();
    }

    @Test
    void storedActivations_withDataForAModel_areRefused() throws IOException {
        RunData data = RunData.of(data("labelled.npz", 1, 60)).preparedFor("nosuchmodel", Preparation.none());
        Path file = stored("prepared.npz", classes(60), 60);

        assertThatThrownBy(() -> runStored(file, data, 0, 0, folder.resolve("none")))
                .isInstanceOf(LamellaException.class)
                .hasMessageContaining("--for")
                .hasMessageContaining("labels from --data alone");
    }

    @Test
    void storedActivations_withATestSet_areRefused() throws IOException {
        Path file = stored("a.npz", classes(60), 60);
        DataSource test = data("test.npz", 2, 90);
        try (Model stored = Checkpoints.openNamed(file.toString())) {
            assertThatThrownBy(() -> run(stored, null, test, 0, 0, folder.resolve("out")))
                    .isInstanceOf(LamellaException.class)
                    .hasMessageContaining("--test")
                    .hasMessageContaining("leave it out");
        }
    }

    @Test
    void examples_ofTwoDataSets_areMatchedByTheNamesOfTheirClasses() throws IOException {
        Files.writeString(folder.resolve("a.csv"), "f,label\n1,cat\n2,dog\n3,cat\n");
        Files.writeString(folder.resolve("b.csv"), "f,label\n4,ant\n5,dog\n");
        Dataset first =
                (Dataset) Datasets.open("csv:" + folder.resolve("a.csv")).examples();
        Dataset second =
                (Dataset) Datasets.open("csv:" + folder.resolve("b.csv")).examples();

        Dataset joined = (Dataset) new ChosenExamples(List.of(1, 2), List.of(1, 0)).of(first, second);

        float[] numbers = new float[4];
        joined.read(new int[] {0, 2, 3, 1}, FloatBuffer.wrap(numbers));
        assertThat(numbers).containsExactly(2, 5, 4, 3);
        assertThat(joined.classes()).containsExactly("cat", "dog", "ant");
        assertThat(IntStream.range(0, 4).map(i -> joined.label(i).orElseThrow()))
                .containsExactly(1, 0, 1, 2);
        assertThat(joined.size()).isEqualTo(4);
    }

    @Test
    void labelsOfTheData_numberedOtherwise_areUsedAndSaid() throws IOException {
        long[] numbers = {7, 3, 5};
        Path labels = folder.resolve("renumbered.npz");
        try (var npz = new NpzWriter(Files.newOutputStream(labels))) {
            npz.add("x", new double[60], 60, 1);
            npz.add("y", LongStream.of(classes(60)).map(i -> numbers[(int) i]).toArray(), 60);
        }
        RunData data = RunData.of(Datasets.open("npz:" + labels));

        ProbeResult result = runStored(stored("a.npz", classes(60), 60), data, 0, 0, folder.resolve("out"));

        assertThat(result.probes().get(0).accuracy()).isEqualTo(1);
        assertThat(warnings).anyMatch(line -> line.contains("one for one (7 for its 0)"));
        assertThat(result.manifest().warnings()).containsAll(warnings);
        // One example of another class: of the two, the later is named with the one that tells.
        long[] other = classes(60);
        other[59] = (other[59] + 1) % 3;
        assertThatThrownBy(() -> runStored(stored("b.npz", other, 60), data, 0, 0, folder.resolve("none")))
                .isInstanceOf(LamellaException.class)
                .hasMessageContaining("and 59")
                .hasMessageContaining("not the same examples");
    }

    @Test
    void valueThatIsNoNumber_isNamedByItsOwnExample() throws IOException {
        double[] values = new Random(4).doubles(60 * 4L).toArray();
        values[41 * 4 + 2] = Double.NaN;
        Path file = folder.resolve("nan.npz");
        try (var npz = new NpzWriter(Files.newOutputStream(file))) {
            npz.add("layer", values, 60, 4);
            npz.add("__labels__", classes(60), 60);
        }

        assertThatThrownBy(() -> runStored(file, null, 0, 0, folder.resolve("none")))
                .isInstanceOf(LamellaException.class)
                .hasMessageContaining("layer 'layer'")
                .hasMessageContaining("example 41 has the value NaN");
    }

    @Test
    void valueThatIsNoNumber_ofTwoDataSets_isNamedWithItsSet() throws IOException {
        DataSource training = data("training.npz", 1, 40);
        double[] x = new Random(5).doubles(30L * FEATURES).toArray();
        x[17 * FEATURES] = -1;
        Path root = new OnnxBuilder()
                .input("x", "N", FEATURES)
                .node("Sqrt", "root", "root", List.of("x"))
                .output("root")
                .write(folder.resolve("root.onnx"));
        Path file = folder.resolve("test.npz");
        try (var npz = new NpzWriter(Files.newOutputStream(file))) {
            npz.add("x", x, 30, FEATURES);
            npz.add("y", classes(30), 30);
        }

        try (Model model = Checkpoints.openNamed(root.toString())) {
            assertThatThrownBy(() -> run(
                            model, RunData.of(training), Datasets.open("npz:" + file), 0, 0, folder.resolve("none")))
                    .isInstanceOf(LamellaException.class)
                    .hasMessageContaining("example 17 of --test has the value NaN");
        }
    }
}

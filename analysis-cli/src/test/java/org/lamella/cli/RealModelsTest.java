package org.lamella.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Published models end to end, from the command line: sentence encoders in float32 and int8 on sentences of WordNet, and PP-OCR's
 * classifier, detectors and recognizers on pictures of printed text. Run by {@code mvn -Preal-models}, which fetches the models.
 * Numbers of layers are those of the files named in the profile; the pictures and their reading are in docs/real-models.md.
 *
 * <p>{@code -Dlamella.real-models=DIR} keeps the run directories.
 */
@Tag("real-models")
class RealModelsTest {
    /** Of each block of a transformer: queries, attended values, what attention and the dense layers add, and what follows. */
    private static final String PLACES =
            "*/self/query/Add,*/self/Reshape_3,*/output/dense/Add,*/intermediate_act_fn/Mul_1,*LayerNorm/Add_1";

    @TempDir
    private static Path temporary;

    private static Path runs;
    private static Path sentences;
    private static Path lines;
    private static Path pages;

    @BeforeAll
    static void writeData() throws IOException {
        String kept = System.getProperty("lamella.real-models", "");
        runs = kept.isEmpty() ? temporary.resolve("runs") : Path.of(kept);
        sentences = copy("org/lamella/cli/sentences.txt", temporary.resolve("sentences.txt"));
        List<String> texts = Files.readAllLines(sentences);
        lines = new TextPictures(1).write(temporary.resolve("lines"), texts.subList(0, 128), 192, 48, 1);
        pages = new TextPictures(2).write(temporary.resolve("pages"), texts.subList(0, 64), 160, 160, 5);
    }

    private static Path copy(String resource, Path file) throws IOException {
        Files.createDirectories(Objects.requireNonNull(file.getParent()));
        try (InputStream in = RealModelsTest.class.getClassLoader().getResourceAsStream(resource)) {
            assertThat(in)
                    .as(resource + " on the class path; is the profile real-models on?")
                    .isNotNull();
            Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
        }
        return file;
    }

    /** A sentence encoder with its tokenizer beside it, as a user would lay it out. */
    private static Path encoder(String name) throws IOException {
        Path folder = temporary.resolve(name);
        copy(name + "-tokenizer.json", folder.resolve("tokenizer.json"));
        return copy(name + ".onnx", folder.resolve("model.onnx"));
    }

    private static Path ocr(String name) throws IOException {
        return copy("models/" + name + "_infer.onnx", temporary.resolve(name + ".onnx"));
    }

    private record Run(Path folder, JsonNode manifest) {
        int layers(int model) {
            return manifest.path("models").path(model).path("layers").size();
        }

        List<String> warnings() {
            List<String> warnings = new ArrayList<>();
            manifest.path("warnings").forEach(warning -> warnings.add(warning.asText()));
            return warnings;
        }

        Table table(String name) throws IOException {
            return Table.read(folder.resolve(name));
        }
    }

    /** A matrix as it was written, its rows and columns by name. */
    private record Table(List<String> rows, List<String> columns, List<List<Double>> values) {
        static Table read(Path file) throws IOException {
            List<List<String>> cells = Files.readAllLines(file).stream()
                    .map(line -> Arrays.asList(line.split(",", -1)))
                    .toList();
            return new Table(
                    cells.stream().skip(1).map(line -> line.get(0)).toList(),
                    cells.get(0).stream().skip(1).toList(),
                    cells.stream()
                            .skip(1)
                            .map(line ->
                                    line.stream().skip(1).map(Double::valueOf).toList())
                            .toList());
        }

        double at(String row, String column) {
            return values.get(rows.indexOf(row)).get(columns.indexOf(column));
        }

        /** Unbiased CKA of a layer with itself is 1, and that of two layers does not depend on their order. */
        void isSimilarity() {
            for (String a : rows) {
                for (String b : rows) {
                    double value = at(a, b);
                    if (!Double.isNaN(value)) {
                        assertThat(value).isEqualTo(at(b, a)).isBetween(-1.0, 1 + 1e-6);
                        assertThat(a.equals(b) ? value : 1).isCloseTo(1, within(1e-6));
                    }
                }
            }
        }

        double largestDifference(Table other) {
            return rows.stream()
                    .flatMap(a -> columns.stream().map(b -> Math.abs(at(a, b) - other.at(a, b))))
                    .mapToDouble(Double::doubleValue)
                    .max()
                    .orElseThrow();
        }
    }

    private static Run cka(String name, Object... arguments) throws IOException {
        Path out = runs.resolve(name);
        var error = new StringWriter();
        int status = Main.run(
                new PrintWriter(new StringWriter(), true),
                new PrintWriter(error, true),
                Stream.concat(Stream.of("cka", "--out", out, "--quiet"), Arrays.stream(arguments))
                        .map(Object::toString)
                        .toArray(String[]::new));
        assertThat(status).as(error.toString()).isZero();
        var run = new Run(
                out,
                JsonMapper.builder().build().readTree(out.resolve("run.json").toFile()));
        System.out.printf(
                "%s: %d layers, seconds %s%n",
                name, run.layers(0), run.manifest().path("seconds"));
        return run;
    }

    private static Run bothForms(String name, String reduction) throws IOException {
        return cka(
                name + "-" + reduction,
                "float32=" + encoder(name),
                "int8=" + encoder(name + "-q"),
                "--data",
                "text:" + sentences,
                "--reduce",
                reduction,
                "--layers",
                PLACES,
                "--batch",
                128);
    }

    /** Measured: 0.027 and 0.030; the least CKA of a layer in both forms 0.973 and 0.975. */
    @ParameterizedTest
    @CsvSource({"all-minilm-l6-v2, 43", "bge-small-en-v1.5, 85"})
    void encoder_inFloat32AndInt8_hasNearlyTheSameMatrix(String name, int layers) throws IOException {
        Run run = bothForms(name, "mean");
        assertThat(run.layers(0)).isEqualTo(layers);
        assertThat(run.layers(1)).isEqualTo(layers);
        assertThat(run.warnings()).isEmpty();
        Table whole = run.table("cka/float32--float32.csv");
        whole.isSimilarity();
        Table both = run.table("cka/float32--int8.csv");
        double difference = whole.largestDifference(run.table("cka/int8--int8.csv"));
        double least =
                whole.rows().stream().mapToDouble(a -> both.at(a, a)).min().orElseThrow();
        System.out.printf("largest difference %.4f, least CKA of a layer in both forms %.4f%n", difference, least);
        assertThat(difference).isLessThan(0.04);
        assertThat(least).isGreaterThan(0.96);
    }

    /**
     * The first token of MiniLM hardly differs from text to text before the last blocks: its spread after block 0 is 0.02, at a norm
     * of 8, and what int8 rounds is 0.05. There the forms differ; in the last layer they agree.
     */
    @Test
    void encoder_itsFirstToken_isTheSameInEveryTextAtFirst() throws IOException {
        Run run = bothForms("all-minilm-l6-v2", "cls");
        String embedding = "/embeddings/LayerNorm/Add_1";
        String queries = "/encoder/layer.0/attention/self/query/Add";
        String last = "/encoder/layer.5/output/LayerNorm/Add_1";
        Table whole = run.table("cka/float32--float32.csv");
        whole.isSimilarity();
        assertThat(whole.rows().stream().filter(a -> Double.isNaN(whole.at(a, a))))
                .containsExactly(embedding, queries);
        Table both = run.table("cka/float32--int8.csv");
        assertThat(both.at(embedding, embedding)).isNaN();
        assertThat(both.at(last, last)).isGreaterThan(0.9);
    }

    @Test
    void encoder_allItsLayers_leavesOutThePairsOfTokens() throws IOException {
        Run run = cka(
                "minilm-all",
                encoder("all-minilm-l6-v2"),
                "--data",
                "text:" + sentences,
                "--reduce",
                "mean",
                "--examples",
                128,
                "--batch",
                64);
        // Of 316, four products and sums for each of six blocks have a number a pair of tokens.
        assertThat(run.layers(0)).isEqualTo(292);
        assertThat(run.warnings().get(0)).contains("leaves out 24 of 316 layers");
        run.table("cka.csv").isSimilarity();
    }

    @ParameterizedTest
    @CsvSource({
        "ch_ppocr_mobile_v2.0_cls, 235, lines",
        "ch_PP-OCRv3_det, 297, pages",
        "ch_PP-OCRv4_det, 331, pages",
        "ch_PP-OCRv3_rec, 321, lines",
        "ch_PP-OCRv4_rec, 396, lines",
    })
    void ocr_onPicturesOfText_isCompared(String name, int layers, String data) throws IOException {
        Run run = cka(
                name,
                ocr(name),
                "--data",
                "images:" + (data.equals("lines") ? lines : pages),
                "--normalize",
                "mean=0.5,std=0.5",
                "--reduce",
                "mean",
                "--batch",
                32,
                // All layers of a recognizer take three times that: they are computed in several passes.
                "--memory",
                "1g");
        assertThat(run.layers(0)).isEqualTo(layers);
        Table table = run.table("cka.csv");
        table.isSimilarity();
        long undefined = table.rows().stream()
                .filter(layer -> Double.isNaN(table.at(layer, layer)))
                .count();
        assertThat(run.warnings().stream().filter(warning -> warning.contains("has no CKA")))
                .hasSize((int) undefined);
        assertThat(undefined).isLessThan(layers / 10);
    }

    /** Every layer is a unit, and so are its two branches; the least needed layer goes, and the outputs stay alike. */
    @ParameterizedTest
    @CsvSource({"all-minilm-l6-v2, 6", "bge-small-en-v1.5, 12"})
    void encoder_withoutItsLeastNeededLayer_staysAlike(String name, int layers) throws IOException {
        Path model = encoder(name);
        Path folder = runs.resolve(name + "-pruned");
        var out = new StringWriter();
        var err = new StringWriter();
        int status = Main.run(
                new PrintWriter(out),
                new PrintWriter(err),
                "prune",
                model.toString(),
                "--data",
                "text:" + sentences,
                "--examples",
                "256",
                "--from",
                "anywhere",
                "--kinds",
                "transformer",
                "--count",
                "1",
                "--max-drop",
                "0.5",
                "--out",
                folder.toString());
        assertThat(status).as(err.toString()).isZero();
        JsonNode result = JsonMapper.builder()
                .build()
                .readTree(folder.resolve("prune.json").toFile());
        List<String> kinds = new ArrayList<>();
        result.path("candidates").forEach(unit -> kinds.add(unit.path("kind").asText()));
        for (String kind : List.of("attention", "feed-forward", "transformer")) {
            assertThat(kinds.stream().filter(kind::equals)).as(kind).hasSize(layers);
        }
        result.path("candidates")
                .forEach(unit -> System.out.printf(
                        "%s %s: 1 - cosine %s%n", name, unit.path("name").asText(), unit.path("drop")));
        System.out.printf("%s without %s: %s%n", name, result.path("cut"), result.path("onHoldout"));
        assertThat(result.path("accepted").asBoolean()).isTrue();
        assertThat(result.at("/onHoldout/cosine").asDouble()).isGreaterThan(0.7);
        assertThat(folder.resolve("tokenizer.json")).exists();
        Main.run(
                new PrintWriter(out),
                new PrintWriter(err),
                "inspect",
                folder.resolve("pruned.onnx").toString());
        assertThat(result.at("/parameters/after").asLong())
                .isLessThan(result.at("/parameters/before").asLong());
    }
}

package org.lamella.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lamella.array.NpzWriter;
import org.lamella.samples.Samples;

/** The commands {@code similarity} and {@code probe} as a user meets them. */
class MeasureCommandsTest {
    @TempDir
    Path folder;

    private record Answer(int status, String out, String err) {}

    private static Answer lamella(Object... arguments) {
        var out = new StringWriter();
        var err = new StringWriter();
        int status = Main.run(
                new PrintWriter(out, true),
                new PrintWriter(err, true),
                Arrays.stream(arguments).map(Object::toString).toArray(String[]::new));
        return new Answer(status, out.toString(), err.toString());
    }

    private Path npz(String name, int seed) throws IOException {
        Path file = folder.resolve(name);
        var random = new Random(seed);
        try (var npz = new NpzWriter(Files.newOutputStream(file))) {
            npz.add("conv1", random.doubles(40 * 12L).toArray(), 40, 3, 2, 2);
            npz.add("fc", random.doubles(40 * 5L).toArray(), 40, 5);
        }
        return file;
    }

    @Test
    void similarity_ofTwoModels_drawsEveryMeasureAndNamesThePage() throws IOException {
        Path out = folder.resolve("out");

        Answer answer = lamella(
                "similarity",
                npz("a.npz", 1),
                npz("b.npz", 2),
                "--measure",
                "svcca,procrustes",
                "--null",
                "3",
                "--out",
                out);

        assertThat(answer.status()).as(answer.err()).isZero();
        assertThat(answer.out().strip()).isEqualTo(out.resolve("report.html").toString());
        for (String picture : new String[] {"svcca", "svcca-null", "svcca/a--b", "procrustes", "procrustes/b--b"}) {
            assertThat(ImageIO.read(
                            out.resolve("similarity/" + picture + ".png").toFile()))
                    .isNotNull();
        }
        assertThat(out.resolve("report.html"))
                .content()
                .contains("SVCCA of 0.99 of the variance", "3 random pairings", "data:image/png;base64,", "data-map");
        assertThat(out.resolve("similarity/svcca.svg")).content().contains("SVCCA");
    }

    @Test
    void similarity_byAnUnknownMeasure_isOneLineThatNamesThoseThereAre() throws IOException {
        Answer answer = lamella("similarity", npz("a.npz", 1), "--measure", "cosine", "--out", folder.resolve("out"));

        assertThat(answer.status()).isEqualTo(1);
        assertThat(answer.err().strip().lines()).hasSize(1);
        assertThat(answer.err()).startsWith("lamella: --measure cosine").contains("knn-jaccard");
    }

    @Test
    void similarity_ofStoredActivationsUntrained_isRefused() throws IOException {
        Answer answer = lamella(
                "similarity", npz("a.npz", 1), "--measure", "cka", "--untrained", "--out", folder.resolve("out"));

        assertThat(answer.status()).isEqualTo(1);
        assertThat(answer.err()).contains("--untrained").contains("stored activations");
    }

    @Test
    void commands_withoutWhatTheyNeed_areWrongUsage() throws IOException {
        Path model = npz("a.npz", 1);

        assertThat(lamella("similarity", model, "--out", "x").status()).isEqualTo(2);
        for (String setting : List.of(
                "--svcca-variance 2",
                "--svcca-variance NaN",
                "--rbf-bandwidth 0",
                "--rbf-bandwidth Infinity",
                "--cca-ridge -1",
                "--cca-ridge NaN",
                "--neighbours 0",
                "--null -1")) {
            String[] words = setting.split(" ");
            Answer answer = lamella("similarity", model, "--measure", "cka", words[0], words[1], "--out", "x");
            assertThat(answer.status()).as(setting).isEqualTo(2);
            assertThat(answer.err().lines().findFirst().orElse("")).startsWith(words[0] + " ");
        }
        Path network = Samples.checkpoints(folder).get(0);
        assertThat(lamella("probe", network, "--test", "sample:fashion-mnist", "--out", "x")
                        .status())
                .isEqualTo(2);
        assertThat(lamella("probe", network, "--data", "sample:fashion-mnist", "--out", "x")
                        .status())
                .isEqualTo(2);
    }

    @Test
    void probe_ofStoredActivations_needsNoTestSetAndSaysHowItWasSplit() throws IOException {
        Path file = folder.resolve("acts.npz");
        try (var npz = new NpzWriter(Files.newOutputStream(file))) {
            npz.add("fc", new Random(5).doubles(80 * 6L).toArray(), 80, 6);
            npz.add("__labels__", LongStream.range(0, 80).map(i -> i % 2).toArray(), 80);
        }
        Path out = folder.resolve("out");

        Answer answer = lamella("probe", file, "--quiet", "--out", out);

        assertThat(answer.status()).as(answer.err()).isZero();
        assertThat(answer.err()).isEmpty();
        assertThat(out.resolve("report.html")).content().contains("20 of 80, others of the same ones");
        Map<String, String> before = drawn(out);
        remove(out, before);
        assertThat(lamella("report", out).status()).isZero();
        assertThat(drawn(out)).isEqualTo(before).hasSize(3);
    }

    /** Pictures by name, and pages without the line of the time, which tells how long the first drawing took. */
    private static Map<String, String> drawn(Path directory) throws IOException {
        Map<String, String> drawn = new TreeMap<>();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.filter(one -> one.toString().matches(".*\\.(png|svg|html)"))
                    .toList()) {
                String content = Files.readString(file, StandardCharsets.ISO_8859_1);
                drawn.put(
                        directory.relativize(file).toString(),
                        content.replaceFirst("<dt>Time</dt><dd>[^<]*</dd>", "<dt>Time</dt>"));
            }
        }
        return drawn;
    }

    private static void remove(Path directory, Map<String, String> drawn) throws IOException {
        for (String name : drawn.keySet()) {
            Files.delete(directory.resolve(name));
        }
    }

    /** Two models; "flat" is the same for all examples, so that no measure has a value for it. */
    private Path withAFlatLayer() throws IOException {
        Path file = folder.resolve("flat.npz");
        try (var npz = new NpzWriter(Files.newOutputStream(file))) {
            npz.add("fc", new Random(5).doubles(40 * 6L).toArray(), 40, 6);
            npz.add("flat", new double[40 * 3], 40, 3);
        }
        return file;
    }

    @Test
    void report_ofARunOfOtherMeasures_drawsThePicturesAndThePageAgainAsTheyWere() throws IOException {
        Path out = folder.resolve("out");
        lamella(
                "similarity",
                npz("a.npz", 1),
                withAFlatLayer(),
                "--measure",
                "cka,pwcca,procrustes-angle",
                "--null",
                3,
                "--quiet",
                "--out",
                out);
        Map<String, String> before = drawn(out);
        assertThat(before).hasSize(3 * (2 + 1 + 3) + 1);
        assertThat(before.get("report.html")).contains("Without a value: flat/flat (", "not the other way round");
        remove(out, before);

        Answer answer = lamella("report", out);

        assertThat(answer.status()).as(answer.err()).isZero();
        assertThat(answer.out().strip()).isEqualTo(out.resolve("report.html").toString());
        assertThat(drawn(out)).isEqualTo(before);
    }

    @Test
    void report_ofARunWithOthersInIt_drawsEveryPageOfThem() throws IOException {
        Path out = folder.resolve("out");
        Path model = Samples.checkpoints(folder).get(0);
        String data = "sample:fashion-mnist";
        lamella("probe", model, "--data", data, "--test", data, "--examples", 60, "--layers", "*conv1", "--out", out);
        lamella("similarity", npz("a.npz", 1), "--measure", "svcca", "--quiet", "--out", out);
        Map<String, String> before = drawn(out);
        assertThat(before.keySet())
                .containsExactly(
                        "probe.png",
                        "probe.svg",
                        "report.html",
                        "similarity/report.html",
                        "similarity/svcca.png",
                        "similarity/svcca.svg");
        remove(out, before);

        Answer answer = lamella("report", out);

        assertThat(answer.status()).as(answer.err()).isZero();
        assertThat(answer.out().lines())
                .containsExactly(
                        out.resolve("similarity/report.html").toString(),
                        out.resolve("report.html").toString());
        assertThat(drawn(out)).isEqualTo(before);
        remove(out, before);
        assertThat(lamella("report", out.resolve("similarity")).status()).isZero();
        assertThat(drawn(out).keySet())
                .containsExactly("similarity/report.html", "similarity/svcca.png", "similarity/svcca.svg");
    }

    @Test
    void report_ofBrokenFiles_saysWhichAndWhy() throws IOException {
        Path out = folder.resolve("out");
        lamella("similarity", npz("a.npz", 1), "--measure", "cka", "--quiet", "--out", out);
        Path matrix = out.resolve("similarity/cka.csv");
        String whole = Files.readString(matrix);
        for (String broken :
                List.of(whole.replaceFirst(",1\\.0", ",one"), whole.substring(0, whole.lastIndexOf("fc")), "layer\n")) {
            Files.writeString(matrix, broken);
            Answer answer = lamella("report", out);
            assertThat(answer.status()).as(broken).isEqualTo(1);
            assertThat(answer.err().strip().lines()).hasSize(1);
            assertThat(answer.err()).startsWith("lamella: " + matrix);
        }
        Path manifest = out.resolve("run.json");
        String record = Files.readString(manifest);
        Files.writeString(manifest, record.replaceFirst("\"undefined\"", "\"other\""));
        Answer answer = lamella("report", out);
        assertThat(answer.err().strip().lines()).hasSize(1);
        assertThat(answer.err()).contains("earlier version", "run it again");
    }
}

package org.lamella.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lamella.array.NpzWriter;

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
        assertThat(lamella("similarity", model, "--measure", "cka", "--svcca-variance", "2", "--out", "x")
                        .status())
                .isEqualTo(2);
        assertThat(lamella("probe", model, "--test", "sample:fashion-mnist", "--out", "x")
                        .status())
                .isEqualTo(2);
        assertThat(lamella("probe", model, "--data", "sample:fashion-mnist", "--out", "x")
                        .status())
                .isEqualTo(2);
    }

    @Test
    void report_ofARunOfOtherMeasures_saysWhatToDo() throws IOException {
        Path out = folder.resolve("out");
        lamella("similarity", npz("a.npz", 1), "--measure", "cka", "--quiet", "--out", out);

        Answer answer = lamella("report", out);

        assertThat(answer.status()).isEqualTo(1);
        assertThat(answer.err()).contains("'similarity'").contains("run it again");
    }
}

package org.lamella.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lamella.samples.Samples;

/** The command on the shallow sample network, on few of the sample images. */
class PruneCommandTest {
    @TempDir
    private static Path folder;

    private static String network;

    /** What the program printed, and how it ended. */
    private record Ended(int status, String out, String err) {}

    @BeforeAll
    static void copyNetwork() {
        network = Samples.checkpoints(folder.resolve("samples")).get(0).toString();
    }

    private static Ended run(String... arguments) {
        var out = new StringWriter();
        var err = new StringWriter();
        int status = Main.run(new PrintWriter(out), new PrintWriter(err), arguments);
        return new Ended(status, out.toString(), err.toString());
    }

    @Test
    void prune_list_namesUnits() {
        Ended ended = run("prune", network, "--data", "sample:fashion-mnist", "--list");

        assertThat(ended.status()).as(ended.err()).isZero();
        assertThat(ended.out().lines())
                .hasSize(6)
                .allMatch(line -> line.matches("stage[123]\\.block[12]\\.add \\(residual, .*"));
        assertThat(ended.out()).contains("gives way to stage2.block1.projection");
    }

    @Test
    void prune_ofUnitsNamed_writesWhatThePageAboutItSays() throws IOException {
        Path out = folder.resolve("cut");

        Ended ended = run(
                "prune",
                network,
                "--data",
                "sample:fashion-mnist",
                "--examples",
                "400",
                "--units",
                "stage1.block2.add",
                "--max-drop",
                "1",
                "--out",
                out.toString());

        assertThat(ended.status()).as(ended.err()).isZero();
        assertThat(ended.out().strip()).isEqualTo(out.resolve("report.html").toString());
        try (var files = Files.list(out)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder(
                            "prune.json", "report.html", "pruned.onnx", "pruned.zip", "predictions.csv");
        }
        JsonNode result =
                JsonMapper.builder().build().readTree(out.resolve("prune.json").toFile());
        assertThat(result.path("accepted").asBoolean()).isTrue();
        assertThat(result.at("/onHoldout/examples").asInt()).isEqualTo(200);
        assertThat(result.at("/parameters/before").asLong()
                        - result.at("/parameters/after").asLong())
                .isEqualTo(result.path("candidates").get(1).path("parameters").asLong());
        assertThat(Files.readString(out.resolve("report.html")))
                .contains("Accepted", "stage1.block2.add", "Accuracy on the holdout", "McNemar")
                .doesNotContain("<script");
        assertThat(run("inspect", out.resolve("pruned.zip").toString()).out()).doesNotContain("stage1.block2.conv1");
    }

    @Test
    void prune_ofAKerasFile_writesANetworkOfDeeplearning4j() throws IOException {
        Path files = Path.of("../analysis-core/src/test/resources/keras");
        Path out = folder.resolve("keras");

        Ended ended = run(
                "prune",
                files.resolve("residual.h5").toString(),
                "--data",
                "npz:" + files.resolve("residual_data.npz"),
                "--layout",
                "nhwc",
                "--units",
                "two",
                "--max-drop",
                "1",
                "--out",
                out.toString());

        assertThat(ended.status()).as(ended.err()).isZero();
        JsonNode result =
                JsonMapper.builder().build().readTree(out.resolve("prune.json").toFile());
        assertThat(result.path("accepted").asBoolean()).isTrue();
        assertThat(result.at("/model/format").asText()).isEqualTo("keras");
        assertThat(run("inspect", out.resolve("pruned.zip").toString()).out())
                .contains("one_b", "classes")
                .doesNotContain("two_a");
    }

    @Test
    void prune_deletion_drawsAccuracyUnderTheMap() throws IOException {
        Path out = folder.resolve("deletion");

        Ended ended = run(
                "prune",
                network,
                "--data",
                "sample:fashion-mnist",
                "--examples",
                "200",
                "--deletion",
                "--out",
                out.toString());

        assertThat(ended.status()).as(ended.err()).isZero();
        List<String> lines = Files.readAllLines(out.resolve("deletion.csv"));
        assertThat(lines).hasSize(1 + 1 + 6);
        assertThat(lines.get(2)).startsWith("1,2,\"stage1.block1.add\",");
        var picture = ImageIO.read(out.resolve("deletion.png").toFile());
        assertThat(picture.getHeight()).isGreaterThan(picture.getWidth());
        assertThat(ended.out().strip()).isEqualTo(out.resolve("report.html").toString());
        String svg = Files.readString(out.resolve("deletion.svg"));
        // Six blocks and the size of the PNG at its two pixels to the unit.
        assertThat(svg)
                .contains("Accuracy without the blocks from here to the end of the stage", "<circle")
                .contains("viewBox=\"0 0 %d %d\"".formatted(picture.getWidth() / 2, picture.getHeight() / 2));
        assertThat(svg.split("<circle", -1)).hasSize(1 + 6);
        assertThat(Files.readString(out.resolve("report.html")))
                .contains("stage3.block2.add", "data:image/png;base64,", "95 % interval")
                .doesNotContain("<script");
        try (var files = Files.list(out)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("deletion.csv", "deletion.png", "deletion.svg", "report.html");
        }
    }

    @Test
    void prune_withoutData_isWrongUsage() {
        Ended ended = run("prune", network, "--out", "nowhere");

        assertThat(ended.status()).isEqualTo(2);
        assertThat(ended.err()).contains("--data");
    }
}

package org.lamella.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real processes, which train real networks of 16 units. */
class SweepCommandTest {
    private static final String SWEEP = """
            base:
              network: {family: mlp, width: 16}
              data: {train: "idx:images.gz,labels.gz", test: "idx:images.gz,labels.gz"}
              epochs: 40
              batch: 16
              learningRate: 0.05
            vary:
              network.depth: [1, 2]
              regularization:
                none: {}
                l2: {l2: 1e-3}
            """;

    @TempDir
    private Path folder;

    /** 160 images of 8 × 8 pixels, of two classes: left half bright, or right half bright. */
    @BeforeEach
    void writeData() throws IOException {
        var random = new Random(1);
        byte[] images = new byte[16 + 160 * 64];
        images[2] = 8;
        images[3] = 3;
        images[7] = (byte) 160;
        images[11] = 8;
        images[15] = 8;
        byte[] labels = new byte[8 + 160];
        labels[2] = 8;
        labels[3] = 1;
        labels[7] = (byte) 160;
        for (int i = 0; i < 160; i++) {
            labels[8 + i] = (byte) (i % 2);
            for (int pixel = 0; pixel < 64; pixel++) {
                boolean bright = (pixel % 8 < 4) == (i % 2 == 0);
                images[16 + i * 64 + pixel] = (byte) (random.nextInt(100) + (bright ? 120 : 0));
            }
        }
        gzip(folder.resolve("images.gz"), images);
        gzip(folder.resolve("labels.gz"), labels);
    }

    private static void gzip(Path file, byte[] content) throws IOException {
        try (var out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write(content);
        }
    }

    private int run(StringWriter err, String... arguments) {
        return Main.run(new PrintWriter(new StringWriter()), new PrintWriter(err, true), arguments);
    }

    private String[] command(String spec, String out) {
        return new String[] {
            "sweep",
            folder.resolve(spec).toString(),
            "--data",
            folder.toString(),
            "--out",
            folder.resolve(out).toString()
        };
    }

    /** The table without the seconds, which no two runs share. */
    private List<String> table(String out) throws IOException {
        List<String> rows = new ArrayList<>();
        for (String row : Files.readAllLines(folder.resolve(out).resolve("sweep.csv"))) {
            String[] cells = row.split(",", -1);
            cells[5] = "";
            rows.add(String.join(",", cells));
        }
        return rows;
    }

    @Test
    void sweeps_killedAndStartedAgain_endWithTheTableOfOneThatWasNot() throws Exception {
        Files.writeString(folder.resolve("sweep.yaml"), SWEEP);
        var err = new StringWriter();
        assertThat(run(err, command("sweep.yaml", "whole"))).as(err.toString()).isZero();
        assertThat(table("whole"))
                .hasSize(5)
                .first()
                .asString()
                .isEqualTo("network.depth,regularization,accuracy,loss,parameters,,checkpoint,error");
        assertThat(table("whole").get(1)).startsWith("1,none,1.0,").endsWith(",depth=1-regularization=none.zip,");

        List<String> again = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        again.addAll(List.of(command("sweep.yaml", "pieces")));
        Process killed = new ProcessBuilder(again)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        for (int waited = 0;
                waited < 600 && !Files.exists(folder.resolve("pieces/depth=1-regularization=none.zip"));
                waited++) {
            Thread.sleep(50);
        }
        killed.destroyForcibly().waitFor(10, TimeUnit.SECONDS);

        assertThat(table("pieces")).as("killed before the end").hasSizeLessThan(5);
        assertThat(run(err, command("sweep.yaml", "pieces"))).as(err.toString()).isZero();
        assertThat(table("pieces")).isEqualTo(table("whole"));
        try (var files = Files.list(folder.resolve("pieces"))) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .noneMatch(name -> name.endsWith(".state.zip") || name.endsWith(".lock"));
        }
    }

    @Test
    void cellsThatFail_areReportedAndDoNotStopTheRest() throws IOException {
        Files.writeString(
                folder.resolve("sweep.yaml"),
                SWEEP.replace("network.depth: [1, 2]", "learningRate: [0.05, 1e30]")
                        .replace("width: 16", "width: 16, depth: 1")
                        .replace("    l2: {l2: 1e-3}\n", "")
                        .replace("epochs: 40", "epochs: 3"));
        var err = new StringWriter();

        assertThat(run(err, command("sweep.yaml", "out"))).isEqualTo(1);

        assertThat(err.toString())
                .contains("learningRate=1.0E30-regularization=none failed: ")
                .contains("lower the learning rate");
        assertThat(table("out")).hasSize(3);
        assertThat(table("out").get(1)).endsWith(",learningRate=0.05-regularization=none.zip,");
        assertThat(table("out").get(2)).contains("lower the learning rate");
    }

    @Test
    void dryRuns_listWhatNetworksTake() throws IOException {
        Files.writeString(folder.resolve("sweep.yaml"), SWEEP);
        var out = new StringWriter();

        int status = Main.run(
                new PrintWriter(out),
                new PrintWriter(new StringWriter()),
                "sweep",
                folder.resolve("sweep.yaml").toString(),
                "--out",
                "none",
                "--dry-run",
                "--shape",
                "1x8x8",
                "--classes",
                "2");

        assertThat(status).isZero();
        assertThat(out.toString()).contains("depth=1-regularization=none").contains(" 1,074 ");
        assertThat(folder.resolve("none")).doesNotExist();
    }
}

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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lamella.array.NpzWriter;

/** {@code lamella components} from the command line to its files. */
class ComponentsCommandTest {
    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int lamella(Object... arguments) {
        return Main.run(
                new PrintWriter(out, true),
                new PrintWriter(err, true),
                Arrays.stream(arguments).map(Object::toString).toArray(String[]::new));
    }

    private Path activations() throws IOException {
        Path file = folder.resolve("net.npz");
        var random = new Random(1);
        try (var npz = new NpzWriter(Files.newOutputStream(file))) {
            npz.add("conv1", random.doubles(50 * 12L).toArray(), 50, 3, 2, 2);
            npz.add("fc", random.doubles(50 * 5L).toArray(), 50, 5);
        }
        return file;
    }

    /** A run, then what is inside its layers in the same folder: one report shows both, and is drawn again with both. */
    @Test
    void components_besideARun_shareItsReport() throws IOException {
        Path net = activations();
        Path run = folder.resolve("run");
        assertThat(lamella("cka", net, "--batch", 25, "--out", run, "--quiet")).isZero();

        int status = lamella(
                "components", net, "--out", run, "--quiet", "--cell", "conv1,fc", "--maps", "conv1", "--example", "4");

        assertThat(status).as(err.toString()).isZero();
        assertThat(out.toString().lines()).hasSize(2).allMatch(line -> line.endsWith("report.html"));
        for (String file : new String[] {"components.csv", "pc1-cosine.png", "cells.csv", "cka.csv"}) {
            assertThat(run.resolve(file)).isNotEmptyFile();
        }
        assertThat(ImageIO.read(run.resolve("maps/net-0-4.png").toFile()).getWidth())
                .isGreaterThan(100);
        String both = Files.readString(run.resolve("report.html"));
        assertThat(both).contains("id=\"maps\"", "id=\"components\"", "id=\"dominant\"", "id=\"layers\"");
        assertThat(lamella("report", run, "--quiet")).isZero();
        assertThat(Files.readString(run.resolve("report.html"))).isEqualTo(both);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--remove 0",
                "--remove 11",
                "--drop-dominant 0.5",
                "--cell conv1",
                "--maps conv1",
                "--batch 32",
                "--components 0"
            })
    void wrongUsage_isStatusTwo_andNothingIsWritten(String options) throws IOException {
        Path made = folder.resolve("none");

        Object[] arguments = java.util.stream.Stream.concat(
                        java.util.stream.Stream.of("components", activations(), "--out", made),
                        Arrays.stream(options.split(" ")))
                .toArray();

        assertThat(lamella(arguments)).isEqualTo(2);
        assertThat(made).doesNotExist();
    }

    @Test
    void layerThatIsNotThere_isOneLine() throws IOException {
        assertThat(lamella("components", activations(), "--out", folder.resolve("o"), "--cell", "conv1,fc9"))
                .isEqualTo(1);
        assertThat(err.toString().strip())
                .isEqualTo("lamella: --cell fc9: there is no such layer among those compared");
    }
}

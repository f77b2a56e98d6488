package org.lamella.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lamella.LamellaException;
import org.lamella.activation.LayerSelection;
import org.lamella.activation.Reduction;
import org.lamella.array.NpzWriter;
import org.lamella.measure.Measure;
import org.lamella.measure.Measures;
import org.lamella.model.Checkpoints;
import org.lamella.model.Model;
import org.lamella.similarity.CkaMatrix;

class MeasureRunTest {
    @TempDir
    Path folder;

    private Path activations(String name, int seed) throws IOException {
        var random = new Random(seed);
        Path file = folder.resolve(name);
        try (var npz = new NpzWriter(Files.newOutputStream(file))) {
            npz.add("conv, 1", random.doubles(60 * 6L, -1, 1).toArray(), 60, 3, 2);
            npz.add("dead", new double[60], 60, 1);
            npz.add("fc", random.doubles(60 * 2L, -1, 1).toArray(), 60, 2);
        }
        return file;
    }

    private MeasureResult run(Path out, String measures, int permutations, List<String> warnings, Path... files) {
        List<Model> models = Arrays.stream(files)
                .map(file -> Checkpoints.openNamed(file.toString()))
                .toList();
        List<Measure<?>> chosen = Arrays.stream(measures.split(","))
                .<Measure<?>>map(name -> Measures.named(name, Measures.Settings.defaults()))
                .toList();
        return MeasureRun.execute(
                new MeasureRun.Request(
                        models,
                        null,
                        LayerSelection.all(),
                        Reduction.FLATTEN,
                        chosen,
                        50,
                        permutations,
                        7,
                        2,
                        0,
                        out,
                        "lamella similarity x"),
                new MeasureRun.Listener() {
                    @Override
                    public void warning(String text) {
                        warnings.add(text);
                    }
                });
    }

    private static List<String> files(Path out) throws IOException {
        try (Stream<Path> inside = Files.walk(out)) {
            return inside.filter(Files::isRegularFile)
                    .map(file -> out.relativize(file).toString())
                    .sorted()
                    .toList();
        }
    }

    @Test
    void oneModel_withTwoMeasures_writesAMatrixEachAndWhatWasRun() throws IOException {
        List<String> warnings = new ArrayList<>();
        Path out = folder.resolve("out");

        MeasureResult result = run(out, "svcca,procrustes", 0, warnings, activations("a.npz", 1));

        assertThat(files(out))
                .containsExactly("layers.csv", "run.json", "similarity/procrustes.csv", "similarity/svcca.csv");
        CkaMatrix svcca = result.matrices().get(0).values();
        assertThat(Files.readAllLines(out.resolve("similarity/svcca.csv")))
                .containsExactly(
                        "layer,\"conv, 1\",dead,fc",
                        "\"conv, 1\",%s,NaN,%s".formatted(svcca.value(0, 0), svcca.value(0, 2)),
                        "dead,NaN,NaN,NaN",
                        "fc,%s,NaN,%s".formatted(svcca.value(2, 0), svcca.value(2, 2)));
        assertThat(warnings)
                .containsExactly(
                        "layer 'dead' of model 'a' has no svcca, procrustes: its activation is the same for all examples");
        JsonNode manifest = new ObjectMapper().readTree(out.resolve("run.json").toFile());
        assertThat(manifest.at("/measures/1/direction").asText()).isEqualTo("distance");
        assertThat(manifest.at("/examples/used").asInt()).isEqualTo(50);
        assertThat(manifest.at("/warnings")).hasSize(1);
    }

    @Test
    void severalModels_withANull_writeEveryPairAndItsChance() throws IOException {
        Path out = folder.resolve("out");

        MeasureResult result = run(out, "cka", 9, new ArrayList<>(), activations("a.npz", 1), activations("b.npz", 2));

        assertThat(files(out))
                .contains(
                        "similarity/cka/a--a.csv",
                        "similarity/cka/a--b.csv",
                        "similarity/cka/a--b-null.csv",
                        "similarity/cka/b--a.csv",
                        "similarity/cka/b--b-null.csv")
                .doesNotContain("similarity/cka.csv");
        List<String> rows = Files.readAllLines(out.resolve("similarity/cka/a--b-null.csv"));
        assertThat(rows.get(0)).isEqualTo("row,column,value,null_mean,null_sd,null_limit,z,p");
        assertThat(rows).hasSize(10);
        var chance = java.util.Objects.requireNonNull(result.matrices().get(0).chance());
        // Layers of a come first: its conv is 0 and b's fc 5.
        assertThat(rows.get(3))
                .isEqualTo("\"conv, 1\",fc,%s,%s,%s,%s,%s,%s"
                        .formatted(
                                result.matrices().get(0).values().value(0, 5),
                                chance.at(0, 5).mean(),
                                chance.at(0, 5).standardDeviation(),
                                chance.at(0, 5).limit(),
                                chance.at(0, 5).deviations(),
                                chance.at(0, 5).exceedance()));
        assertThat(rows.get(2)).isEqualTo("\"conv, 1\",dead,NaN,NaN,NaN,NaN,NaN,NaN");
    }

    @Test
    void folder_ofAnEarlierRun_losesItsResultsAndNothingElse() throws IOException {
        Path out = folder.resolve("out");
        Path model = activations("a.npz", 1);
        run(out, "svcca,procrustes", 2, new ArrayList<>(), model);
        Files.writeString(out.resolve("notes.txt"), "mine");

        run(out, "cka", 0, new ArrayList<>(), model);

        assertThat(files(out)).containsExactly("layers.csv", "notes.txt", "run.json", "similarity/cka.csv");
    }

    @Test
    void folder_ofAnotherCommand_keepsItsOwnFiles() throws IOException {
        Path out = Files.createDirectories(folder.resolve("out"));
        Files.writeString(out.resolve("run.json"), "{\"command\": \"lamella cka a.npz --out out\"}");
        Files.writeString(out.resolve("report.html"), "a page");

        run(out, "cka", 0, new ArrayList<>(), activations("a.npz", 1));

        assertThat(files(out))
                .containsExactly(
                        "report.html",
                        "run.json",
                        "similarity/cka.csv",
                        "similarity/layers.csv",
                        "similarity/run.json");
        assertThat(out.resolve("report.html")).hasContent("a page");
    }

    @Test
    void folder_ofOtherFiles_isRefusedAndLeftAsItIs() throws IOException {
        Path out = Files.createDirectories(folder.resolve("out"));
        Files.writeString(out.resolve("thesis.txt"), "mine");
        Path model = activations("a.npz", 1);

        assertThatThrownBy(() -> run(out, "cka", 0, new ArrayList<>(), model))
                .isInstanceOf(LamellaException.class)
                .hasMessageContaining("thesis.txt");
        assertThat(files(out)).containsExactly("thesis.txt");
    }

    @Test
    void measure_thatIsNotDefined_isRefusedBeforeAnythingIsWritten() throws IOException {
        var random = new Random(1);
        Path wide = folder.resolve("wide.npz");
        try (var npz = new NpzWriter(Files.newOutputStream(wide))) {
            npz.add("conv", random.doubles(60 * 80L).toArray(), 60, 80);
        }
        Path out = folder.resolve("out");

        assertThatThrownBy(() -> run(out, "svcca,mean-cca", 0, new ArrayList<>(), wide))
                .isInstanceOf(LamellaException.class)
                .hasMessageContaining("--measure mean-cca")
                .hasMessageContaining("80 features and 50 examples");
        assertThat(out).doesNotExist();
    }
}

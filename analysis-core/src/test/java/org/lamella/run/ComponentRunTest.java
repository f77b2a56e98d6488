package org.lamella.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lamella.LamellaException;
import org.lamella.activation.LayerSelection;
import org.lamella.activation.Reduction;
import org.lamella.array.NpzWriter;
import org.lamella.component.Components;
import org.lamella.model.Checkpoints;
import org.lamella.model.Model;
import org.lamella.similarity.Cka;
import org.lamella.similarity.CkaMatrix;

class ComponentRunTest {
    private static final ComponentRun.Listener SILENT = new ComponentRun.Listener() {};
    private static final int N = 60;

    @TempDir
    Path folder;

    private Path model;

    @BeforeEach
    void writeActivations() throws IOException {
        model = activations("net.npz", 1, true);
    }

    /** Layer maps is 2 channels of 3 x 3; examples 7 and 30 lie far out in both layers that live. */
    private Path activations(String name, int seed, boolean known) throws IOException {
        var random = new Random(seed);
        double[] x = random.doubles(N * 18L, -1, 1).toArray();
        double[] y = random.doubles(N * 5L, -1, 1).toArray();
        for (int k = 0; k < 18; k++) {
            x[7 * 18 + k] += 20;
            x[30 * 18 + k] -= 30;
        }
        for (int k = 0; k < 5; k++) {
            y[7 * 5 + k] += 20;
            y[30 * 5 + k] -= 30;
        }
        Path file = folder.resolve(name);
        try (var npz = new NpzWriter(Files.newOutputStream(file))) {
            npz.add("maps", x, N, 2, 3, 3);
            npz.add("fc, 1", y, N, 5);
            npz.add("dead", new double[N], N, 1);
            if (known) {
                npz.add(
                        "__ids__",
                        IntStream.range(0, N)
                                .mapToObj(i -> "bird/é" + i + ".png")
                                .toList());
                npz.add(
                        "__labels__",
                        IntStream.range(0, N).mapToLong(i -> i % 3).toArray(),
                        N);
            }
        }
        return file;
    }

    private static ComponentRun.Request request(Path out, List<String> maps, List<String> examples, Path... files) {
        List<Model> models = Arrays.stream(files)
                .map(file -> Checkpoints.openNamed(file.toString()))
                .toList();
        return new ComponentRun.Request(
                models,
                null,
                LayerSelection.all(),
                Reduction.FLATTEN,
                new Components.Options(0, 3, 1, 0.04, List.of(new Components.Cell("maps", "fc, 1")), false, 2),
                0,
                maps,
                examples,
                out,
                "lamella components");
    }

    @Test
    void execute_oneModel_writesFilesThatAreReadAgain() {
        Path out = folder.resolve("out");
        List<String> warnings = new ArrayList<>();
        ComponentResults results =
                ComponentRun.execute(request(out, List.of(), List.of(), model), new ComponentRun.Listener() {
                    @Override
                    public void warning(String text) {
                        warnings.add(text);
                    }
                });

        assertThat(warnings).anyMatch(line -> line.contains("'dead'") && line.contains("no components"));
        ComponentResults read = ComponentResults.read(out).orElseThrow();
        assertThat(read.layers()).isEqualTo(results.layers());
        assertThat(read.labels()).hasSize(N).startsWith(0, 1, 2, 0);
        assertThat(read.manifest().warnings()).isEqualTo(warnings);
        assertThat(read.manifest().precision()).isEqualTo("float64");
        List<CSVRecord> rows = MatrixFiles.records(out.resolve("components.csv"));
        assertThat(rows.get(0).getParser().getHeaderNames())
                .startsWith("layer", "pc1_variance_fraction", "effective_rank", "examples")
                .endsWith("pc2_variance_fraction", "pc3_variance_fraction");
        assertThat(rows).extracting(row -> row.get("layer")).containsExactly("maps", "fc, 1", "dead");
        assertThat(Double.parseDouble(rows.get(0).get("pc1_variance_fraction"))).isBetween(0.9, 1.0);
        assertThat(rows.get(2).get("pc1_variance_fraction")).isEqualTo("NaN");
        assertThat(rows.get(2).get("effective_rank")).isEqualTo("NaN");
        assertThat(rows.get(2).get("examples")).isEqualTo("60");
        for (ComponentMatrix which : ComponentMatrix.values()) {
            CkaMatrix matrix = read.matrix(which);
            assertThat(matrix.value(0, 0)).isCloseTo(1, within(1e-12));
            assertThat(matrix.value(0, 1)).isEqualTo(matrix.value(1, 0));
            assertThat(matrix.value(2, 0)).isNaN();
        }
        assertThat(read.matrix(ComponentMatrix.PC1_COSINE).value(0, 1)).isGreaterThan(0.95);
    }

    /** Both ends hold the examples that were put there, under the names and labels that the file gives them. */
    @Test
    void dominantExamples_haveTheirNamesAndLabels() {
        Path out = folder.resolve("out");
        ComponentResults results = ComponentRun.execute(request(out, List.of(), List.of(), model), SILENT);

        assertThat(results.dominantOfModels())
                .extracting(ComponentResults.DominantOfModel::id)
                .startsWith("bird/é30.png", "bird/é7.png");
        assertThat(results.manifest().leftOut()).contains(7, 30);
        List<ComponentResults.DominantExample> first = results.dominant().stream()
                .filter(example -> example.layer().name().equals("fc, 1") && example.rank() == 1)
                .toList();
        assertThat(first).extracting(ComponentResults.DominantExample::example).containsExactlyInAnyOrder(7, 30);
        assertThat(first).extracting(ComponentResults.DominantExample::label).containsExactlyInAnyOrder("1", "0");
        // 20 and 30 along five equal features, their mean taken away; noise of variance 1/3 in each.
        assertThat(first.stream()
                        .mapToDouble(ComponentResults.DominantExample::norm)
                        .max()
                        .orElseThrow())
                .isCloseTo(30 * Math.sqrt(5), within(2.5));
        List<CSVRecord> cells = MatrixFiles.records(out.resolve("cells.csv"));
        assertThat(cells).hasSize(16);
        assertThat(cells.stream()
                        .mapToDouble(row -> Double.parseDouble(row.get("contribution")))
                        .sum())
                .isBetween(0.9, 1.0);
        assertThat(cells.get(15).get("row_component")).isEqualTo("rest");
    }

    @Test
    void featureMaps_areTheLayersOwnNumbers() {
        Path out = folder.resolve("out");
        List<FeatureMap> drawn = new ArrayList<>();
        ComponentRun.execute(
                request(out, List.of("maps"), List.of("bird/é30.png", "5"), model), new ComponentRun.Listener() {
                    @Override
                    public void draw(ComponentResults results, Map<Path, FeatureMap> maps) {
                        drawn.addAll(maps.values());
                        assertThat(maps.keySet())
                                .containsExactly(out.resolve("maps/net-0-30.png"), out.resolve("maps/net-0-5.png"));
                    }
                });

        assertThat(drawn.get(0).channels()).isEqualTo(2);
        assertThat(drawn.get(0).height()).isEqualTo(3);
        assertThat(drawn.get(0).values()[4]).isLessThan(-28);
        assertThat(drawn.get(1).values()[4]).isBetween(-1f, 1f);
        assertThatThrownBy(() -> ComponentRun.execute(request(out, List.of("fc, 1"), List.of("5"), model), SILENT))
                .isInstanceOf(LamellaException.class)
                .hasMessageContaining("needs channels, height and width");
        assertThatThrownBy(() -> ComponentRun.execute(request(out, List.of("maps"), List.of("x"), model), SILENT))
                .hasMessageContaining("--example x: there is no such example");
    }

    @Test
    void runDirectoryOfTheSameModels_keepsItsRun_thatOfOthersIsRefused() throws IOException {
        Path out = folder.resolve("run");
        CkaRun.execute(
                new CkaRun.Request(
                        List.of(Checkpoints.openNamed(model.toString())),
                        null,
                        LayerSelection.all(),
                        Reduction.FLATTEN,
                        Cka.Options.defaults(),
                        out,
                        false,
                        "lamella cka"),
                new CkaRun.Listener() {});
        Path other = activations("other.npz", 2, false);

        ComponentResults results = ComponentRun.execute(request(out, List.of(), List.of(), model), SILENT);

        assertThat(results.areOf(RunDirectory.open(out).read().manifest())).isTrue();
        assertThat(RunDirectory.open(out).read().manifest().examples().sha256()).hasSize(64);
        assertThatThrownBy(() -> ComponentRun.execute(request(out, List.of(), List.of(), other), SILENT))
                .isInstanceOf(LamellaException.class)
                .hasMessageContaining("is the run directory of other models (net)");
        assertThat(ComponentResults.read(out)).isPresent();
    }

    @Test
    void folderWithOtherFiles_isNotTouched() throws IOException {
        Path out = Files.createDirectory(folder.resolve("mine"));
        Files.writeString(out.resolve("thesis.txt"), "all of it");

        assertThatThrownBy(() -> ComponentRun.execute(request(out, List.of(), List.of(), model), SILENT))
                .isInstanceOf(LamellaException.class)
                .hasMessageContaining("thesis.txt");
        assertThat(out).isDirectoryContaining("glob:**thesis.txt");
        assertThat(Files.list(out)).hasSize(1);
    }

    /** Examples that the files name differently are not the same examples. */
    @Test
    void storedActivations_ofOtherExamples_areRefused() throws IOException {
        Path named = folder.resolve("named.npz");
        try (var npz = new NpzWriter(Files.newOutputStream(named))) {
            npz.add("x", new Random(3).doubles(N * 4L).toArray(), N, 4);
            npz.add("__ids__", IntStream.range(0, N).mapToObj(i -> "cat" + i).toList());
        }
        assertThatThrownBy(() ->
                        ComponentRun.execute(request(folder.resolve("o"), List.of(), List.of(), model, named), SILENT))
                .isInstanceOf(LamellaException.class)
                .hasMessageContaining("has cat0 as example 0 and model 'net' has bird/é0.png");
    }
}

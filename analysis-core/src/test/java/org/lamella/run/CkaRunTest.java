package org.lamella.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lamella.LamellaException;
import org.lamella.activation.LayerSelection;
import org.lamella.activation.Reduction;
import org.lamella.array.NpzWriter;
import org.lamella.model.Checkpoints;
import org.lamella.model.Model;
import org.lamella.similarity.Cka;
import org.lamella.similarity.CkaMatrix;
import org.lamella.similarity.Estimator;

class CkaRunTest {
    private static final CkaRun.Listener SILENT = new CkaRun.Listener() {};

    @TempDir
    Path folder;

    private Path wide;

    @BeforeEach
    void writeActivations() throws IOException {
        wide = activations("wide.npz", 1, 0, 90);
    }

    /** Rows from - to of a model of three layers, the last one constant. */
    private Path activations(String name, int seed, int from, int to) throws IOException {
        var random = new Random(seed);
        double[] x = random.doubles(90 * 6L, -1, 1).toArray();
        double[] y = new double[90 * 2];
        for (int i = 0; i < y.length; i++) {
            y[i] = Math.sin(3 * x[i / 2 * 6 + i % 2]) + x[i / 2 * 6 + 3];
        }
        Path file = folder.resolve(name);
        try (var npz = new NpzWriter(Files.newOutputStream(file))) {
            npz.add("conv, 1", java.util.Arrays.copyOfRange(x, from * 6, to * 6), to - from, 3, 2);
            npz.add("fc", java.util.Arrays.copyOfRange(y, from * 2, to * 2), to - from, 2);
            npz.add("dead", new double[to - from], to - from, 1);
        }
        return file;
    }

    private RunResult run(Path out, boolean resume, CkaRun.Listener listener, int batch, Path... files) {
        List<Model> models = java.util.Arrays.stream(files)
                .map(file -> Checkpoints.openNamed(file.toString()))
                .toList();
        return CkaRun.execute(
                new CkaRun.Request(
                        models,
                        null,
                        LayerSelection.all(),
                        Reduction.FLATTEN,
                        new Cka.Options(Estimator.UNBIASED, batch, 2, 0, 0, 2),
                        out,
                        resume,
                        "lamella cka"),
                listener);
    }

    private static void assertSame(CkaMatrix a, CkaMatrix b, double tolerance) {
        for (int i = 0; i < a.rows().size(); i++) {
            for (int j = 0; j < a.columns().size(); j++) {
                if (Double.isNaN(a.value(i, j))) {
                    assertThat(b.value(i, j)).isNaN();
                } else {
                    assertThat(Math.abs(a.value(i, j) - b.value(i, j))).isLessThanOrEqualTo(tolerance);
                }
            }
        }
    }

    @Test
    void execute_oneModel_writesEveryFileOfTheContract() throws IOException {
        Path out = folder.resolve("run");
        RunResult result = run(out, false, SILENT, 20, wide);
        for (String name :
                List.of("run.json", "layers.csv", "cka.csv", "cka.npz", "cka-stderr.csv", "sums/plan.json")) {
            assertThat(out.resolve(name)).isRegularFile();
        }
        List<String> lines = Files.readAllLines(out.resolve("cka.csv"));
        assertThat(lines.get(0)).isEqualTo("layer,\"conv, 1\",fc,dead");
        assertThat(lines.get(1)).startsWith("\"conv, 1\",1.0,").endsWith(",NaN");
        assertThat(Double.parseDouble(lines.get(2).split(",")[1]))
                .isEqualTo(result.cka().value(1, 0));
        assertThat(Files.readAllLines(out.resolve("layers.csv")))
                .containsExactly(
                        "model,index,name,kind,shape,features,parameters",
                        "wide,0,\"conv, 1\",array,3x2,6,",
                        "wide,1,fc,array,2,2,",
                        "wide,2,dead,array,1,1,");
        var json = new ObjectMapper().readTree(out.resolve("run.json").toFile());
        assertThat(json.get("warnings").toString()).contains("dead");
        assertThat(json.get("threads").intValue()).isEqualTo(2);
        assertThat(json.at("/nativeLibraries/0/name").textValue()).isEqualTo("OpenBLAS");
        assertThat(json.at("/models/0/sha256").textValue()).hasSize(64);
        assertThat(json.at("/examples/used").intValue()).isEqualTo(90);
        assertSame(RunDirectory.open(out).read().cka(), result.cka(), 0);
    }

    @Test
    void execute_sameRunTwice_writesTheSameBytes() throws IOException {
        run(folder.resolve("one"), false, SILENT, 20, wide);
        run(folder.resolve("two"), false, SILENT, 20, wide);
        for (String name : List.of("cka.csv", "cka.npz", "cka-stderr.csv", "layers.csv", "sums/group-00.npz")) {
            assertThat(folder.resolve("two").resolve(name))
                    .hasSameBinaryContentAs(folder.resolve("one").resolve(name));
        }
    }

    @Test
    void execute_someLayers_numbersThemAsTheRowsAre() throws IOException {
        Path out = folder.resolve("run");
        RunResult result = CkaRun.execute(
                new CkaRun.Request(
                        List.of(Checkpoints.openNamed(wide.toString())),
                        null,
                        LayerSelection.of(List.of("fc")),
                        Reduction.FLATTEN,
                        Cka.Options.defaults(),
                        out,
                        false,
                        "lamella cka"),
                SILENT);
        assertThat(result.cka().rows().get(0).layer().index()).isZero();
        assertThat(Files.readAllLines(out.resolve("layers.csv")).get(1)).startsWith("wide,0,fc,");
        assertThat(RunDirectory.open(out).read().cka().rows())
                .isEqualTo(result.cka().rows());
    }

    @Test
    void execute_twoModels_writesEveryPair() throws IOException {
        Path deep = activations("deep.npz", 2, 0, 90);
        Path out = folder.resolve("run");
        run(out, false, SILENT, 20, wide, deep);
        for (String name : List.of("wide--wide", "wide--deep", "deep--wide", "deep--deep")) {
            assertThat(out.resolve("cka").resolve(name + ".csv")).isRegularFile();
        }
        assertThat(out.resolve("cka.csv")).doesNotExist();
        assertThat(Files.readAllLines(out.resolve("cka-stderr.csv")).get(0)).contains("wide/fc,", "deep/fc");
    }

    @Test
    void execute_interruptedAndResumed_givesTheSameResult() {
        Path out = folder.resolve("run");
        var seen = new AtomicInteger();
        CkaRun.Listener interrupting = new CkaRun.Listener() {
            @Override
            public void progress(int done, int batches) {
                if (done == 4) {
                    throw new IllegalStateException("stopped here");
                }
            }
        };
        assertThatThrownBy(() -> run(out, false, interrupting, 20, wide)).hasMessage("stopped here");
        assertThat(out.resolve("run.json")).doesNotExist();
        assertThatThrownBy(() -> RunDirectory.open(out)).hasMessageContaining("--resume");
        CkaRun.Listener counting = new CkaRun.Listener() {
            @Override
            public void progress(int done, int batches) {
                seen.incrementAndGet();
            }
        };
        RunResult resumed = run(out, true, counting, 20, wide);
        RunResult whole = run(folder.resolve("whole"), false, SILENT, 20, wide);
        assertSame(resumed.cka(), whole.cka(), 0);
    }

    @Test
    void execute_resumedWithOtherSettings_isRefused() {
        Path out = folder.resolve("run");
        run(out, false, SILENT, 20, wide);
        assertThatThrownBy(() -> run(out, true, SILENT, 30, wide))
                .isInstanceOf(LamellaException.class)
                .hasMessageContaining("batch 20 instead of 30");
    }

    @Test
    void execute_folderOfOtherThings_isLeftAlone() throws IOException {
        Path out = Files.createDirectory(folder.resolve("precious"));
        Files.writeString(out.resolve("thesis.txt"), "text");
        assertThatThrownBy(() -> run(out, false, SILENT, 20, wide))
                .isInstanceOf(LamellaException.class)
                .hasMessageContaining("thesis.txt");
        assertThat(out.resolve("thesis.txt")).hasContent("text");
    }

    @Test
    void execute_folderWithAnotherSumsFolder_isLeftAlone() throws IOException {
        Path out = Files.createDirectories(folder.resolve("project/sums")).getParent();
        Files.writeString(out.resolve("sums/totals.txt"), "7");
        Files.writeString(out.resolve("run.json"), "{}");
        assertThatThrownBy(() -> run(out, false, SILENT, 20, wide)).isInstanceOf(LamellaException.class);
        assertThat(out.resolve("sums/totals.txt")).hasContent("7");
    }

    @Test
    void execute_again_keepsWhatIsNotOurs() throws IOException {
        Path out = folder.resolve("run");
        run(out, false, SILENT, 20, wide);
        Files.writeString(out.resolve("notes.txt"), "mine");
        Files.writeString(out.resolve("sums/notes.txt"), "mine too");
        run(out, false, SILENT, 30, wide);
        assertThat(out.resolve("notes.txt")).hasContent("mine");
        assertThat(out.resolve("sums/notes.txt")).hasContent("mine too");
        assertThat(RunDirectory.open(out).sums().plan().batch()).isEqualTo(30);
    }

    @Test
    void execute_linkToAFolder_isFollowed() throws IOException {
        Path real = Files.createDirectory(folder.resolve("real"));
        Path link = Files.createSymbolicLink(folder.resolve("link"), real);
        run(link, false, SILENT, 20, wide);
        assertThat(real.resolve("run.json")).isRegularFile();
    }

    @Test
    void execute_namesThatDifferInCaseOnly_areRefusedBeforeAnythingIsWritten() throws IOException {
        Path other = activations("WIDE.npz", 2, 0, 90);
        assertThatThrownBy(() -> run(folder.resolve("run"), false, SILENT, 20, wide, other))
                .isInstanceOf(LamellaException.class)
                .hasMessageContaining("name=path");
        assertThat(folder.resolve("run")).doesNotExist();
    }

    @Test
    void merge_twoHalves_equalsTheWhole() throws IOException {
        Path first = activations("a-m.npz", 1, 0, 40);
        Path second = activations("b-m.npz", 1, 40, 90);
        run(
                folder.resolve("one"),
                false,
                SILENT,
                10,
                Files.move(first, Files.createDirectory(folder.resolve("a")).resolve("m.npz")));
        run(
                folder.resolve("two"),
                false,
                SILENT,
                10,
                Files.move(second, Files.createDirectory(folder.resolve("b")).resolve("m.npz")));
        // The second pass shuffles within each half, so only first passes can be compared.
        RunResult merged = Merge.execute(
                List.of(folder.resolve("one"), folder.resolve("two")), folder.resolve("both"), "lamella merge", SILENT);
        assertThat(merged.manifest().examples().used()).isEqualTo(90);
        assertThat(RunDirectory.open(folder.resolve("both")).sums().all().stream()
                        .mapToInt(sums -> sums.batches())
                        .sum())
                .isEqualTo(2 * 9);
        double[] own =
                RunDirectory.open(folder.resolve("one")).sums().all().get(0).upperTriangle();
        assertThat(RunDirectory.open(folder.resolve("both")).sums().all().get(0).upperTriangle())
                .containsExactly(own);
        assertThatThrownBy(() -> Merge.execute(
                        List.of(folder.resolve("one"), folder.resolve("one")),
                        folder.resolve("twice"),
                        "lamella merge",
                        SILENT))
                .isInstanceOf(LamellaException.class)
                .hasMessageContaining("same examples");
        assertThatThrownBy(() -> Merge.execute(
                        List.of(folder.resolve("both"), folder.resolve("two")),
                        folder.resolve("again"),
                        "lamella merge",
                        SILENT))
                .isInstanceOf(LamellaException.class)
                .hasMessageContaining("same examples");
    }
}

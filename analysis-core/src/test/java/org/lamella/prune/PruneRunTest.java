package org.lamella.prune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import onnx.Onnx.ModelProto;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lamella.LamellaException;
import org.lamella.data.DataSource;
import org.lamella.model.Checkpoint;
import org.lamella.model.Checkpoints;
import org.lamella.onnx.OnnxBuilder;
import org.lamella.onnx.OnnxModel;

/**
 * Whole cuts of a network with planted redundant units: x, six residual branches, four scores. Branches 2, 4 and 5 add next to nothing.
 * Nine of ten labels are what the network says, the tenth is another.
 */
class PruneRunTest {
    private static final int FEATURES = 16;
    private static final int EXAMPLES = 2000;
    private static final Set<Integer> PLANTED = Set.of(2, 4, 5);

    @TempDir
    private static Path folder;

    private static Path planted;
    private static Path narrow;
    private static Labelled data;
    private static Labelled holdout;
    private static Labelled narrowData;
    private static Labelled narrowHoldout;

    @BeforeAll
    static void writeNetworks() {
        planted = network(PLANTED, "planted.onnx");
        narrow = network(Set.of(), "narrow.onnx");
        data = labelled(PLANTED, "test:data", 1);
        holdout = labelled(PLANTED, "test:holdout", 2);
        narrowData = labelled(Set.of(), "test:narrow data", 1);
        narrowHoldout = labelled(Set.of(), "test:narrow holdout", 2);
    }

    private static ModelProto graph(Set<Integer> redundant) {
        OnnxBuilder graph = new OnnxBuilder().input("x", "N", FEATURES);
        String last = "x";
        for (int i = 1; i <= 6; i++) {
            String name = "b" + i;
            double size = redundant.contains(i) ? 1e-4 : 0.5;
            graph.weights(name + ".w1", Graphs.random(i, FEATURES * FEATURES, 0.25), FEATURES, FEATURES);
            graph.weights(name + ".w2", Graphs.random(50 + i, FEATURES * FEATURES, size), FEATURES, FEATURES);
            graph.node("MatMul", name + ".in", name + ".in", List.of(last, name + ".w1"));
            graph.node("Relu", name + ".relu", name + ".relu", List.of(name + ".in"));
            graph.node("MatMul", name + ".out", name + ".out", List.of(name + ".relu", name + ".w2"));
            last = Graphs.add(graph, name, last, name + ".out") == graph ? name : last;
        }
        graph.weights("w", Graphs.random(9, FEATURES * 4, 0.3), FEATURES, 4);
        return graph.node("MatMul", "scores", "scores", List.of(last, "w"))
                .output("scores")
                .model();
    }

    private static Path network(Set<Integer> redundant, String name) {
        try {
            return Files.write(folder.resolve(name), graph(redundant).toByteArray());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static Labelled labelled(Set<Integer> redundant, String name, long seed) {
        float[] values = Graphs.random(seed, EXAMPLES * FEATURES, 1);
        float[] scores =
                Graphs.run(graph(redundant), values, EXAMPLES, FEATURES).get("scores");
        Random random = new Random(seed);
        int[] labels = IntStream.range(0, EXAMPLES)
                .map(i -> {
                    int best = IntStream.range(0, 4)
                            .reduce((a, b) -> scores[4 * i + b] > scores[4 * i + a] ? b : a)
                            .orElseThrow();
                    return random.nextInt(10) == 0 ? (best + 1) % 4 : best;
                })
                .toArray();
        return new Labelled(name, List.of(FEATURES), values, i -> labels[i]);
    }

    private static PruneOptions options(double maxDrop, int count, List<String> units, PruneOptions.From from) {
        return new PruneOptions(maxDrop, count, units, from, EnumSet.allOf(Unit.Kind.class), null, 256, 0, 3);
    }

    private static PruneResult prune(
            Path model, @Nullable DataSource verdict, @Nullable Path blocks, PruneOptions options, String out) {
        try (Checkpoint checkpoint = Checkpoints.open(model)) {
            return PruneRun.execute(
                    new PruneRun.Request(
                            checkpoint,
                            (model.equals(narrow) ? narrowData : data).source(),
                            verdict,
                            blocks,
                            options,
                            Original.manner(null, null, 2, 1 << 28),
                            folder.resolve(out),
                            "test"),
                    new PruneRun.Listener() {});
        }
    }

    @Test
    void plantedUnits_areFound_cutAndAccepted() throws IOException {
        PruneResult result = prune(
                planted, holdout.source(), null, options(0.01, 0, List.of(), PruneOptions.From.ANYWHERE), "planted");

        assertThat(result.accepted()).as(result.why()).isTrue();
        assertThat(result.measure()).isEqualTo("accuracy");
        assertThat(result.cut()).containsExactlyInAnyOrder("b2", "b4", "b5");
        assertThat(result.onHoldout().before().value()).isBetween(0.87, 0.93);
        assertThat(result.onHoldout().drop().upper()).isLessThanOrEqualTo(0.01);
        assertThat(result.onHoldout().classes()).hasSize(4);
        assertThat(result.parameters().before() - result.parameters().after()).isEqualTo(3 * 2 * FEATURES * FEATURES);
        assertThat(result.multiplyAdds()).isEqualTo(new PruneResult.Change(12 * 256 + 64, 6 * 256 + 64));
        assertThat(result.fileBytes().after())
                .isEqualTo(Files.size(folder.resolve("planted/pruned.onnx")))
                .isLessThan(result.fileBytes().before());
        assertThat(result.candidates()).hasSize(6).allMatch(candidate -> candidate.loss() != null);
        assertThat(result.evaluations()).isLessThan(25);
        JsonNode written =
                new ObjectMapper().readTree(folder.resolve("planted/prune.json").toFile());
        assertThat(written.path("cut")).hasSize(3);
        assertThat(written.at("/onHoldout/after/value").asDouble())
                .isEqualTo(result.onHoldout().after().value());
        assertThat(written.path("plan").get(0).path("nodes")).hasSize(4);
    }

    @Test
    void prunedFile_runAgain_givesTheAccuracyOfTheResult() throws IOException {
        PruneResult result =
                prune(planted, null, null, options(0.02, 0, List.of(), PruneOptions.From.ANYWHERE), "again");

        List<String> lines = Files.readAllLines(folder.resolve("again/predictions.csv"));
        List<Integer> chosen = new ArrayList<>();
        lines.subList(1, lines.size()).forEach(line -> chosen.add(Integer.valueOf(line.split(",")[0])));
        ModelProto file = ModelProto.parseFrom(Files.readAllBytes(folder.resolve("again/pruned.onnx")));
        float[] scores = Graphs.run(file, data.values(), EXAMPLES, FEATURES).get("scores");
        long right = chosen.stream()
                .filter(i -> IntStream.range(0, 4)
                                .reduce((a, b) -> scores[4 * i + b] > scores[4 * i + a] ? b : a)
                                .orElseThrow()
                        == data.label(i).orElseThrow())
                .count();

        assertThat(result.accepted()).isTrue();
        assertThat(chosen).hasSize(EXAMPLES / 2).doesNotHaveDuplicates();
        assertThat(result.data().how()).isEqualTo("a random half of all, by seed 3");
        assertThat(result.onHoldout().after().value()).isEqualTo((double) right / chosen.size());
    }

    @Test
    void narrowNetwork_withoutARedundantUnit_isNotCut() {
        PruneResult result = prune(
                narrow,
                narrowHoldout.source(),
                null,
                options(0.01, 0, List.of(), PruneOptions.From.ANYWHERE),
                "narrow");

        assertThat(result.accepted()).isFalse();
        assertThat(result.why()).contains("--max-drop 0.01");
        assertThat(folder.resolve("narrow/prune.json")).exists();
        assertThat(folder.resolve("narrow/pruned.onnx")).doesNotExist();
        assertThat(result.files()).isEmpty();
    }

    @Test
    void count_beyondWhatIsRedundant_isJudgedOnce_andNotWritten() {
        PruneResult result = prune(
                planted, holdout.source(), null, options(0.01, 5, List.of(), PruneOptions.From.ANYWHERE), "count");

        assertThat(result.cut()).hasSize(5).contains("b2", "b4", "b5");
        assertThat(result.accepted()).isFalse();
        assertThat(result.plan().stream().filter(step -> step.holdoutDrop() != null))
                .hasSize(1);
        assertThat(result.onHoldout().drop().lower()).isGreaterThan(0.01);
        assertThat(folder.resolve("count/pruned.onnx")).doesNotExist();
    }

    @Test
    void unitsNamed_areCut_andNoOthers() {
        PruneResult result = prune(
                planted,
                holdout.source(),
                null,
                options(0.01, 0, List.of("b4", "b2"), PruneOptions.From.ANYWHERE),
                "named");

        assertThat(result.cut()).containsExactly("b4", "b2");
        assertThat(result.accepted()).isTrue();
        assertThat(result.evaluations()).isZero();
    }

    @Test
    void unitsInABlock_comeFirst_andAloneWhereAsked() throws IOException {
        Path blocks = Files.writeString(folder.resolve("blocks.json"), """
                {"layers": ["b1", "b2.in", "b2", "b3", "b4", "b5.relu", "b5", "b6"],
                 "blocks": [{"start": 3, "end": 8, "first": "b3", "last": "b6"}], "score": 0.1}
                """);

        PruneResult inside = prune(
                planted, holdout.source(), blocks, options(0.01, 0, List.of(), PruneOptions.From.INSIDE), "inside");
        PruneResult first = prune(
                planted,
                holdout.source(),
                blocks,
                options(0.01, 0, List.of(), PruneOptions.From.BLOCKS_FIRST),
                "first");
        PruneResult outside = prune(
                planted, holdout.source(), blocks, options(1, 2, List.of(), PruneOptions.From.OUTSIDE), "outside");

        assertThat(inside.cut()).containsExactlyInAnyOrder("b4", "b5");
        assertThat(first.cut()).hasSize(3).endsWith("b2");
        assertThat(outside.cut()).hasSize(2).contains("b2").isSubsetOf("b1", "b2", "b3");
        assertThat(outside.onHoldout().drop().value())
                .isGreaterThan(inside.onHoldout().drop().value());
    }

    @Test
    void withoutLabels_answersAreComparedWithTheOriginal() throws IOException {
        Labelled unlabelled = new Labelled("test:unlabelled", List.of(FEATURES), data.values(), null);
        try (Checkpoint checkpoint = Checkpoints.open(planted)) {
            PruneResult result = PruneRun.execute(
                    new PruneRun.Request(
                            checkpoint,
                            unlabelled.source(),
                            null,
                            null,
                            options(0.001, 0, List.of(), PruneOptions.From.ANYWHERE),
                            Original.manner(null, null, 2, 1 << 28),
                            folder.resolve("unlabelled"),
                            "test"),
                    new PruneRun.Listener() {});

            assertThat(result.measure()).isEqualTo("cosine");
            assertThat(result.cut()).containsExactlyInAnyOrder("b2", "b4", "b5");
            assertThat(result.onHoldout().before()).isNull();
            assertThat(result.onHoldout().cosine()).isGreaterThan(0.9999);
            assertThat(result.onHoldout().cka()).isGreaterThan(0.999);
            assertThat(result.onHoldout().agreement().value()).isGreaterThan(0.99);
        }
    }

    @Test
    void weightsInAFileOfTheirOwn_goWithTheUnit() throws IOException {
        ModelProto external = External.moved(graph(PLANTED), folder.resolve("all.bin"));
        Path model = Files.write(folder.resolve("external.onnx"), external.toByteArray());

        PruneResult result = prune(
                model,
                holdout.source(),
                null,
                options(0.01, 0, List.of("b2", "b4", "b5"), PruneOptions.From.ANYWHERE),
                "external");

        Path written = folder.resolve("external/pruned.onnx");
        assertThat(result.files()).contains("pruned.onnx", "pruned.onnx.data");
        assertThat(Files.size(folder.resolve("all.bin"))).isGreaterThanOrEqualTo(12L * 256 * Float.BYTES);
        assertThat(Files.size(folder.resolve("external/pruned.onnx.data")))
                .isBetween(6L * 256 * Float.BYTES, 6L * 4096 + 4096);
        assertThat(OnnxModel.open(written).obstacle()).isEmpty();
        assertThat(result.accepted()).isTrue();
    }

    @Test
    void holdout_thatIsTheData_isRefused() {
        assertThatThrownBy(() -> prune(
                        planted, data.source(), null, options(0.01, 0, List.of(), PruneOptions.From.ANYWHERE), "same"))
                .isInstanceOf(LamellaException.class)
                .hasMessageContaining("a cut is not judged by what it was chosen by");
    }

    @Test
    void unitThatIsRefused_isRefusedWithTheReason() {
        assertThatThrownBy(() -> prune(
                        planted,
                        holdout.source(),
                        null,
                        options(0.01, 0, List.of("scores"), PruneOptions.From.ANYWHERE),
                        "no"))
                .isInstanceOf(LamellaException.class)
                .hasMessageContaining("scores: is no unit that can be cut");
    }

    /** The last moment before the result: everything else is written. */
    private static PruneRun.Listener endingBeforeTheResult(Path out) {
        return new PruneRun.Listener() {
            @Override
            public void draw(PruneResult result, PruneDirectory directory) {
                try {
                    Files.writeString(out.resolve(".report.html.4711.part"), "half a page");
                    Files.writeString(out.resolve("prune.json.partial"), "half a result");
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
                throw new IllegalStateException("ended");
            }
        };
    }

    @Test
    void runThatWasCutOff_isBegunAnewByTheSameCommand() throws IOException {
        Path out = folder.resolve("cut off");
        var larger = options(0.5, 0, List.of("b2", "b4"), PruneOptions.From.ANYWHERE);
        assertThatThrownBy(() -> {
                    try (Checkpoint checkpoint = Checkpoints.open(planted)) {
                        PruneRun.execute(
                                new PruneRun.Request(
                                        checkpoint,
                                        data.source(),
                                        holdout.source(),
                                        null,
                                        larger,
                                        Original.manner(null, null, 2, 1 << 28),
                                        out,
                                        "test"),
                                endingBeforeTheResult(out));
                    }
                })
                .hasMessage("ended");
        assertThat(out.resolve("pruned.onnx")).exists();
        assertThat(out.resolve("prune.unfinished")).exists();
        assertThat(out.resolve("prune.json")).doesNotExist();

        // Nothing is accepted now: whatever is there afterwards but the result would be the earlier run's.
        var none = options(0, 0, List.of("b1"), PruneOptions.From.ANYWHERE);
        PruneResult result = prune(planted, holdout.source(), null, none, "cut off");

        assertThat(result.accepted()).isFalse();
        try (var files = Files.list(out)) {
            assertThat(files.map(file -> file.getFileName().toString())).containsExactly("prune.json");
        }
    }

    @Test
    void runThatWasCutOff_withTheUsersFilesBeside_isNotTouched() throws IOException {
        Path out = Files.createDirectories(folder.resolve("both"));
        Files.writeString(out.resolve("prune.unfinished"), "");
        Files.writeString(out.resolve("notes.partial"), "mine");

        assertThatThrownBy(() -> prune(
                        planted,
                        holdout.source(),
                        null,
                        options(0.01, 0, List.of(), PruneOptions.From.ANYWHERE),
                        "both"))
                .isInstanceOf(LamellaException.class)
                .hasMessageContaining("holds other files (notes.partial)");
    }

    @Test
    void earlierResult_staysWhereTheNextRunIsRefused() throws IOException {
        PruneOptions cut = options(0.01, 0, List.of("b4"), PruneOptions.From.ANYWHERE);
        prune(planted, holdout.source(), null, cut, "kept");
        Path result = folder.resolve("kept/pruned.onnx");

        assertThatThrownBy(() -> prune(result, holdout.source(), null, cut, "kept"))
                .isInstanceOf(LamellaException.class)
                .hasMessageContaining("holds the model that is to be cut");
        assertThatThrownBy(() -> prune(
                        planted,
                        holdout.source(),
                        null,
                        options(0.01, 0, List.of("b44"), PruneOptions.From.ANYWHERE),
                        "kept"))
                .isInstanceOf(LamellaException.class)
                .hasMessageContaining("b44");

        assertThat(result).exists();
        assertThat(folder.resolve("kept/prune.json")).exists();
    }

    @Test
    void folderWithOtherFiles_isNotTouched() throws IOException {
        Files.createDirectories(folder.resolve("mine"));
        Files.writeString(folder.resolve("mine/thesis.txt"), "years of work");

        assertThatThrownBy(() -> prune(
                        planted,
                        holdout.source(),
                        null,
                        options(0.01, 0, List.of(), PruneOptions.From.ANYWHERE),
                        "mine"))
                .isInstanceOf(LamellaException.class)
                .hasMessageContaining("holds other files (thesis.txt)");
        assertThat(folder.resolve("mine/thesis.txt")).exists();
    }
}

package org.lamella.samples.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lamella.LamellaException;
import org.lamella.data.Dataset;
import org.lamella.data.IdxDataset;
import org.lamella.dl4j.Dl4jRuntime;
import org.lamella.model.Dl4jCheckpoint;
import org.lamella.samples.Shapes;
import org.lamella.samples.network.Architecture;
import org.lamella.samples.network.Family;
import org.lamella.samples.network.NetworkCost;

class TrainerTest {
    @TempDir
    private Path directory;

    /** OpenMP's threads wait for each other by spinning: on a busy machine one is faster than several. */
    @BeforeAll
    static void useOneThread() {
        Dl4jRuntime.useThreads(1);
    }

    private TrainingSpec spec(int epochs) throws IOException {
        Shapes.write(directory, "train", 192);
        Shapes.write(directory, "test", 60);
        return shapes(new Architecture(Family.RESNET, 8, 1, null, null, null, null), epochs);
    }

    private static TrainingSpec shapes(Architecture network, int epochs) {
        return new TrainingSpec(
                "shapes-8",
                network,
                new TrainingSpec.Data("idx:train-images.gz,train-labels.gz", "idx:test-images.gz,test-labels.gz", null),
                0.5,
                epochs,
                32,
                0.1,
                new TrainingSpec.Regularization(0, 1e-4, 0, 0, new TrainingSpec.PrincipalComponent(0, 0)),
                null,
                new TrainingSpec.Augmentation(1, false),
                List.of(),
                new TrainingSpec.Seeds(1, 2, 3, 4));
    }

    @Test
    void training_learnsAndWritesACheckpointThatGivesTheAccuracyReported() throws IOException {
        List<Double> losses = new ArrayList<>();
        Path out = directory.resolve("new/out");

        TrainingResult result = Trainer.train(spec(12), directory, out, false, 1, new TrainingListener() {
            @Override
            public void stepped(int epoch, int step, int steps, double loss) {
                losses.add(loss);
            }
        });

        assertThat(losses).as("96 examples in batches of 32, 12 times").hasSize(36);
        assertThat(result.trainingExamples()).isEqualTo(96);
        assertThat(result.history()).hasSize(12).last().satisfies(last -> {
            assertThat(last.loss()).isLessThan(0.5 * result.history().get(0).loss());
            assertThat(last.learningRate()).isBetween(0.0, 0.003);
            assertThat(last.penalty()).isZero();
            assertThat(last.validationLoss()).isNaN();
        });
        // A third is chance, and 60 test images a standard error of at most 0.06.
        assertThat(result.test().accuracy()).isGreaterThan(0.6);
        assertThat(names(out)).containsExactly("shapes-8.csv", "shapes-8.json", "shapes-8.zip");
        assertThat(Files.readAllLines(out.resolve("shapes-8.csv"))).hasSize(13);
        Dl4jCheckpoint checkpoint = Dl4jCheckpoint.open(result.checkpoint(), "shapes");
        assertThat(checkpoint.layers()).hasSize(9 + 21);
        assertThat(checkpoint.layers().stream()
                        .mapToLong(layer -> layer.parameters())
                        .sum())
                .isEqualTo(result.cost().parameters());
        assertThat(Shapes.accuracy(checkpoint, new Shapes(60)))
                .isEqualTo(result.test().accuracy());
    }

    @Test
    void training_onImagesMadeSmaller_givesANetworkForThose() throws IOException {
        TrainingSpec usual = spec(1);
        TrainingSpec smaller = new TrainingSpec(
                "small",
                usual.network(),
                new TrainingSpec.Data(usual.data().train(), usual.data().test(), 4),
                1,
                1,
                32,
                0.1,
                usual.regularization(),
                null,
                usual.augmentation(),
                List.of(),
                usual.seeds());

        TrainingResult result =
                Trainer.train(smaller, directory, directory.resolve("out"), false, 1, TrainingListener.NONE);

        assertThat(result.cost()).isEqualTo(NetworkCost.of(usual.network().network(List.of(1, 4, 4), 3)));
    }

    private static List<String> names(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    /** Stops before the steps it is told. */
    private static final class StopsAt implements TrainingListener {
        private int steps;

        StopsAt(int steps) {
            this.steps = steps;
        }

        @Override
        public boolean stops() {
            return steps-- == 0;
        }
    }

    private static TrainingSpec everythingOn(int epochs) {
        TrainingSpec plain = shapes(new Architecture(Family.RESNET, 8, 1, null, null, null, null), epochs);
        return new TrainingSpec(
                plain.name(),
                plain.network(),
                plain.data(),
                1,
                epochs,
                32,
                0.1,
                new TrainingSpec.Regularization(1e-5, 1e-4, 0.1, 1e-3, new TrainingSpec.PrincipalComponent(0.1, 0.1)),
                new TrainingSpec.EarlyStopping(10, 0.2),
                new TrainingSpec.Augmentation(1, true),
                List.of(2),
                plain.seeds());
    }

    @Test
    void trainings_interruptedTwiceAndResumed_giveTheSameNetwork() throws IOException {
        spec(1);
        TrainingSpec spec = everythingOn(3);
        Path whole = directory.resolve("whole");
        Path pieces = directory.resolve("pieces");

        TrainingResult expected = Trainer.train(spec, directory, whole, false, 1, TrainingListener.NONE);
        for (int steps : new int[] {2, 7}) {
            assertThatThrownBy(() -> Trainer.train(spec, directory, pieces, true, 1, new StopsAt(steps)))
                    .isInstanceOf(TrainingStopped.class)
                    .hasMessageContaining("--resume");
            assertThat(names(pieces)).contains("shapes-8.state.zip").doesNotContain("shapes-8.zip", "shapes-8.json");
        }
        TrainingResult result = Trainer.train(spec, directory, pieces, true, 1, TrainingListener.NONE);

        assertThat(result.test()).isEqualTo(expected.test());
        assertThat(result.history())
                .extracting(TrainingResult.Epoch::loss)
                .isEqualTo(expected.history().stream()
                        .map(TrainingResult.Epoch::loss)
                        .toList());
        assertThat(numbers(pieces.resolve("shapes-8.zip"))).isEqualTo(numbers(whole.resolve("shapes-8.zip")));
        assertThat(numbers(pieces.resolve("shapes-8-epoch2.zip")))
                .isEqualTo(numbers(whole.resolve("shapes-8-epoch2.zip")));
        assertThat(names(pieces)).isEqualTo(names(whole));
    }

    /** ND4J takes a seed of 0 for none. */
    @Test
    void trainings_ofTheSameSeeds_giveTheSameNetworkEvenOfSeedZero() throws IOException {
        TrainingSpec plain = spec(1);
        TrainingSpec spec = new TrainingSpec(
                plain.name(),
                plain.network(),
                plain.data(),
                plain.fraction(),
                1,
                plain.batch(),
                plain.learningRate(),
                plain.regularization(),
                null,
                plain.augmentation(),
                List.of(),
                new TrainingSpec.Seeds(0, 0, 0, 0));

        Trainer.train(spec, directory, directory.resolve("a"), false, 1, TrainingListener.NONE);
        Trainer.train(spec, directory, directory.resolve("b"), false, 1, TrainingListener.NONE);

        assertThat(numbers(directory.resolve("a/shapes-8.zip")))
                .isEqualTo(numbers(directory.resolve("b/shapes-8.zip")));
    }

    @Test
    void seedsOfDifferentUses_differAndAreNeverNone() {
        java.util.Set<Long> seen = new java.util.HashSet<>();
        for (long seed = -3; seed < 50; seed++) {
            for (long use = 0; use < 50; use++) {
                seen.add(TrainingSpec.mixed(seed, use));
                seen.add(TrainingSpec.mixed(seed, use, 1));
            }
        }
        assertThat(seen).hasSize(2 * 53 * 50).doesNotContain(0L);
    }

    private static byte[] numbers(Path checkpoint) throws IOException {
        try (var zip = new java.util.zip.ZipFile(checkpoint.toFile())) {
            return zip.getInputStream(zip.getEntry("coefficients.bin")).readAllBytes();
        }
    }

    @Test
    void regularizedTrainings_reportTheirPenaltyAndLeaveNoTraceInTheCheckpoint() throws IOException {
        spec(1);

        TrainingResult result =
                Trainer.train(everythingOn(2), directory, directory.resolve("out"), false, 1, TrainingListener.NONE);

        assertThat(result.history()).allSatisfy(epoch -> {
            assertThat(epoch.penalty()).isPositive().isLessThan(epoch.loss());
            assertThat(epoch.validationAccuracy()).isBetween(0.0, 1.0);
        });
        assertThat(result.trainingExamples()).isEqualTo(192 - 39);
        assertThat(Dl4jCheckpoint.open(result.checkpoint(), "shapes").layers())
                .noneMatch(layer -> layer.name().contains("penalty"));
    }

    @Test
    void trainings_thatNoLongerImprove_stopEarlyWithTheBestNetwork() throws IOException {
        TrainingSpec plain = spec(40);
        TrainingSpec spec = new TrainingSpec(
                plain.name(),
                Architecture.of(Family.MLP, 2, 16),
                plain.data(),
                1,
                40,
                32,
                0.2,
                new TrainingSpec.Regularization(0, 0, 0, 0, new TrainingSpec.PrincipalComponent(0, 0)),
                new TrainingSpec.EarlyStopping(2, 0.25),
                new TrainingSpec.Augmentation(0, false),
                List.of(),
                plain.seeds());

        TrainingResult result =
                Trainer.train(spec, directory, directory.resolve("out"), false, 1, TrainingListener.NONE);

        assertThat(result.history()).hasSizeLessThan(40);
        int best = IntStream.range(0, result.history().size())
                .boxed()
                .min(java.util.Comparator.comparingDouble(
                        epoch -> result.history().get(epoch).validationLoss()))
                .orElseThrow();
        assertThat(result.history()).hasSize(best + 1 + 2);
    }

    @Test
    void states_areNotTakenForOthers() throws IOException {
        TrainingSpec spec = spec(2);
        Path out = directory.resolve("out");
        assertThatThrownBy(() -> Trainer.train(spec, directory, out, false, 1, new StopsAt(1)))
                .isInstanceOf(TrainingStopped.class);

        assertThatThrownBy(() -> Trainer.train(spec, directory, out, false, 1, TrainingListener.NONE))
                .hasMessageContaining("--resume, or remove it");
        assertThatThrownBy(() -> Trainer.train(spec(3), directory, out, true, 1, TrainingListener.NONE))
                .hasMessageContaining("another specification");
        Shapes.write(directory, "train", 193);
        assertThatThrownBy(() -> Trainer.train(spec, directory, out, true, 1, TrainingListener.NONE))
                .hasMessageContaining("other data");
        Files.write(out.resolve("shapes-8.state.zip"), new byte[] {'P', 'K', 3});
        assertThatThrownBy(() -> Trainer.train(spec, directory, out, true, 1, TrainingListener.NONE))
                .isInstanceOf(LamellaException.class)
                .hasMessageContaining("cannot be read");
    }

    @Test
    void data_thatAreFewerThanABatch_areRefused() throws IOException {
        TrainingSpec spec = spec(1);
        Shapes.write(directory, "train", 30);

        assertThatThrownBy(() -> Trainer.train(spec, directory, directory, false, 1, TrainingListener.NONE))
                .isInstanceOf(LamellaException.class)
                .hasMessageContaining("15 examples are fewer than a batch of 32");
    }

    @Test
    void training_thatDiverges_stopsWithTheStep() throws IOException {
        TrainingSpec calm = spec(3);
        TrainingSpec wild = new TrainingSpec(
                calm.name(),
                calm.network(),
                calm.data(),
                calm.fraction(),
                calm.epochs(),
                calm.batch(),
                1e30,
                calm.regularization(),
                calm.earlyStopping(),
                calm.augmentation(),
                calm.checkpoints(),
                calm.seeds());
        Path out = directory.resolve("out");

        assertThatThrownBy(() -> Trainer.train(wild, directory, out, false, 1, TrainingListener.NONE))
                .isInstanceOf(LamellaException.class)
                .hasMessageContaining("lower the learning rate, now 1.0E30");
        assertThat(names(out)).isEmpty();
    }

    @Test
    void subset_keepsEachClassItsShare() {
        int[] chosen = ClassSubset.of(new Shapes(300), IntStream.range(0, 300).toArray(), 0.1, 1);

        assertThat(chosen).hasSize(30).isSorted().doesNotHaveDuplicates();
        for (int label = 0; label < 3; label++) {
            int kind = label;
            assertThat(IntStream.of(chosen).filter(example -> example % 3 == kind))
                    .hasSize(10);
        }
        assertThat(ClassSubset.of(new Shapes(300), IntStream.range(0, 300).toArray(), 0.1, 1))
                .containsExactly(chosen);
        assertThat(ClassSubset.of(new Shapes(300), IntStream.range(0, 300).toArray(), 0.1, 2))
                .isNotEqualTo(chosen);
    }

    @Test
    void augmentation_movesAndMirrorsWithinItsBounds() {
        float[] original = new float[2 * 5 * 4];
        for (int i = 0; i < original.length; i++) {
            original[i] = i + 1;
        }
        ImageAugmentation augmentation =
                new ImageAugmentation(new TrainingSpec.Augmentation(1, true), List.of(2, 5, 4));
        var random = new java.util.SplittableRandom(1);
        java.util.Set<String> seen = new java.util.HashSet<>();
        for (int i = 0; i < 400; i++) {
            float[] images = new float[3 + original.length];
            System.arraycopy(original, 0, images, 3, original.length);
            augmentation.apply(images, 3, random);
            seen.add(explain(original, java.util.Arrays.copyOfRange(images, 3, images.length)));
            assertThat(images).startsWith(0, 0, 0);
        }
        assertThat(seen).as("3 x 3 places, mirrored or not").hasSize(18).doesNotContain("nothing");
    }

    /** Which move makes the second of the first. */
    private static String explain(float[] original, float[] changed) {
        for (int down = -1; down <= 1; down++) {
            for (int right = -1; right <= 1; right++) {
                for (boolean mirrored : new boolean[] {false, true}) {
                    float[] expected = new float[original.length];
                    for (int i = 0; i < expected.length; i++) {
                        int row = i / 4 % 5 - down;
                        int column = i % 4 - right;
                        if (row >= 0 && row < 5 && column >= 0 && column < 4) {
                            expected[i] = original[i / 20 * 20 + row * 4 + (mirrored ? 3 - column : column)];
                        }
                    }
                    if (java.util.Arrays.equals(expected, changed)) {
                        return down + " " + right + " " + mirrored;
                    }
                }
            }
        }
        return "nothing";
    }

    @Test
    void imagesWritten_areReadAsTheyWere() throws IOException {
        Shapes.write(directory, "train", 20);

        Dataset read = IdxDataset.open(directory.resolve("train-images.gz"), directory.resolve("train-labels.gz"));

        FloatBuffer expected = FloatBuffer.allocate(20 * 64);
        FloatBuffer actual = FloatBuffer.allocate(20 * 64);
        int[] all = IntStream.range(0, 20).toArray();
        new Shapes(20).read(all, expected);
        read.read(all, actual);
        assertThat(actual.array()).containsExactly(expected.array(), org.assertj.core.data.Offset.offset(1e-6f));
        assertThat(IntStream.of(all).map(example -> read.label(example).orElseThrow()))
                .containsExactly(
                        IntStream.of(all).map(example -> example % 3).boxed().toArray(Integer[]::new));
    }
}

package org.lamella.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lamella.LamellaException;
import org.lamella.activation.ActivationSource;
import org.lamella.activation.Batch;
import org.lamella.data.Dataset;
import org.lamella.data.IdxDataset;
import org.lamella.dl4j.Dl4jRuntime;
import org.lamella.model.Dl4jCheckpoint;

class TrainerTest {
    @TempDir
    private Path directory;

    /** OpenMP's threads wait for each other by spinning: on a busy machine one is faster than several. */
    @BeforeAll
    static void useOneThread() {
        Dl4jRuntime.useThreads(1);
    }

    /** Three kinds of 8 × 8 images in noise: a bar down, a bar across, a square. */
    private record Shapes(int size) implements Dataset {
        @Override
        public String name() {
            return "shapes";
        }

        @Override
        public List<Integer> shape() {
            return List.of(1, 8, 8);
        }

        @Override
        public void read(int[] examples, FloatBuffer into) {
            for (int example : examples) {
                Random random = new Random(example);
                int place = 1 + random.nextInt(5);
                for (int i = 0; i < 64; i++) {
                    int row = i / 8;
                    int column = i % 8;
                    boolean inside = switch (example % 3) {
                        case 0 -> column / 2 == place / 2;
                        case 1 -> row / 2 == place / 2;
                        default -> Math.abs(row - place) < 2 && Math.abs(column - place) < 2;
                    };
                    into.put(Math.round(255 * (0.6f * (inside ? 1 : 0) + 0.4f * random.nextFloat())) / 255f);
                }
            }
        }

        @Override
        public OptionalInt label(int example) {
            return OptionalInt.of(example % 3);
        }

        @Override
        public String id(int example) {
            return "s" + example;
        }
    }

    private TrainingSpec spec(int epochs) throws IOException {
        writeShapes("train", 192);
        writeShapes("test", 60);
        return new TrainingSpec(
                "shapes-8",
                new TrainingSpec.Network("resnet", 8, 1, Shortcut.PROJECTION),
                new TrainingSpec.IdxFiles("train-images.gz", "train-labels.gz"),
                new TrainingSpec.IdxFiles("test-images.gz", "test-labels.gz"),
                0.5,
                epochs,
                32,
                0.1,
                1e-4,
                new TrainingSpec.Augmentation(1, false),
                new TrainingSpec.Seeds(1, 2, 3, 4));
    }

    private void writeShapes(String name, int size) throws IOException {
        SampleImages.write(
                new Shapes(size),
                IntStream.range(0, size).toArray(),
                directory.resolve(name + "-images.gz"),
                directory.resolve(name + "-labels.gz"));
    }

    @Test
    void training_learnsAndWritesACheckpointThatGivesTheAccuracyReported() throws IOException {
        List<Double> losses = new ArrayList<>();
        Path out = directory.resolve("new/out");

        TrainingResult result = Trainer.train(spec(12), directory, out, (epoch, step, steps, loss) -> losses.add(loss));

        assertThat(losses).as("96 examples in batches of 32, 12 times").hasSize(36);
        assertThat(result.trainingExamples()).isEqualTo(96);
        assertThat(result.history()).hasSize(12).last().satisfies(last -> {
            assertThat(last.loss()).isLessThan(0.5 * result.history().get(0).loss());
            assertThat(last.learningRate()).isBetween(0.0, 0.003);
        });
        // A third is chance, and 60 test images a standard error of at most 0.06.
        assertThat(result.testAccuracy()).isGreaterThan(0.6);
        try (var files = Files.list(out)) {
            assertThat(files).containsExactly(result.checkpoint());
        }
        Dl4jCheckpoint checkpoint = Dl4jCheckpoint.open(result.checkpoint(), "shapes");
        assertThat(checkpoint.layers()).hasSize(9 + 21);
        assertThat(checkpoint.layers().stream()
                        .mapToLong(layer -> layer.parameters())
                        .sum())
                .isEqualTo(result.parameters());
        assertThat(accuracy(checkpoint, new Shapes(60))).isEqualTo(result.testAccuracy());
    }

    static double accuracy(Dl4jCheckpoint checkpoint, Dataset data) {
        int[] right = {0};
        var logits = checkpoint.layers().stream()
                .filter(layer -> layer.name().equals("logits"))
                .toList();
        try (ActivationSource source = checkpoint.on(data, logits)) {
            int classes = source.layers().get(0).shape().get(0);
            int[] all = IntStream.range(0, data.size()).toArray();
            source.forward(new Batch(0, all), (layer, activation) -> {
                for (int example = 0; example < data.size(); example++) {
                    int best = 0;
                    for (int each = 1; each < classes; each++) {
                        if (activation.pointer().get((long) example * classes + each)
                                > activation.pointer().get((long) example * classes + best)) {
                            best = each;
                        }
                    }
                    right[0] += best == data.label(example).orElseThrow() ? 1 : 0;
                }
                return CompletableFuture.completedFuture(null);
            });
        }
        return (double) right[0] / data.size();
    }

    @Test
    void data_thatAreFewerThanABatch_areRefused() throws IOException {
        TrainingSpec spec = spec(1);
        writeShapes("train", 30);

        assertThatThrownBy(() -> Trainer.train(spec, directory, directory, TrainingProgress.NONE))
                .isInstanceOf(LamellaException.class)
                .hasMessageContaining("15 examples are fewer than a batch of 32");
    }

    @Test
    void training_thatDiverges_stopsWithTheStep() throws IOException {
        TrainingSpec calm = spec(3);
        TrainingSpec wild = new TrainingSpec(
                calm.name(),
                calm.network(),
                calm.train(),
                calm.test(),
                calm.fraction(),
                calm.epochs(),
                calm.batch(),
                1e30,
                calm.weightDecay(),
                calm.augmentation(),
                calm.seeds());
        Path out = directory.resolve("out");

        assertThatThrownBy(() -> Trainer.train(wild, directory, out, TrainingProgress.NONE))
                .isInstanceOf(LamellaException.class)
                .hasMessageContaining("lower the learning rate, now 1.0E30");
        assertThat(out).doesNotExist();
    }

    @Test
    void specs_thatAreWrong_areRefusedInOneLine() throws IOException {
        String good = Files.readString(Path.of("specs", "fashion-resnet14.json"));
        assertRefused("{", "not JSON");
        assertRefused(good.replace("\"epochs\": 10", "\"epochs\": 0"), "epochs is 0 but must be 1 or more");
        assertRefused(good.replace("\"epochs\": 10,", ""), "epochs");
        assertRefused(good.replace("\"epochs\"", "\"epoch\""), "epoch");
        assertRefused(good.replace("\"family\": \"resnet\"", "\"family\": \"vgg\""), "network.family is vgg");
        assertRefused(good.replace("fashion-resnet14", "../escaped"), "name is ../escaped");
        assertRefused(good.replace("projection", "none"), "not a training spec: network.shortcut: ");
        assertThatThrownBy(() -> TrainingSpec.read(directory.resolve("none.json")))
                .hasMessageContaining("no such file");
    }

    private void assertRefused(String json, String message) throws IOException {
        Path file = Files.writeString(directory.resolve("spec.json"), json);
        assertThatThrownBy(() -> TrainingSpec.read(file))
                .isInstanceOf(LamellaException.class)
                .hasMessageStartingWith(file + ": ")
                .hasMessageContaining(message)
                .message()
                .doesNotContain("\n");
    }

    @Test
    void subset_keepsEachClassItsShare() {
        int[] chosen = ClassSubset.of(new Shapes(300), 0.1, 1);

        assertThat(chosen).hasSize(30).isSorted().doesNotHaveDuplicates();
        for (int label = 0; label < 3; label++) {
            int kind = label;
            assertThat(IntStream.of(chosen).filter(example -> example % 3 == kind))
                    .hasSize(10);
        }
        assertThat(ClassSubset.of(new Shapes(300), 0.1, 1)).containsExactly(chosen);
        assertThat(ClassSubset.of(new Shapes(300), 0.1, 2)).isNotEqualTo(chosen);
    }

    @Test
    void augmentation_movesAndMirrorsWithinItsBounds() {
        float[] original = new float[2 * 5 * 4];
        for (int i = 0; i < original.length; i++) {
            original[i] = i + 1;
        }
        ImageAugmentation augmentation =
                new ImageAugmentation(new TrainingSpec.Augmentation(1, true), List.of(2, 5, 4), 1);
        java.util.Set<String> seen = new java.util.HashSet<>();
        for (int i = 0; i < 400; i++) {
            float[] images = new float[3 + original.length];
            System.arraycopy(original, 0, images, 3, original.length);
            augmentation.apply(images, 3);
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
        writeShapes("train", 20);

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

package org.lamella.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lamella.LamellaException;
import org.lamella.activation.ActivationSource;
import org.lamella.activation.Batch;
import org.lamella.activation.ChannelOrder;
import org.lamella.activation.Engine;
import org.lamella.activation.Layer;
import org.lamella.activation.Reduction;
import org.lamella.activation.StoredActivations;
import org.lamella.data.Dataset;
import org.lamella.model.Checkpoint;
import org.lamella.model.Checkpoints;

/** Keras files made by keras/make_models.py, against what that computes with numpy. */
class KerasFileTest {
    /** float32 here, float64 there; sums have up to 108 terms and a dozen layers follow each other. */
    private static final double FLOAT32 = 2e-6;

    private static final int EXAMPLES = 4;

    @TempDir
    private Path directory;

    private static Path file(String name) {
        try {
            return Path.of(Objects.requireNonNull(KerasFileTest.class.getResource("/keras/" + name))
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** What numpy computed, by layer. */
    private static Map<String, float[]> expected(String model) {
        try (StoredActivations stored = StoredActivations.open(file(model + ".npz"), model);
                ActivationSource source = stored.source(stored.layers())) {
            return activations(source);
        }
    }

    private static Map<String, float[]> activations(ActivationSource source) {
        Map<String, float[]> activations = new HashMap<>();
        source.forward(new Batch(0, IntStream.range(0, EXAMPLES).toArray()), (layer, activation) -> {
            float[] copy = new float[Math.toIntExact(activation.rows() * activation.columns())];
            activation.pointer().get(copy);
            activations.put(source.layers().get(layer).name(), copy);
            return CompletableFuture.completedFuture(null);
        });
        return activations;
    }

    /** Images of a model, channels first as data sets have them. */
    private record Images(List<Integer> shape, float[] channelsLast) implements Dataset {
        @Override
        public String name() {
            return "images";
        }

        @Override
        public int size() {
            return EXAMPLES;
        }

        @Override
        public void read(int[] examples, FloatBuffer into) {
            int channels = shape.get(0);
            int pixels = shape.get(1) * shape.get(2);
            for (int example : examples) {
                for (int channel = 0; channel < channels; channel++) {
                    for (int pixel = 0; pixel < pixels; pixel++) {
                        into.put(channelsLast[(example * pixels + pixel) * channels + channel]);
                    }
                }
            }
        }

        @Override
        public OptionalInt label(int example) {
            return OptionalInt.empty();
        }

        @Override
        public String id(int example) {
            return "image " + example;
        }
    }

    private static Images images(String model) {
        List<Integer> shape = model.equals("sequential") ? List.of(3, 12, 10) : List.of(2, 9, 9);
        return new Images(shape, expected(model).get("x"));
    }

    @ParameterizedTest
    @CsvSource({"sequential, ONNX", "sequential, DL4J", "functional, ONNX", "functional, DL4J"})
    void everyLayer_byEitherEngine_isWhatNumpyComputes(String model, Engine engine) {
        Checkpoint checkpoint = Checkpoints.open(file(model + ".h5")).withEngine(engine);
        Map<String, float[]> expected = expected(model);
        expected.remove("x");

        try (ActivationSource source = checkpoint.on(images(model))) {
            assertThat(source.engine()).hasValue(engine);
            Map<String, float[]> found = activations(source);
            assertThat(found).containsOnlyKeys(expected.keySet());
            expected.forEach((layer, values) -> {
                float[] actual = found.get(layer);
                assertThat(actual).as(layer).hasSameSizeAs(values);
                double size = 0;
                double difference = 0;
                for (int i = 0; i < values.length; i++) {
                    size = Math.max(size, Math.abs(values[i]));
                    difference = Math.max(difference, Math.abs(values[i] - actual[i]));
                }
                assertThat(difference / size).as(layer).isLessThan(FLOAT32);
            });
        }
    }

    @Test
    void layers_haveTheNamesAndShapesThatKerasGivesThem() {
        Checkpoint checkpoint = Checkpoints.open(file("sequential.h5"));

        assertThat(checkpoint.format()).isEqualTo("keras");
        assertThat(checkpoint.layers())
                .containsExactly(
                        new Layer(0, "image", "Input", List.of(12, 10, 3), 0),
                        new Layer(1, "conv", "ConvolutionLayer", List.of(6, 5, 6), 3 * 9 * 6 + 6),
                        new Layer(2, "norm", "BatchNormalization", List.of(6, 5, 6), 12),
                        new Layer(3, "separable", "SeparableConvolution2D", List.of(6, 5, 8), 9 * 12 + 12 * 8 + 8),
                        new Layer(4, "depthwise", "DepthwiseConvolution2D", List.of(4, 3, 8), 9 * 8 + 8),
                        new Layer(5, "limited", "ActivationLayer", List.of(4, 3, 8), 0),
                        new Layer(6, "pool", "SubsamplingLayer", List.of(2, 2, 8), 0),
                        new Layer(7, "dropout", "DropoutLayer", List.of(2, 2, 8), 0),
                        new Layer(8, "mean", "GlobalPoolingLayer", List.of(8), 0),
                        new Layer(9, "classes", "DenseLayer", List.of(5), 45));
    }

    /** Layers of three axes are height x width x channels; the means are of numpy's values. */
    @ParameterizedTest
    @CsvSource({"sequential, ONNX", "sequential, DL4J", "functional, ONNX", "functional, DL4J"})
    void meanOverPositions_isThatOfTheChannelsThatComeLast(String model, Engine engine) {
        Checkpoint checkpoint = Checkpoints.open(file(model + ".h5")).withEngine(engine);
        ActivationSource whole = checkpoint.on(images(model));
        List<Layer> layers = whole.layers();
        assertThat(IntStream.range(0, layers.size())
                        .filter(i -> layers.get(i).shape().size() == 3)
                        .mapToObj(whole::channels))
                .isNotEmpty()
                .containsOnly(ChannelOrder.LAST);
        try (ActivationSource reduced = Reduction.MEAN.of(whole, 2)) {
            Map<String, float[]> means = activations(reduced);
            Map<String, float[]> expected = expected(model);
            for (Layer layer : layers) {
                if (layer.shape().size() == 3) {
                    int channels = layer.shape().get(2);
                    int positions = layer.shape().get(0) * layer.shape().get(1);
                    float[] values = expected.get(layer.name().equals("image") ? "x" : layer.name());
                    float[] found = means.get(layer.name());
                    assertThat(found).as(layer.name()).hasSize(EXAMPLES * channels);
                    for (int i = 0; i < found.length; i++) {
                        double sum = 0;
                        for (int p = 0; p < positions; p++) {
                            sum += values[(i / channels * positions + p) * channels + i % channels];
                        }
                        assertThat((double) found[i])
                                .as(layer.name())
                                .isCloseTo(sum / positions, org.assertj.core.api.Assertions.within(2e-5));
                    }
                }
            }
        }
    }

    @Test
    void layerThatIsNotImported_isNamedWithItsClass() {
        Path file = file("unsupported.h5");

        assertThatThrownBy(() -> Checkpoints.open(file))
                .isInstanceOf(LamellaException.class)
                .hasMessageStartingWith(file + ": layer groups (GroupNormalization) cannot be imported: ")
                .message()
                .doesNotContain("\n");
    }

    @Test
    void weightsAlone_areRefusedWithWhatToDo() {
        Path file = file("weights.h5");

        assertThatThrownBy(() -> Checkpoints.open(file))
                .isInstanceOf(LamellaException.class)
                .hasMessage(
                        file + ": is the weights of a Keras model without its layers; save the whole model in Python:"
                                + " model.load_weights('" + file + "'); model.save('model.h5')");
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 2_000, 20_000})
    void fileCutOff_isRefusedInOneLine(int length) throws IOException {
        byte[] whole = Files.readAllBytes(file("functional.h5"));
        Path cut = Files.write(directory.resolve("cut.h5"), java.util.Arrays.copyOf(whole, length));

        assertThatThrownBy(() -> Checkpoints.open(cut).on(images("functional")))
                .isInstanceOf(LamellaException.class)
                .hasMessageStartingWith(cut + ": ")
                .message()
                .doesNotContain("\n");
    }

    /** Bits turned over and pieces copied elsewhere, in a file that names sizes, classes and offsets. */
    @Test
    void fileDamagedAnywhere_isReadOrRefusedInOneLine() throws IOException {
        byte[] whole = Files.readAllBytes(file("functional.h5"));
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            byte[] damaged = whole.clone();
            for (int i = random.nextInt(5); i >= 0; i--) {
                if (random.nextBoolean()) {
                    damaged[random.nextInt(whole.length)] ^= (byte) (1 << random.nextInt(8));
                } else {
                    int length = 1 + random.nextInt(40);
                    int from = random.nextInt(whole.length - length);
                    System.arraycopy(whole, from, damaged, random.nextInt(whole.length - length), length);
                }
            }
            Path path = Files.write(directory.resolve("damaged.h5"), damaged);
            try {
                KerasFile read = KerasFile.open(path);
                if (seed % 10 == 0) {
                    read.restore().close();
                }
            } catch (LamellaException e) {
                assertThat(e).as("seed %d", seed).hasMessageStartingWith(path + ": ");
                assertThat(e.getMessage()).doesNotContain("\n");
            }
        }
    }
}

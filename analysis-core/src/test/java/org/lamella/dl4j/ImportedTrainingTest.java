package org.lamella.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.layers.DropoutLayer;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lamella.keras.KerasFile;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A channels-last network that was imported and saved again, opened with Deeplearning4j alone: its gradients beside differences of its
 * loss. Freed memory is full of NaN, so what reads memory that nobody wrote is found every time.
 */
class ImportedTrainingTest {
    private static final int EXAMPLES = 4;

    /** Gradients in float32 against differences in float64, of the largest. */
    private static final double FLOAT32 = 2e-4;

    private static final double STEP = 1e-6;
    private static final int REPEATS = Integer.getInteger("lamella.repeats", 3);

    @TempDir
    private Path folder;

    private static Path file(String name) {
        try {
            return Path.of(Objects.requireNonNull(ImportedTrainingTest.class.getResource("/keras/" + name))
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** Convolutions with ReLU inside, normalisations, skips, poolings, padding, flattened and averaged ends. */
    @ParameterizedTest
    @CsvSource({"residual.h5, true", "residual.h5, false", "sequential.h5, false", "functional.h5, false"})
    void importedNetworkSavedAgain_hasTheGradientsOfItsLoss_whateverFreedMemoryHolds(String name, boolean oneDnn)
            throws IOException {
        // Without oneDNN in ND4J's operations is how Deeplearning4j resolves from Maven.
        Nd4j.getEnvironment().allowHelpers(oneDnn);
        try {
            requireGradients(name);
        } finally {
            Nd4j.getEnvironment().allowHelpers(true);
        }
    }

    private void requireGradients(String name) throws IOException {
        KerasFile imported = KerasFile.open(file(name));
        Path saved = folder.resolve("net.zip");

        assertThat(Dl4jCut.save(imported, Map.of(), Map.of(), saved)).isEmpty();

        List<Integer> shape = imported.inputShape();
        INDArray images = images(shape);
        Map<Integer, Double> differences = differences(restored(saved), images);
        double largest =
                differences.values().stream().mapToDouble(Math::abs).max().orElseThrow();
        for (int repeat = 0; repeat < REPEATS; repeat++) {
            ComputationGraph graph = restored(saved);
            try {
                fillFreedMemory();
                for (int step = 0; step < 3; step++) {
                    float[] gradients = gradients(graph, images);
                    differences.forEach((parameter, slope) -> assertThat((double) gradients[parameter] / EXAMPLES)
                            .as("parameter %s", parameter)
                            .isCloseTo(slope, within(FLOAT32 * largest)));
                    fillFreedMemory();
                }
            } finally {
                graph.close();
            }
        }
    }

    /** Without dropout, which would draw anew each time. */
    private static ComputationGraph restored(Path file) throws IOException {
        ComputationGraph graph = ModelSerializer.restoreComputationGraph(file.toFile());
        for (var layer : graph.getLayers()) {
            if (layer instanceof DropoutLayer) {
                layer.conf().getLayer().setIDropout(null);
            } else {
                assertThat(layer.conf().getLayer().getIDropout()).isNull();
            }
        }
        return graph;
    }

    private static INDArray images(List<Integer> shape) {
        Random random = new Random(3);
        INDArray images = Nd4j.create(
                DataType.FLOAT,
                LongStream.concat(LongStream.of(EXAMPLES), shape.stream().mapToLong(length -> length))
                        .toArray());
        for (long i = 0; i < images.length(); i++) {
            images.putScalar(i, random.nextGaussian());
        }
        return images;
    }

    private static INDArray labels(ComputationGraph graph) {
        int classes = (int)
                graph.layerSize(graph.getConfiguration().getNetworkOutputs().get(0));
        INDArray labels = Nd4j.zeros(DataType.FLOAT, EXAMPLES, classes);
        IntStream.range(0, EXAMPLES).forEach(example -> labels.putScalar(example, example % classes, 1));
        return labels;
    }

    /** Of the sum of the losses. */
    private static float[] gradients(ComputationGraph graph, INDArray images) {
        graph.setInputs(images);
        graph.setLabels(labels(graph));
        graph.computeGradientAndScore();
        return graph.getFlattenedGradients().dup('c').data().asFloat();
    }

    /** Of the mean loss, in float64, by some of the parameters that it is differentiable by. */
    private static Map<Integer, Double> differences(ComputationGraph saved, INDArray images) {
        ComputationGraph graph = saved.convertDataType(DataType.DOUBLE);
        try {
            DataSet data =
                    new DataSet(images.castTo(DataType.DOUBLE), labels(graph).castTo(DataType.DOUBLE));
            Map<Integer, Double> slopes = new TreeMap<>();
            int from = 0;
            for (var layer : graph.getLayers()) {
                for (String name : layer.conf().variables()) {
                    INDArray values = layer.getParam(name);
                    int length = (int) values.length();
                    // Running means and variances are learnt otherwise.
                    if (!name.equals("mean") && !name.equals("var")) {
                        for (int i = 0; i < length; i += 1 + length / 12) {
                            slopes.put(from + i, slope(graph, data, from + i));
                        }
                    }
                    from += length;
                }
            }
            return slopes;
        } finally {
            graph.close();
            saved.close();
        }
    }

    private static double slope(ComputationGraph graph, DataSet data, int parameter) {
        double value = graph.params().getDouble(parameter);
        graph.params().putScalar(parameter, value + STEP);
        double above = graph.score(data, true);
        graph.params().putScalar(parameter, value - STEP);
        double below = graph.score(data, true);
        graph.params().putScalar(parameter, value);
        return (above - below) / (2 * STEP);
    }

    private static void fillFreedMemory() {
        List<INDArray> arrays = new ArrayList<>();
        for (int length : List.of(64, 300, 1000, 2000, 4000, 10_000, 50_000)) {
            for (int i = 0; i < 10; i++) {
                arrays.add(Nd4j.createUninitialized(DataType.FLOAT, length).assign(Float.NaN));
            }
        }
        arrays.forEach(INDArray::close);
    }
}

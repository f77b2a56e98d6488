package org.lamella.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.lamella.activation.ActivationSource;
import org.lamella.activation.Batch;
import org.lamella.activation.Layer;
import org.lamella.data.Dataset;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Nesterovs;

/** Small networks and data for the tests of this package. */
final class Dl4jNetworks {
    private Dl4jNetworks() {}

    static NeuralNetConfiguration.Builder settings() {
        return new NeuralNetConfiguration.Builder().seed(7).updater(new Nesterovs(0.1, 0.9));
    }

    /** Parameters at random, running statistics of batch normalisation too (and these positive). */
    static <M extends Model> M randomized(M network) {
        if (network instanceof ComputationGraph graph) {
            graph.init();
        } else {
            ((MultiLayerNetwork) network).init();
        }
        Random random = new Random(11);
        for (Map.Entry<String, INDArray> entry : network.paramTable().entrySet()) {
            INDArray values = entry.getValue();
            boolean positive = entry.getKey().endsWith("_var");
            for (long i = 0; i < values.length(); i++) {
                values.putScalar(i, positive ? 0.5 + random.nextDouble() : 0.4 * random.nextGaussian());
            }
        }
        return network;
    }

    static Path save(Model network, Path file, boolean updater) {
        try {
            ModelSerializer.writeModel(network, file.toFile(), updater);
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Gaussian examples, the same for the same shape. */
    record GaussianData(int size, List<Integer> shape) implements Dataset {
        @Override
        public String name() {
            return "gaussian";
        }

        @Override
        public void read(int[] examples, FloatBuffer into) {
            for (int example : examples) {
                Random random = new Random(example);
                for (int i = 0; i < features(); i++) {
                    into.put((float) random.nextGaussian());
                }
            }
        }

        @Override
        public OptionalInt label(int example) {
            return OptionalInt.empty();
        }

        @Override
        public String id(int example) {
            return "g" + example;
        }

        INDArray array(int examples) {
            FloatBuffer values = FloatBuffer.allocate(examples * features());
            read(IntStream.range(0, examples).toArray(), values);
            long[] lengths = IntStream.concat(
                            IntStream.of(examples), shape.stream().mapToInt(Integer::intValue))
                    .asLongStream()
                    .toArray();
            return Nd4j.create(values.array(), lengths, 'c');
        }
    }

    static Batch firstExamples(int count) {
        return new Batch(0, IntStream.range(0, count).toArray());
    }

    /** What the source gives for the first examples, by layer, in the order in which it came. */
    static Map<String, float[]> activations(ActivationSource source, int examples) {
        Map<String, float[]> copies = Collections.synchronizedMap(new LinkedHashMap<>());
        source.forward(firstExamples(examples), (position, activation) -> {
            Layer layer = source.layers().get(position);
            assertThat(activation.rows()).isEqualTo(examples);
            assertThat(activation.columns()).as(layer.toString()).isEqualTo(layer.features());
            float[] copy = new float[Math.toIntExact(activation.rows() * activation.columns())];
            activation.pointer().get(copy);
            assertThat(copies.put(layer.name(), copy)).isNull();
            return CompletableFuture.completedFuture(null);
        });
        return copies;
    }

    /** Numbers in the order of the axes, whatever the order in memory. */
    static float[] numbers(INDArray array) {
        return array.dup('c').data().asFloat();
    }

    /** The largest difference, as a part of the largest number expected. */
    static double relativeDifference(float[] actual, float[] expected) {
        assertThat(actual).hasSameSizeAs(expected);
        double difference = 0;
        double size = 0;
        for (int i = 0; i < expected.length; i++) {
            assertThat(actual[i]).isFinite();
            difference = Math.max(difference, Math.abs(actual[i] - expected[i]));
            size = Math.max(size, Math.abs(expected[i]));
        }
        assertThat(size).as("a comparison of zeros shows nothing").isPositive();
        return difference / size;
    }
}

package org.lamella.benchmark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.deeplearning4j.config.DL4JSystemProperties;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.lamella.activation.ActivationSource;
import org.lamella.activation.Batch;
import org.lamella.activation.Engine;
import org.lamella.data.Dataset;
import org.lamella.dl4j.Dl4jRuntime;
import org.lamella.keras.KerasFile;
import org.lamella.model.Checkpoint;
import org.lamella.model.Checkpoints;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Images a second with all layers handed over, in turns: Deeplearning4j's own {@code feedForward}, Deeplearning4j vertex by vertex as
 * Lamella runs it, and ONNX Runtime. The middle of the rounds.
 *
 * <pre>java -cp … org.lamella.benchmark.EngineTiming MODEL CHANNELS HEIGHT WIDTH BATCH</pre>
 *
 * <p>With {@code -Dorg.eclipse.deeplearning4j.helpers.disable=true} Deeplearning4j works without oneDNN, as it does where nobody has turned
 * that on.
 */
final class EngineTiming {
    private static final int ROUNDS = 7;

    private EngineTiming() {}

    /** A way to compute all layers of a batch. */
    private record Way(String name, Runnable run) {
        double seconds() {
            long start = System.nanoTime();
            run.run();
            return (System.nanoTime() - start) * 1e-9;
        }
    }

    /** The same values for every example; what is computed takes as long. */
    private static final class Images implements Dataset {
        private final List<Integer> shape;
        private final int size;
        private final float[] values;

        Images(List<Integer> shape, int size) {
            this.shape = shape;
            this.size = size;
            Random random = new Random(1);
            this.values = new float[shape.stream().reduce(1, Math::multiplyExact)];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) random.nextGaussian();
            }
        }

        @Override
        public List<Integer> shape() {
            return shape;
        }

        @Override
        public int size() {
            return size;
        }

        @Override
        public String name() {
            return "random images";
        }

        @Override
        public void read(int[] examples, FloatBuffer into) {
            for (int i = 0; i < examples.length; i++) {
                into.put(values);
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

    public static void main(String[] args) {
        boolean plain = Boolean.getBoolean(DL4JSystemProperties.DISABLE_HELPER_PROPERTY);
        List<Integer> shape =
                Arrays.stream(args).skip(1).limit(3).map(Integer::valueOf).toList();
        int batch = Integer.parseInt(args[4]);
        Path file = Path.of(args[0]);
        Checkpoint model = Checkpoints.open(file);
        Images images = new Images(shape, batch);
        Batch all = new Batch(0, IntStream.range(0, batch).toArray());
        int threads = Runtime.getRuntime().availableProcessors();
        Nd4j.getEnvironment().allowHelpers(!plain);
        ComputationGraph network = network(file);
        INDArray input = input(images, file);
        try (ActivationSource dl4j =
                        model.withThreads(threads).withEngine(Engine.DL4J).on(images);
                ActivationSource onnx =
                        model.withThreads(threads).withEngine(Engine.ONNX).on(images)) {
            List<Way> ways = List.of(
                    new Way("feedForward", () -> network.feedForward(input, false)),
                    new Way("vertex by vertex", () -> forward(dl4j, all)),
                    new Way("ONNX Runtime", () -> forward(onnx, all)));
            report(args[0], model.layers().size(), batch, plain, ways);
        }
    }

    /** As its own tools load it; a Keras network has channels last. */
    private static ComputationGraph network(Path file) {
        return Dl4jRuntime.withOneDnn(() -> isKeras(file) ? KerasFile.open(file).restore() : restored(file));
    }

    private static ComputationGraph restored(Path file) {
        try {
            return ModelSerializer.restoreComputationGraph(file.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isKeras(Path file) {
        return file.toString().endsWith(".h5");
    }

    private static INDArray input(Images images, Path file) {
        FloatBuffer numbers = FloatBuffer.allocate(images.size() * images.features());
        images.read(IntStream.range(0, images.size()).toArray(), numbers);
        List<Integer> shape = images.shape();
        INDArray input =
                Nd4j.create(numbers.array(), new long[] {images.size(), shape.get(0), shape.get(1), shape.get(2)}, 'c');
        return isKeras(file) ? input.permute(0, 2, 3, 1).dup('c') : input;
    }

    private static void forward(ActivationSource source, Batch batch) {
        source.forward(batch, (layer, activation) -> CompletableFuture.completedFuture(null));
    }

    private static void report(String model, int layers, int batch, boolean plain, List<Way> ways) {
        double[][] seconds = new double[ways.size()][ROUNDS];
        ways.forEach(Way::seconds);
        for (int round = 0; round < ROUNDS; round++) {
            for (int way = 0; way < seconds.length; way++) {
                seconds[way][round] = ways.get(way).seconds();
            }
        }
        double[] rates = Arrays.stream(seconds)
                .mapToDouble(rounds -> batch / Arrays.stream(rounds).sorted().toArray()[ROUNDS / 2])
                .toArray();
        System.out.printf("%s: %d layers, batch %d, oneDNN %s%n", model, layers, batch, plain ? "off" : "on");
        for (int way = 0; way < rates.length; way++) {
            System.out.printf(
                    "  %-18s %8.1f images/s, ONNX Runtime %.1f times%n",
                    ways.get(way).name(), rates[way], rates[rates.length - 1] / rates[way]);
        }
    }
}

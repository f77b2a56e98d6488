package org.lamella.benchmark;

import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.lamella.activation.ActivationSource;
import org.lamella.activation.Batch;
import org.lamella.activation.Engine;
import org.lamella.data.Dataset;
import org.lamella.model.Checkpoint;
import org.lamella.model.Checkpoints;

/**
 * Images a second with all layers handed over, Deeplearning4j (oneDNN) beside ONNX Runtime, in turns: the middle of the rounds.
 *
 * <pre>java -cp … org.lamella.benchmark.EngineTiming MODEL CHANNELS HEIGHT WIDTH BATCH</pre>
 */
final class EngineTiming {
    private static final int ROUNDS = 7;

    private EngineTiming() {}

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
        List<Integer> shape =
                Arrays.stream(args).skip(1).limit(3).map(Integer::valueOf).toList();
        int batch = Integer.parseInt(args[4]);
        Checkpoint model = Checkpoints.open(Path.of(args[0]));
        Images images = new Images(shape, batch);
        Batch all = new Batch(0, IntStream.range(0, batch).toArray());
        int threads = Runtime.getRuntime().availableProcessors();
        try (ActivationSource dl4j =
                        model.withThreads(threads).withEngine(Engine.DL4J).on(images);
                ActivationSource onnx =
                        model.withThreads(threads).withEngine(Engine.ONNX).on(images)) {
            double[] slow = new double[ROUNDS];
            double[] fast = new double[ROUNDS];
            seconds(dl4j, all);
            seconds(onnx, all);
            for (int round = 0; round < ROUNDS; round++) {
                slow[round] = seconds(dl4j, all);
                fast[round] = seconds(onnx, all);
            }
            Arrays.sort(slow);
            Arrays.sort(fast);
            double before = batch / slow[ROUNDS / 2];
            double after = batch / fast[ROUNDS / 2];
            System.out.printf(
                    "%s: %d layers, batch %d, %d threads: Deeplearning4j %.0f, ONNX Runtime %.0f images/s, %.1f times%n",
                    args[0], model.layers().size(), batch, threads, before, after, after / before);
        }
    }

    private static double seconds(ActivationSource source, Batch batch) {
        long start = System.nanoTime();
        source.forward(batch, (layer, activation) -> CompletableFuture.completedFuture(null));
        return (System.nanoTime() - start) * 1e-9;
    }
}

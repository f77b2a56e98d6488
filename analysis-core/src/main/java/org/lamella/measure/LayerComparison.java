package org.lamella.measure;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.lamella.similarity.CkaMatrix;
import org.lamella.similarity.LayerId;

/**
 * Compares all layers by one measure: every layer is prepared once, then every pair compared, for a symmetric measure in one order
 * only.
 *
 * @param <P> what is prepared of a layer
 */
public final class LayerComparison<P extends PreparedLayer<P>> implements AutoCloseable {
    /** Layers whose examples are permuted at once: few, so that the permuted ones take little memory beside the others. */
    private static final int BLOCK = 8;

    private final Measure<P> measure;
    private final List<LayerGeometry> layers;
    private final Workers workers;
    private final Listener listener;
    /** Positions of the layers that have values. */
    private final List<Integer> defined = new ArrayList<>();

    private final List<P> prepared = new ArrayList<>();
    private final List<MeasureMatrix.Undefined> undefined = new ArrayList<>();

    /** Follows a comparison. */
    @FunctionalInterface
    public interface Listener {
        /** Called with the share that is done, from 0 to 1. */
        void done(double share);
    }

    private LayerComparison(Measure<P> measure, List<LayerGeometry> layers, Workers workers, Listener listener) {
        this.measure = measure;
        this.layers = layers;
        this.workers = workers;
        this.listener = listener;
    }

    /**
     * Compares all layers, once as they are and then under permutations of the columns' examples.
     *
     * @param permutations 0 for no chance level
     * @param seed of the permutations
     */
    public static <P extends PreparedLayer<P>> MeasureMatrix of(
            Measure<P> measure,
            List<LayerGeometry> layers,
            int permutations,
            long seed,
            Workers workers,
            Listener listener) {
        try (var comparison = new LayerComparison<>(measure, layers, workers, listener)) {
            comparison.prepare();
            return comparison.compare(permutations, seed);
        }
    }

    /** What one layer came to: prepared, or the reason why not. */
    private record Attempt<P>(@Nullable P prepared, String reason) {}

    private void prepare() {
        List<Attempt<P>> attempts = workers.map(layers.size(), i -> {
            try {
                return new Attempt<>(measure.prepare(layers.get(i)), "");
            } catch (UndefinedLayerException e) {
                return new Attempt<P>(null, e.reason());
            }
        });
        for (int i = 0; i < layers.size(); i++) {
            P layer = attempts.get(i).prepared();
            if (layer == null) {
                undefined.add(new MeasureMatrix.Undefined(
                        layers.get(i).layer(), attempts.get(i).reason()));
            } else {
                defined.add(i);
                prepared.add(layer);
            }
        }
    }

    private MeasureMatrix compare(int permutations, long seed) {
        int n = layers.get(0).examples();
        int rounds = 1 + permutations;
        double[] values = all(null, 0, rounds);
        @Nullable ChanceLevel chance = null;
        if (permutations > 0) {
            var random = new Random(seed);
            double[][] permuted = new double[permutations][];
            for (int b = 0; b < permutations; b++) {
                permuted[b] = all(order(n, random), b + 1, rounds);
            }
            chance = ChanceLevel.of(layers.size(), measure.direction(), values, permuted);
        }
        List<LayerId> ids = layers.stream().map(LayerGeometry::layer).toList();
        double[] unknown = new double[values.length];
        Arrays.fill(unknown, Double.NaN);
        return new MeasureMatrix(measure.described(), new CkaMatrix(ids, ids, values, unknown), undefined, chance);
    }

    /** A random order of the examples, each equally likely. */
    static int[] order(int n, Random random) {
        int[] order = IntStream.range(0, n).toArray();
        for (int i = n - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int swapped = order[i];
            order[i] = order[j];
            order[j] = swapped;
        }
        return order;
    }

    /** The values of all cells, columns in some order of the examples; null for the order that they have. */
    private double[] all(int @Nullable [] order, int round, int rounds) {
        double[] values = new double[layers.size() * layers.size()];
        Arrays.fill(values, Double.NaN);
        for (int from = 0; from < prepared.size(); from += BLOCK) {
            int to = Math.min(prepared.size(), from + BLOCK);
            compareBlock(order, from, to, values);
            listener.done((round + (double) to / prepared.size()) / rounds);
        }
        return values;
    }

    private void compareBlock(int @Nullable [] order, int from, int to, double[] values) {
        List<P> rows = measure.isSymmetric() ? prepared.subList(0, to) : prepared;
        List<P> columns = prepared.subList(from, to);
        if (order == null) {
            write(measure.compareAll(rows, columns, workers), rows.size(), from, to, values);
            return;
        }
        List<P> permuted = workers.map(to - from, i -> columns.get(i).permuted(order));
        try {
            write(measure.compareAll(rows, permuted, workers), rows.size(), from, to, values);
        } finally {
            permuted.forEach(PreparedLayer::close);
        }
    }

    private void write(double[] block, int rows, int from, int to, double[] values) {
        int width = layers.size();
        for (int i = 0; i < rows; i++) {
            for (int j = from; j < to; j++) {
                double value = block[i * (to - from) + j - from];
                if (!measure.isSymmetric()) {
                    values[defined.get(i) * width + defined.get(j)] = value;
                } else if (i <= j) {
                    values[defined.get(i) * width + defined.get(j)] = value;
                    values[defined.get(j) * width + defined.get(i)] = value;
                }
            }
        }
    }

    @Override
    public void close() {
        prepared.forEach(PreparedLayer::close);
    }
}

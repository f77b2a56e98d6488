package org.lamella.measure;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.lamella.activation.ActivationSource;
import org.lamella.activation.Batch;
import org.lamella.activation.ChannelOrder;
import org.lamella.activation.Engine;
import org.lamella.activation.Layer;
import org.lamella.activation.LayerSink;
import org.lamella.activation.TokenMask;
import org.lamella.linalg.DoubleMatrix;
import org.lamella.linalg.GramPrecision;
import org.lamella.linalg.NativeMatrix;
import org.lamella.similarity.FullGrams;
import org.lamella.similarity.LayerId;

/** The geometries of all layers of some models on the same examples, in order. Closing it frees them. */
public final class LayerGeometries implements AutoCloseable {
    private final List<LayerGeometry> layers;

    private LayerGeometries(List<LayerGeometry> layers) {
        this.layers = List.copyOf(layers);
    }

    /** Follows the models' run. */
    @FunctionalInterface
    public interface Listener {
        /** Called after every layer, by several threads. */
        void done(int layers);
    }

    /**
     * Runs the models on all examples at once, layer by layer, in float64.
     *
     * @param sources models whose names differ, on the same examples; they stay open
     * @param examples how many, from the first on; 0 for all
     * @param threads layers that are worked on at once
     * @throws org.lamella.LamellaException if the models differ in their examples, or an activation is not finite
     */
    public static LayerGeometries of(List<ActivationSource> sources, int examples, int threads, Listener listener) {
        List<NarrowLayers> narrow = sources.stream().map(NarrowLayers::new).toList();
        var grams = new FullGrams(List.copyOf(narrow), FullGrams.Options.of(examples, GramPrecision.FLOAT64, threads));
        List<LayerId> ids = grams.layers();
        Map<Integer, LayerGeometry> made = new ConcurrentHashMap<>();
        int[] firsts = firsts(sources);
        try {
            grams.forEach((position, gram, activation) -> {
                int model = model(firsts, position);
                @Nullable DoubleMatrix features = narrow.get(model).take(position - firsts[model]);
                made.put(position, new LayerGeometry(ids.get(position), gram, features));
                listener.done(made.size());
            });
            List<LayerGeometry> inOrder = new ArrayList<>();
            IntStream.range(0, ids.size()).forEach(i -> inOrder.add(Objects.requireNonNull(made.get(i))));
            return new LayerGeometries(inOrder);
        } catch (RuntimeException | Error e) {
            made.values().forEach(LayerGeometry::close);
            narrow.forEach(NarrowLayers::drop);
            throw e;
        }
    }

    private static int[] firsts(List<ActivationSource> sources) {
        int[] firsts = new int[sources.size()];
        for (int i = 1; i < firsts.length; i++) {
            firsts[i] = firsts[i - 1] + sources.get(i - 1).layers().size();
        }
        return firsts;
    }

    private static int model(int[] firsts, int position) {
        int model = 0;
        while (model + 1 < firsts.length && firsts[model + 1] <= position) {
            model++;
        }
        return model;
    }

    /** Bytes outside the heap that so many layers and examples take at most, workspaces of the threads among them. */
    public static long memory(int layers, int examples, int threads) {
        return LayerGeometry.memory(layers + 3 * threads, examples);
    }

    /** The layers. */
    public List<LayerGeometry> layers() {
        return layers;
    }

    @Override
    public void close() {
        layers.forEach(LayerGeometry::close);
    }

    /** A source that keeps the centred features of layers that have fewer features than there are examples, as they pass. */
    private static final class NarrowLayers implements ActivationSource {
        private final ActivationSource source;
        private final Map<Integer, DoubleMatrix> kept = new ConcurrentHashMap<>();

        NarrowLayers(ActivationSource source) {
            this.source = source;
        }

        @Nullable
        DoubleMatrix take(int layer) {
            return kept.remove(layer);
        }

        void drop() {
            kept.values().forEach(DoubleMatrix::close);
            kept.clear();
        }

        @Override
        public void forward(Batch batch, LayerSink sink) {
            source.forward(batch, (layer, activation) -> {
                if (activation.columns() < activation.rows()) {
                    kept.put(layer, centred(activation));
                }
                return sink.accept(layer, activation);
            });
        }

        private static DoubleMatrix centred(NativeMatrix activation) {
            int n = activation.rows();
            int p = (int) activation.columns();
            double[] mean = new double[p];
            float[] row = new float[p];
            for (int i = 0; i < n; i++) {
                activation.readRow(i, row);
                for (int k = 0; k < p; k++) {
                    mean[k] += (double) row[k] / n;
                }
            }
            DoubleMatrix centred = DoubleMatrix.allocate(n, p);
            double[] example = new double[p];
            for (int i = 0; i < n; i++) {
                activation.readRow(i, row);
                for (int k = 0; k < p; k++) {
                    example[k] = row[k] - mean[k];
                }
                centred.writeRow(i, example);
            }
            return centred;
        }

        @Override
        public String name() {
            return source.name();
        }

        @Override
        public List<Layer> layers() {
            return source.layers();
        }

        @Override
        public int examples() {
            return source.examples();
        }

        @Override
        public ChannelOrder channels(int layer) {
            return source.channels(layer);
        }

        @Override
        public Optional<Engine> engine() {
            return source.engine();
        }

        @Override
        public Optional<TokenMask> tokens(Batch batch) {
            return source.tokens(batch);
        }

        @Override
        public List<String> remarks() {
            return source.remarks();
        }

        /** The source beneath stays open. */
        @Override
        public void close() {}
    }
}

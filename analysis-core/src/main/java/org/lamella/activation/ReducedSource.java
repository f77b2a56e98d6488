package org.lamella.activation;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.lamella.LamellaException;
import org.lamella.linalg.NativeMatrix;

/**
 * Another source with one axis of its activations reduced: to the mean, the first or the last of the positions that hold a token.
 * Layers without such an axis pass through. Layers are reduced side by side.
 */
final class ReducedSource implements ActivationSource {
    private final ActivationSource whole;
    private final Reduction reduction;
    private final List<Layer> layers;
    /** What is reduced of each layer; empty for one that is taken as it is. */
    private final List<Optional<TokenAxis>> axes;

    private final ExecutorService pool;

    ReducedSource(ActivationSource whole, Reduction reduction, int threads) {
        this.whole = whole;
        this.reduction = reduction;
        reduction.obstacles(whole.layers()).forEach((layer, reason) -> {
            throw new LamellaException("%s, layer '%s'".formatted(whole.name(), layer.name()), reason);
        });
        boolean followsText = Reduction.followText(whole.layers());
        this.axes = IntStream.range(0, whole.layers().size())
                .mapToObj(i -> TokenAxis.of(whole.layers().get(i), followsText, whole.channels(i)))
                .toList();
        this.layers = IntStream.range(0, axes.size()).mapToObj(this::reduced).toList();
        this.pool = Executors.newFixedThreadPool(threads, task -> {
            var thread = new Thread(task, "lamella-reduce");
            thread.setDaemon(true);
            return thread;
        });
    }

    private Layer reduced(int index) {
        Layer layer = whole.layers().get(index);
        return axes.get(index)
                .map(axis -> new Layer(layer.index(), layer.name(), layer.kind(), axis.kept(), layer.parameters()))
                .orElse(layer);
    }

    @Override
    public String name() {
        return whole.name();
    }

    @Override
    public List<Layer> layers() {
        return layers;
    }

    @Override
    public int examples() {
        return whole.examples();
    }

    @Override
    public long bytesPerExample() {
        return whole.bytesPerExample();
    }

    @Override
    public Optional<Engine> engine() {
        return whole.engine();
    }

    @Override
    public List<String> remarks() {
        return whole.remarks();
    }

    @Override
    public void forward(Batch batch, LayerSink sink) {
        Optional<TokenMask> tokens = whole.tokens(batch);
        Map<Integer, TokenMask> full = new LinkedHashMap<>();
        whole.forward(batch, (index, activation) -> {
            if (axes.get(index).isEmpty()) {
                return sink.accept(index, activation);
            }
            TokenAxis axis = axes.get(index).get();
            TokenMask mask = axis.positions() < 0
                    ? tokens.orElseThrow(() -> new IllegalStateException(whole.name() + " does not tell its tokens"))
                    : full.computeIfAbsent(axis.positions(), length -> TokenMask.full(batch.size(), length));
            return CompletableFuture.supplyAsync(() -> reduce(activation, index, axis.of(mask.length()), mask), pool)
                    .thenCompose(
                            reduced -> sink.accept(index, reduced).whenComplete((read, failure) -> reduced.close()));
        });
    }

    private NativeMatrix reduce(NativeMatrix activation, int index, TokenAxis axis, TokenMask mask) {
        if (activation.columns() != axis.length()) {
            Layer layer = whole.layers().get(index);
            throw new LamellaException(
                    "%s, layer '%s'".formatted(whole.name(), layer.name()),
                    "gives %,d numbers where %d tokens of %s need %,d: its open axis does not count tokens; leave it out by --layers"
                            .formatted(activation.columns(), mask.length(), Reduction.print(layer), axis.length()));
        }
        NativeMatrix reduced = NativeMatrix.allocate(activation.rows(), axis.features());
        try {
            switch (reduction) {
                case MEAN -> mean(activation, axis, mask, reduced);
                case CLS, LAST -> pick(activation, axis, mask, reduced);
                case FLATTEN -> throw new IllegalStateException("nothing is reduced");
            }
            return reduced;
        } catch (RuntimeException | Error e) {
            reduced.close();
            throw e;
        }
    }

    private void pick(NativeMatrix activation, TokenAxis axis, TokenMask mask, NativeMatrix reduced) {
        int after = axis.after();
        float[] picked = new float[axis.features()];
        for (int i = 0; i < activation.rows(); i++) {
            int position = reduction == Reduction.CLS ? mask.first(i) : mask.last(i);
            for (int block = 0; block < axis.before(); block++) {
                long at = ((long) block * axis.positions() + position) * after;
                activation.read(i, at, picked, block * after, after);
            }
            reduced.writeRow(i, picked);
        }
    }

    private static void mean(NativeMatrix activation, TokenAxis axis, TokenMask mask, NativeMatrix reduced) {
        float[] row = new float[axis.length()];
        float[] mean = new float[axis.features()];
        double[] sums = new double[axis.after()];
        for (int i = 0; i < activation.rows(); i++) {
            activation.readRow(i, row);
            int[] tokens = mask.positions(i);
            for (int block = 0; block < axis.before(); block++) {
                int start = block * axis.positions() * axis.after();
                if (axis.after() == 1) {
                    mean[block] = (float) (sum(row, start, tokens) / tokens.length);
                } else {
                    sum(row, start, tokens, sums);
                    for (int k = 0; k < sums.length; k++) {
                        mean[block * sums.length + k] = (float) (sums[k] / tokens.length);
                    }
                }
            }
            reduced.writeRow(i, mean);
        }
    }

    /** The sum of single numbers. */
    private static double sum(float[] row, int start, int[] positions) {
        double sum = 0;
        for (int position : positions) {
            sum += row[start + position];
        }
        return sum;
    }

    /** The sum of vectors of adjacent numbers. */
    private static void sum(float[] row, int start, int[] positions, double[] sums) {
        Arrays.fill(sums, 0);
        for (int position : positions) {
            int at = start + position * sums.length;
            for (int k = 0; k < sums.length; k++) {
                sums[k] += row[at + k];
            }
        }
    }

    @Override
    public void close() {
        pool.shutdown();
        whole.close();
    }
}

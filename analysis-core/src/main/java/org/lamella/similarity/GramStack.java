package org.lamella.similarity;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.lamella.linalg.DoubleMatrix;
import org.lamella.linalg.FullGram;
import org.lamella.linalg.GramPrecision;
import org.lamella.linalg.NativeMatrix;
import org.lamella.linalg.SymmetricSum;

/**
 * The centred Gram matrices of all examples of all layers, kept together so that they can be compared in several ways without
 * running the models again. Each is scaled to unit Frobenius norm and kept as its upper triangle, row by row.
 *
 * <p>Memory: layers × n² / 2 numbers, of 8 bytes where the Gram matrices are float64, else of 4; or as many bytes of a temporary file.
 */
public final class GramStack implements AutoCloseable {
    /** Numbers of a layer in a piece of the product. */
    private static final int PIECE = 8192;

    /** What rounding leaves of a Gram matrix of unit norm when all of it has been taken away. */
    private static final double FLOAT32_ROUNDING = 2e-6;

    private static final double FLOAT64_ROUNDING = 1e-12;

    private final List<LayerId> layers;
    private final int n;
    private final double rounding;
    private final PackedGrams grams;
    private final double[] scale;

    private GramStack(List<LayerId> layers, int n, double rounding, PackedGrams grams) {
        this.layers = List.copyOf(layers);
        this.n = n;
        this.rounding = rounding;
        this.grams = grams;
        this.scale = new double[layers.size()];
    }

    /** Bytes that a stack takes. */
    public static long bytes(int layers, long n, GramPrecision precision) {
        return layers * triangle(n) * (precision == GramPrecision.FLOAT64 ? Double.BYTES : Float.BYTES);
    }

    private static long triangle(long n) {
        return n * (n + 1) / 2;
    }

    /** An empty stack in memory. */
    public static GramStack inMemory(List<LayerId> layers, int n, GramPrecision precision) {
        return precision == GramPrecision.FLOAT64
                ? new GramStack(
                        layers,
                        n,
                        FLOAT64_ROUNDING,
                        new PackedGrams.InDoubles(DoubleMatrix.allocate(layers.size(), Math.toIntExact(triangle(n)))))
                : new GramStack(
                        layers,
                        n,
                        FLOAT32_ROUNDING,
                        new PackedGrams.InFloats(NativeMatrix.allocate(layers.size(), triangle(n))));
    }

    /** An empty stack in a temporary file, for what does not fit memory. */
    public static GramStack inFile(List<LayerId> layers, int n) {
        return new GramStack(layers, n, FLOAT32_ROUNDING, PackedGrams.InFile.create(layers.size(), triangle(n)));
    }

    /** The layers, in the order of their places. */
    public List<LayerId> layers() {
        return layers;
    }

    /** Number of examples. */
    public int examples() {
        return n;
    }

    /**
     * Keeps a layer's Gram matrix. May be called by several threads, for a layer each.
     *
     * @return its Frobenius norm, by which it was divided; 0 for a layer that is constant, of which nothing is kept
     */
    public double put(int layer, FullGram gram) {
        double[] row = new double[n];
        if (gram.isConstant()) {
            return 0;
        }
        double norm = Math.sqrt(gram.centred().squaredNorm());
        scale[layer] = norm;
        for (int i = 0; i < n; i++) {
            gram.centred().read(i, i, row, 0, n - i);
            for (int j = 0; j < n - i; j++) {
                row[j] /= norm;
            }
            grams.write(layer, start(i), row, n - i);
        }
        return norm;
    }

    /** What a layer's Gram matrix was divided by: its Frobenius norm. 0 for a constant layer. */
    public double scale(int layer) {
        return scale[layer];
    }

    private long start(int row) {
        return (long) row * n - (long) row * (row - 1) / 2;
    }

    /** Gives a row of a layer's scaled Gram matrix, from its diagonal on; what is before it stays as it is. */
    public void read(int layer, int row, double[] into) {
        grams.read(layer, start(row), into, row, n - row);
    }

    /**
     * A layer's whole Gram matrix in the scale of the activation.
     *
     * @return n × n, to be closed by the caller
     */
    public DoubleMatrix matrix(int layer) {
        DoubleMatrix whole = DoubleMatrix.allocate(n, n);
        double[] row = new double[n];
        for (int i = 0; i < n; i++) {
            read(layer, i, row);
            for (int j = i; j < n; j++) {
                row[j] *= scale[layer];
            }
            whole.write(i, i, row, i, n - i);
        }
        whole.mirrorUpper();
        return whole;
    }

    /** Unbiased CKA (HSIC_1 of Song et al. 2012) on all examples at once. */
    public CkaMatrix cka(GramView view, int threads) {
        return cka(view, IntStream.range(0, n).toArray(), threads);
    }

    /**
     * Unbiased CKA on some examples at once. A layer of which the view leaves nothing but rounding is NaN.
     *
     * @param kept the examples, ascending; at least 4
     */
    public CkaMatrix cka(GramView view, int[] kept, int threads) {
        if (kept.length < Estimator.SMALLEST_BATCH) {
            throw new IllegalArgumentException(kept.length + " examples are too few for CKA");
        }
        int count = layers.size();
        ExecutorService pool = LayerThreads.start(threads);
        double[] values;
        try {
            double[][] shifts = shifts(view, kept, pool, threads);
            int[] ends = pieces(kept.length);
            List<double[]> parts = onThreads(pool, threads, thread -> {
                double[] sum = new double[count * (count + 1) / 2];
                try (var product = new SymmetricSum(count, PIECE + kept.length)) {
                    double[] row = new double[n];
                    for (int piece = thread; piece < ends.length; piece += threads) {
                        int from = piece == 0 ? 0 : ends[piece - 1];
                        add(view, kept, shifts, from, ends[piece], product, row);
                    }
                    product.addTo(sum);
                }
                return sum;
            });
            values = parts.get(0);
            for (double[] part : parts.subList(1, parts.size())) {
                for (int i = 0; i < values.length; i++) {
                    values[i] += part[i];
                }
            }
        } finally {
            LayerThreads.finish(pool);
        }
        return ratios(values);
    }

    /** Rows in pieces of about equally many pairs: the end of each. */
    private static int[] pieces(int m) {
        List<Integer> ends = new ArrayList<>();
        long pairs = 0;
        for (int a = 0; a < m; a++) {
            pairs += m - 1 - a;
            if (pairs >= PIECE || a == m - 1) {
                ends.add(a + 1);
                pairs = 0;
            }
        }
        return ends.stream().mapToInt(Integer::intValue).toArray();
    }

    private void add(
            GramView view, int[] kept, double[][] shifts, int from, int to, SymmetricSum product, double[] row) {
        int m = kept.length;
        int width = 0;
        for (int a = from; a < to; a++) {
            width += m - 1 - a;
        }
        if (width == 0) {
            return;
        }
        double[] packed = new double[width];
        for (int layer = 0; layer < layers.size(); layer++) {
            if (scale[layer] == 0) {
                product.zero(layer, width);
                continue;
            }
            double[] shift = shifts[layer];
            int at = 0;
            for (int a = from; a < to; a++) {
                read(layer, kept[a], row);
                view.apply(layer, kept[a], row);
                for (int b = a + 1; b < m; b++) {
                    packed[at++] = row[kept[b]] - shift[a] - shift[b];
                }
            }
            product.set(layer, packed, width);
        }
        product.add(width);
    }

    /** What U-centring takes from each row: the mean without the diagonal over n - 2, less half of their common part. */
    private double[][] shifts(GramView view, int[] kept, ExecutorService pool, int threads) {
        int m = kept.length;
        double[][] shifts = new double[layers.size()][m];
        onThreads(pool, threads, thread -> {
            double[] row = new double[n];
            for (int layer = thread; layer < layers.size(); layer += threads) {
                if (scale[layer] == 0) {
                    continue;
                }
                double[] shift = shifts[layer];
                for (int a = 0; a < m; a++) {
                    read(layer, kept[a], row);
                    view.apply(layer, kept[a], row);
                    double sum = 0;
                    for (int b = a + 1; b < m; b++) {
                        double value = row[kept[b]];
                        sum += value;
                        shift[b] += value;
                    }
                    shift[a] += sum;
                }
                double total = Arrays.stream(shift).sum();
                for (int a = 0; a < m; a++) {
                    shift[a] = shift[a] / (m - 2) - total / (2.0 * (m - 1) * (m - 2));
                }
            }
            return shifts;
        });
        return shifts;
    }

    private static <T> List<T> onThreads(ExecutorService pool, int threads, IntFunction<T> work) {
        List<CompletableFuture<T>> parts = IntStream.range(0, threads)
                .mapToObj(thread -> CompletableFuture.supplyAsync(() -> work.apply(thread), pool))
                .toList();
        try {
            return parts.stream().map(CompletableFuture::join).toList();
        } catch (CompletionException e) {
            throw LayerThreads.cause(e);
        }
    }

    private CkaMatrix ratios(double[] sums) {
        int count = layers.size();
        double[] own = new double[count];
        for (int i = 0, at = 0; i < count; at += count - i, i++) {
            // A pair stands for two cells.
            boolean rest = 2 * sums[at] > rounding * rounding;
            own[i] = rest ? Math.sqrt(sums[at]) : Double.NaN;
        }
        double[] values = new double[count * count];
        double[] unknown = new double[count * count];
        Arrays.fill(unknown, Double.NaN);
        for (int i = 0, at = 0; i < count; i++) {
            for (int j = i; j < count; j++, at++) {
                double ratio = i == j && !Double.isNaN(own[i]) ? 1 : sums[at] / own[i] / own[j];
                values[i * count + j] = ratio;
                values[j * count + i] = ratio;
            }
        }
        return new CkaMatrix(layers, layers, values, unknown);
    }

    @Override
    public void close() {
        grams.close();
    }
}

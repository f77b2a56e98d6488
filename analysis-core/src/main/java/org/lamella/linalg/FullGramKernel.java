package org.lamella.linalg;

import static org.bytedeco.openblas.global.openblas_nolapack.cblas_dsyrk;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_sdot;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_sgemv;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_sger;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_ssyrk;

import java.util.Arrays;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;

/**
 * Computes the Gram matrix of all examples of a layer by BLAS. Holds native memory of its own, n² × 4 bytes and a piece of the
 * activation, and serves one thread at a time.
 *
 * <p>Cost for n examples × d features: n² d operations, half of those of a full product, and some passes over n² numbers. Features
 * are taken in pieces, which are centred and added to the product, so that the activation is read once and left as it is, and
 * never exists in float64.
 */
public final class FullGramKernel implements AutoCloseable {
    /** Numbers in a piece at least, and columns at least: narrow pieces leave the product waiting for memory. */
    private static final int PIECE = 1 << 17;

    private static final int NARROWEST = 768;

    /** Examples that the mean to centre with is taken of: it need not be exact, only near. */
    private static final int SAMPLE = 128;

    private final int n;
    private final Sums sums;

    /** For so many examples. */
    public FullGramKernel(int n, GramPrecision precision) {
        Blas.oneThread();
        this.n = n;
        int columns = Math.max(NARROWEST, PIECE / n);
        this.sums = precision == GramPrecision.FLOAT64 ? new Float64Sums(n, columns) : new Float32Sums(n, columns);
    }

    /**
     * @param activation n × d, not modified
     * @param gram of size n, overwritten
     */
    public void compute(NativeMatrix activation, FullGram gram) {
        if (activation.rows() != n || gram.size() != n) {
            throw new IllegalArgumentException("%d examples where %d were to come".formatted(activation.rows(), n));
        }
        Arrays.fill(gram.shift(), 0);
        Arrays.fill(gram.featureSums(), 0);
        double squaredMean = 0;
        for (long from = 0; from < activation.columns(); from += sums.columns()) {
            int width = (int) Math.min(sums.columns(), activation.columns() - from);
            squaredMean += sums.add(activation, from, width, gram);
        }
        gram.describe(activation.columns(), n * squaredMean);
        centre(gram, sums.rowSums(gram.centred()), squaredMean);
    }

    /*
     * The features were centred by a mean m' that is about right only: K' = (X - 1 m'ᵀ)(X - 1 m'ᵀ)ᵀ. Its rows have means
     * r with mean t, and K = K' - r 1ᵀ - 1 rᵀ + t. The shift holds (x_i - m')·m' so far.
     */
    private void centre(FullGram gram, double[] rowSums, double squaredMean) {
        double total = 0;
        for (int i = 0; i < n; i++) {
            rowSums[i] /= n;
            total += rowSums[i] / n;
        }
        double[] row = new double[n];
        for (int i = 0; i < n; i++) {
            gram.centred().read(i, i, row, i, n - i);
            double own = rowSums[i] - total;
            for (int j = i; j < n; j++) {
                row[j] -= own + rowSums[j];
            }
            gram.centred().write(i, i, row, i, n - i);
            gram.shift()[i] += squaredMean / 2 + rowSums[i] - total / 2;
        }
        gram.centred().mirrorUpper();
    }

    @Override
    public void close() {
        sums.close();
    }

    /** Where products of pieces are added up. */
    private interface Sums extends AutoCloseable {
        int columns();

        /** Adds a piece of the features; the first one starts anew. Gives the squared norm of its mean. */
        double add(NativeMatrix activation, long from, int width, FullGram gram);

        /** Brings what was added up into the matrix, its upper triangle, and gives the sums of its full rows. */
        double[] rowSums(DoubleMatrix into);

        @Override
        void close();
    }

    private static final class Float32Sums implements Sums {
        private final int n;
        private final int columns;
        private final FloatPointer product;
        private final FloatPointer piece;
        private final FloatPointer mean;
        private final FloatPointer ones;
        private final FloatPointer perExample;
        private final float[] numbers;

        Float32Sums(int n, int columns) {
            this.n = n;
            this.columns = columns;
            this.product = new FloatPointer((long) n * n);
            this.piece = new FloatPointer((long) n * columns);
            this.mean = new FloatPointer(columns);
            this.perExample = new FloatPointer(n);
            this.numbers = new float[n];
            this.ones = new FloatPointer(Math.max(n, columns));
            for (int i = 0; i < Math.max(n, columns); i++) {
                ones.put(i, 1);
            }
        }

        @Override
        public int columns() {
            return columns;
        }

        @Override
        public double add(NativeMatrix activation, long from, int width, FullGram gram) {
            activation.copyColumns(from, width, piece);
            int step = Math.max(1, n / SAMPLE);
            int sample = (n - 1) / step + 1;
            cblas_sgemv(
                    Blas.ROW_MAJOR,
                    Blas.TRANSPOSE,
                    sample,
                    width,
                    1f / sample,
                    piece,
                    step * width,
                    ones,
                    1,
                    0,
                    mean,
                    1);
            cblas_sger(Blas.ROW_MAJOR, n, width, -1, ones, 1, mean, 1, piece, width);
            int keep = from == 0 ? 0 : 1;
            cblas_ssyrk(Blas.ROW_MAJOR, Blas.UPPER, Blas.NO_TRANSPOSE, n, width, 1, piece, width, keep, product, n);
            addProducts(width, mean, 0, gram.shift());
            addProducts(width, ones, cblas_sdot(width, mean, 1, ones, 1), gram.featureSums());
            return cblas_sdot(width, mean, 1, mean, 1);
        }

        private void addProducts(int width, FloatPointer vector, double constant, double[] to) {
            cblas_sgemv(Blas.ROW_MAJOR, Blas.NO_TRANSPOSE, n, width, 1, piece, width, vector, 1, 0, perExample, 1);
            NativeFloats.read(perExample, numbers, n);
            for (int i = 0; i < n; i++) {
                to[i] += numbers[i] + constant;
            }
        }

        @Override
        public double[] rowSums(DoubleMatrix into) {
            double[] sums = new double[n];
            double[] row = new double[n];
            for (int i = 0; i < n; i++) {
                NativeFloats.read(product.getPointer((long) i * n + i), numbers, i, n - i);
                double sum = numbers[i];
                row[i] = numbers[i];
                for (int j = i + 1; j < n; j++) {
                    row[j] = numbers[j];
                    sum += row[j];
                    sums[j] += row[j];
                }
                sums[i] += sum;
                into.write(i, i, row, i, n - i);
            }
            return sums;
        }

        @Override
        public void close() {
            for (FloatPointer memory : new FloatPointer[] {product, piece, mean, ones, perExample}) {
                memory.close();
            }
        }
    }

    private static final class Float64Sums implements Sums {
        private final int n;
        private final int columns;
        private final DoublePointer piece;
        private final float[] numbers;
        private final double[] values;
        private final double[] mean;

        Float64Sums(int n, int columns) {
            this.n = n;
            this.columns = columns;
            this.piece = new DoublePointer((long) n * columns);
            this.numbers = new float[columns];
            this.values = new double[Math.multiplyExact(n, columns)];
            this.mean = new double[columns];
        }

        @Override
        public int columns() {
            return columns;
        }

        @Override
        public double add(NativeMatrix activation, long from, int width, FullGram gram) {
            Arrays.fill(mean, 0, width, 0);
            for (int i = 0; i < n; i++) {
                activation.read(i, from, numbers, 0, width);
                for (int k = 0; k < width; k++) {
                    values[i * width + k] = numbers[k];
                    mean[k] += numbers[k];
                }
            }
            double squaredMean = 0;
            for (int k = 0; k < width; k++) {
                mean[k] /= n;
                squaredMean += mean[k] * mean[k];
            }
            for (int i = 0; i < n; i++) {
                double sum = 0;
                double shift = 0;
                for (int k = 0; k < width; k++) {
                    int at = i * width + k;
                    sum += values[at];
                    values[at] -= mean[k];
                    shift += values[at] * mean[k];
                }
                gram.featureSums()[i] += sum;
                gram.shift()[i] += shift;
            }
            piece.asBuffer().put(values, 0, n * width);
            int keep = from == 0 ? 0 : 1;
            cblas_dsyrk(
                    Blas.ROW_MAJOR,
                    Blas.UPPER,
                    Blas.NO_TRANSPOSE,
                    n,
                    width,
                    1,
                    piece,
                    width,
                    keep,
                    gram.centred().pointer(),
                    n);
            return squaredMean;
        }

        @Override
        public double[] rowSums(DoubleMatrix into) {
            double[] sums = new double[n];
            double[] row = new double[n];
            for (int i = 0; i < n; i++) {
                into.read(i, i, row, i, n - i);
                sums[i] += row[i];
                for (int j = i + 1; j < n; j++) {
                    sums[i] += row[j];
                    sums[j] += row[j];
                }
            }
            return sums;
        }

        @Override
        public void close() {
            piece.close();
        }
    }
}

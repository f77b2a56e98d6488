package org.lamella.linalg;

import static org.bytedeco.openblas.global.openblas_nolapack.cblas_sgemm;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_sgemv;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_sger;

import org.bytedeco.javacpp.FloatPointer;

/**
 * Scores (x - m)ᵀ w_c of some examples, where the weights w_c = Σ_j a_cj (x_j - m) are combinations of other examples and m is the
 * mean of these. What the inner products of the ones with the others would give, n² d operations, comes here from the features
 * themselves at 2 n d for each c.
 *
 * <p>Features are taken in pieces, which are centred first: in float32 a common offset would otherwise drown what differs. Scores
 * are float32 products of a piece, added in float64.
 */
public final class FeatureScores implements AutoCloseable {
    /** Numbers in a piece, which should stay in the second-level cache while it is copied, centred and read twice. */
    private static final int PIECE = 1 << 19;

    private static final int NARROWEST = 64;

    private final int learned;
    private final int scored;
    private final int classes;
    private final int columns;
    private final FloatPointer dual;
    private final FloatPointer piece;
    private final FloatPointer mean;
    private final FloatPointer weights;
    private final FloatPointer product;
    private final FloatPointer ones;
    private final float[] numbers;

    private FeatureScores(NativeMatrix activation, DoubleMatrix coefficients) {
        int n = activation.rows();
        this.learned = coefficients.columns();
        this.scored = n - learned;
        this.classes = coefficients.rows();
        this.columns = (int) Math.min(activation.columns(), Math.max(NARROWEST, PIECE / n));
        this.dual = new FloatPointer((long) classes * learned);
        this.piece = new FloatPointer((long) n * columns);
        this.mean = new FloatPointer(columns);
        this.weights = new FloatPointer((long) classes * columns);
        this.product = new FloatPointer((long) scored * classes);
        this.ones = new FloatPointer(n);
        this.numbers = new float[Math.max(n, scored * classes)];
        java.util.Arrays.fill(numbers, 0, n, 1);
        NativeFloats.write(numbers, ones, n);
        double[] row = new double[learned];
        for (int c = 0; c < classes; c++) {
            coefficients.readRow(c, row);
            for (int j = 0; j < learned; j++) {
                numbers[j] = (float) row[j];
            }
            NativeFloats.write(numbers, dual.getPointer((long) c * learned), learned);
        }
    }

    /**
     * The scores of all examples that are not learned from. One of them has a score that is not finite if a feature of it is not.
     *
     * @param activation n × d: first the examples learned from, then those to be scored; not modified
     * @param coefficients a, a row a class, a column for each example learned from
     * @return scored examples × classes; the caller's to close
     */
    public static DoubleMatrix of(NativeMatrix activation, DoubleMatrix coefficients) {
        if (coefficients.columns() >= activation.rows()) {
            throw new IllegalArgumentException("%s for %d examples in all".formatted(coefficients, activation.rows()));
        }
        Blas.oneThread();
        try (var scores = new FeatureScores(activation, coefficients)) {
            return scores.of(activation);
        }
    }

    private DoubleMatrix of(NativeMatrix activation) {
        double[] sums = new double[scored * classes];
        for (long from = 0; from < activation.columns(); from += columns) {
            add(activation, from, (int) Math.min(columns, activation.columns() - from), sums);
        }
        DoubleMatrix scores = DoubleMatrix.allocate(scored, classes);
        for (int i = 0; i < scored; i++) {
            scores.write(i, 0, sums, i * classes, classes);
        }
        return scores;
    }

    private void add(NativeMatrix activation, long from, int width, double[] sums) {
        activation.copyColumns(from, width, piece);
        centre(width);
        centre(width); // of what rounding left of a large common offset
        cblas_sgemm(
                Blas.ROW_MAJOR,
                Blas.NO_TRANSPOSE,
                Blas.NO_TRANSPOSE,
                classes,
                width,
                learned,
                1,
                dual,
                learned,
                piece,
                width,
                0,
                weights,
                width);
        cblas_sgemm(
                Blas.ROW_MAJOR,
                Blas.NO_TRANSPOSE,
                Blas.TRANSPOSE,
                scored,
                classes,
                width,
                1,
                piece.getPointer((long) learned * width),
                width,
                weights,
                width,
                0,
                product,
                classes);
        NativeFloats.read(product, numbers, scored * classes);
        for (int i = 0; i < sums.length; i++) {
            sums[i] += numbers[i];
        }
    }

    private void centre(int width) {
        cblas_sgemv(Blas.ROW_MAJOR, Blas.TRANSPOSE, learned, width, 1f / learned, piece, width, ones, 1, 0, mean, 1);
        cblas_sger(Blas.ROW_MAJOR, learned + scored, width, -1, ones, 1, mean, 1, piece, width);
    }

    @Override
    public void close() {
        for (FloatPointer memory : new FloatPointer[] {dual, piece, mean, weights, product, ones}) {
            memory.close();
        }
    }
}

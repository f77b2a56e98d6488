package org.lamella.similarity;

import java.util.Locale;

/**
 * How the dependence of two layers is estimated from the n examples of a minibatch.
 *
 * <p>Both estimators centre each Gram matrix once; the estimate of every pair of layers is then the inner product of two
 * centred matrices times {@link #factor}. What is stored of a centred matrix is its upper triangle, row by row, so scaled
 * that the plain inner product of two packed triangles is the inner product of the full matrices.
 */
public enum Estimator {
    /**
     * HSIC_1 (Song et al. 2012, eq. 5) by U-centring (Székely and Rizzo 2014, sec. 3): the expectation over minibatches does
     * not depend on their size. The default of Nguyen, Raghu and Kornblith (2021, eq. 3).
     */
    UNBIASED {
        @Override
        int packedLength(int n) {
            return Math.toIntExact((long) n * (n - 1) / 2);
        }

        @Override
        void centreAndPack(float[] gram, float[] rowSums, int n, float[] packed) {
            // Row sums without the diagonal, over n-2, minus half of their mean's counterpart.
            double total = 0;
            float[] shift = new float[n];
            for (int i = 0; i < n; i++) {
                double sum = (double) rowSums[i] - gram[i * n + i];
                total += sum;
                shift[i] = (float) (sum / (n - 2));
            }
            float half = (float) (total / (2.0 * (n - 1) * (n - 2)));
            for (int i = 0; i < n; i++) {
                shift[i] -= half;
            }
            for (int i = 0, to = 0; i < n; to += n - 1 - i, i++) {
                subtract(gram, i * n, i + 1, n, shift[i], shift, packed, to - i - 1);
            }
        }

        @Override
        double factor(int n) {
            return 2.0 / ((double) n * (n - 3));
        }
    },

    /** HSIC_0 (Gretton et al. 2005, eq. 9), as in Kornblith et al. (2019): biased upwards when features outnumber examples. */
    BIASED {
        @Override
        int packedLength(int n) {
            return Math.toIntExact((long) n * (n + 1) / 2);
        }

        @Override
        void centreAndPack(float[] gram, float[] rowSums, int n, float[] packed) {
            double total = 0;
            float[] shift = new float[n];
            for (int i = 0; i < n; i++) {
                total += rowSums[i];
                shift[i] = rowSums[i] / n;
            }
            float half = (float) (total / (2.0 * n * n));
            for (int i = 0; i < n; i++) {
                shift[i] -= half;
            }
            for (int i = 0, to = 0; i < n; to += n - i, i++) {
                subtract(gram, i * n, i, n, shift[i], shift, packed, to - i);
                packed[to] *= (float) Math.sqrt(0.5); // each pair stands for two cells, the diagonal for one
            }
        }

        @Override
        double factor(int n) {
            return 2.0 / ((double) (n - 1) * (n - 1));
        }
    };

    /** The smallest batch that counts: HSIC_1 divides by n - 3. Both estimators leave out the same batches. */
    public static final int SMALLEST_BATCH = 4;

    /** Numbers in the packed form of a centred n × n matrix. */
    abstract int packedLength(int n);

    /**
     * Centres a Gram matrix.
     *
     * @param gram n × n; its upper triangle and diagonal are read
     * @param rowSums sums of its full rows, diagonal included
     * @param packed where the packed form goes, {@link #packedLength} numbers
     */
    abstract void centreAndPack(float[] gram, float[] rowSums, int n, float[] packed);

    /** What the inner product of two packed forms is multiplied by. */
    abstract double factor(int n);

    // One row of the triangle. A loop of its own, so that it is compiled to vector instructions.
    private static void subtract(
            float[] gram, int row, int from, int to, float rowShift, float[] shift, float[] packed, int offset) {
        for (int j = from; j < to; j++) {
            packed[offset + j] = gram[row + j] - rowShift - shift[j];
        }
    }

    /** As written in options and files. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}

package org.lamella.probe;

import java.util.Arrays;
import org.lamella.linalg.DoubleMatrix;

/**
 * A linear classifier as combinations of the examples that it learned from: the weights of class c are W_c = Σ_j A_cj x_j, with
 * features x centred by the mean of these examples.
 */
final class DualWeights {
    /** A: a row a class, a column an example. */
    private final double[][] coefficients;

    private final double[] intercepts;

    /** Keeps the arrays, which are its own from now on. */
    DualWeights(double[][] coefficients, double[] intercepts) {
        this.coefficients = coefficients;
        this.intercepts = intercepts;
    }

    /** A times a factor, classes × examples learned from; the caller's to close. */
    DoubleMatrix coefficients(double factor) {
        return DoubleMatrix.of(Arrays.stream(coefficients)
                .map(row -> Arrays.stream(row).map(a -> factor * a).toArray())
                .toArray(double[][]::new));
    }

    /**
     * The class of each of some examples.
     *
     * @param kernel m × n: their inner products with the examples learned from; not modified
     */
    int[] classify(DoubleMatrix kernel) {
        try (DoubleMatrix factors = coefficients(1);
                DoubleMatrix scores = kernel.timesTranspose(factors)) {
            return decide(scores);
        }
    }

    /**
     * The class of largest score for each example, intercepts added; the first of equals.
     *
     * @param scores m × classes
     */
    int[] decide(DoubleMatrix scores) {
        int[] found = new int[scores.rows()];
        double[] row = new double[scores.columns()];
        for (int i = 0; i < found.length; i++) {
            scores.readRow(i, row);
            int best = 0;
            for (int c = 1; c < row.length; c++) {
                if (row[c] + intercepts[c] > row[best] + intercepts[best]) {
                    best = c;
                }
            }
            found[i] = best;
        }
        return found;
    }
}

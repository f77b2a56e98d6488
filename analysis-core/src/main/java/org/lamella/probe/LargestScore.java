package org.lamella.probe;

import org.lamella.linalg.DoubleMatrix;

/** The decision of a classifier. */
final class LargestScore {
    private LargestScore() {}

    /**
     * The class of largest score for each example; the first of equals.
     *
     * @param scores m × classes
     * @param intercepts added to the scores, one for each class
     */
    static int[] of(DoubleMatrix scores, double[] intercepts) {
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

package org.lamella.probe;

import java.util.stream.IntStream;
import org.lamella.linalg.DoubleMatrix;

/**
 * The inner products that a linear classifier needs: those of the examples it learns from with one another, and with those it is
 * scored on, features centred by the mean of the former alone and scaled so that their mean squared norm is 1.
 *
 * @param learn n × n; the whole matrix
 * @param score m × n
 */
record KernelSplit(DoubleMatrix learn, DoubleMatrix score) implements AutoCloseable {
    /**
     * Cut out of a Gram matrix of all examples, whatever its features were centred by.
     *
     * @param gram of all examples; not modified
     * @param learned positions of those to learn from
     * @param scored positions of those to score on
     */
    static KernelSplit of(DoubleMatrix gram, int[] learned, int[] scored) {
        DoubleMatrix learn = cut(gram, learned, learned);
        DoubleMatrix score = cut(gram, scored, learned);
        double[] means = rowMeans(learn);
        double mean = IntStream.range(0, means.length)
                .mapToDouble(i -> means[i])
                .average()
                .orElse(0);
        subtract(learn, means, means, mean);
        subtract(score, rowMeans(score), means, mean);
        double scale = scale(learn);
        learn.scale(scale);
        score.scale(scale);
        return new KernelSplit(learn, score);
    }

    /** What the mean squared norm is to be multiplied by to be 1; 0 where all examples are the same. */
    static double scale(DoubleMatrix centred) {
        double trace = IntStream.range(0, centred.rows())
                .mapToDouble(i -> centred.get(i, i))
                .sum();
        return trace > 0 ? centred.rows() / trace : 0;
    }

    private static DoubleMatrix cut(DoubleMatrix gram, int[] rows, int[] columns) {
        DoubleMatrix part = DoubleMatrix.allocate(rows.length, columns.length);
        double[] whole = new double[gram.columns()];
        double[] some = new double[columns.length];
        for (int i = 0; i < rows.length; i++) {
            gram.readRow(rows[i], whole);
            for (int j = 0; j < columns.length; j++) {
                some[j] = whole[columns[j]];
            }
            part.writeRow(i, some);
        }
        return part;
    }

    private static double[] rowMeans(DoubleMatrix matrix) {
        double[] means = new double[matrix.rows()];
        double[] row = new double[matrix.columns()];
        for (int i = 0; i < means.length; i++) {
            matrix.readRow(i, row);
            double sum = 0;
            for (double value : row) {
                sum += value;
            }
            means[i] = sum / row.length;
        }
        return means;
    }

    private static void subtract(DoubleMatrix matrix, double[] rowMeans, double[] columnMeans, double mean) {
        double[] row = new double[matrix.columns()];
        for (int i = 0; i < matrix.rows(); i++) {
            matrix.readRow(i, row);
            double shift = rowMeans[i] - mean;
            for (int j = 0; j < row.length; j++) {
                row[j] -= shift + columnMeans[j];
            }
            matrix.writeRow(i, row);
        }
    }

    @Override
    public void close() {
        learn.close();
        score.close();
    }
}

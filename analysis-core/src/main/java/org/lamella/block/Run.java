package org.lamella.block;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/**
 * A run of successive layers, found by {@link #best}.
 *
 * @param start the first layer
 * @param end after the last layer
 * @param mean of the similarities of the pairs inside
 * @param min the least of them
 * @param before {@code min} less the mean similarity of the layer before to those inside; NaN if there is none
 * @param after the same of the layer after
 */
record Run(int start, int end, double mean, double min, double before, double after) {
    int length() {
        return end - start;
    }

    /** At the weaker border; a run has one at least. */
    double contrast() {
        return Double.isNaN(before) ? after : Double.isNaN(after) ? before : Math.min(before, after);
    }

    /** What the search makes as large as it can. */
    double score() {
        return length() * contrast();
    }

    /**
     * The runs without a layer in common that have the largest sum of scores: exactly, by a scan of all runs that carries
     * minimum and sums along, and dynamic programming over their ends. All layers together are no run, having no border.
     *
     * <p>Cost: size² / 2 steps, and no memory but a few numbers a layer.
     *
     * @param values similarities, row by row, symmetric, without NaN; not modified
     * @param length that a run has at least, 2 or more
     * @param similarity that every pair of a run has at least
     * @param contrast that a run has at least
     */
    static List<Run> best(double[] values, int size, int length, double similarity, double contrast) {
        // Of the runs that start at s and end where the scan is: least pair, sum of pairs, and sum of the layer before.
        double[] least = new double[size];
        double[] inside = new double[size];
        double[] before = new double[size];
        Arrays.fill(least, Double.POSITIVE_INFINITY);
        double[] score = new double[size + 1];
        Run[] last = new Run[size + 1];
        for (int end = 1; end <= size; end++) {
            int row = (end - 1) * size;
            int next = end * size;
            double leastOfRow = Double.POSITIVE_INFINITY;
            double sumOfRow = 0;
            double after = 0;
            score[end] = score[end - 1];
            for (int start = end - 1; start >= 0; start--) {
                if (start < end - 1) {
                    leastOfRow = Math.min(leastOfRow, values[row + start]);
                    sumOfRow += values[row + start];
                    least[start] = Math.min(least[start], leastOfRow);
                    inside[start] += sumOfRow;
                }
                before[start] += start > 0 ? values[row + start - 1] : 0;
                after += end < size ? values[next + start] : 0;
                int count = end - start;
                if (count < length || least[start] < similarity || count == size) {
                    continue;
                }
                double atStart = start > 0 ? least[start] - before[start] / count : Double.NaN;
                double atEnd = end < size ? least[start] - after / count : Double.NaN;
                double gained =
                        score[start] + count * (start == 0 ? atEnd : end == size ? atStart : Math.min(atStart, atEnd));
                if (gained > score[end] && !(atStart < contrast) && !(atEnd < contrast)) {
                    score[end] = gained;
                    last[end] = new Run(
                            start, end, inside[start] / (count * (count - 1) / 2.0), least[start], atStart, atEnd);
                }
            }
        }
        Deque<Run> chosen = new ArrayDeque<>();
        for (int end = size; end > 0; ) {
            Run run = last[end];
            if (run == null) {
                end--;
            } else {
                chosen.addFirst(run);
                end = run.start();
            }
        }
        return List.copyOf(chosen);
    }
}

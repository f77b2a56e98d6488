package org.lamella.measure;

import java.util.Arrays;

/** Ranks of numbers. */
final class Ranks {
    private Ranks() {}

    /**
     * The rank of each number, from 0; equal ones share the mean of theirs. Not modified: the numbers, of which there are fewer than
     * 2^31 and none is NaN. Costs two sorts of as many numbers.
     */
    static double[] of(double[] numbers) {
        double[] sorted = numbers.clone();
        Arrays.sort(sorted);
        double[] distinct = new double[sorted.length];
        double[] shared = new double[sorted.length];
        int count = 0;
        for (int from = 0; from < sorted.length; ) {
            int to = from + 1;
            while (to < sorted.length && sorted[to] == sorted[from]) {
                to++;
            }
            distinct[count] = sorted[from];
            shared[count++] = (from + to - 1) / 2.0;
            from = to;
        }
        double[] ranks = new double[numbers.length];
        for (int i = 0; i < numbers.length; i++) {
            ranks[i] = shared[Arrays.binarySearch(distinct, 0, count, numbers[i])];
        }
        return ranks;
    }
}

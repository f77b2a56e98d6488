package org.lamella.measure;

import java.util.Arrays;

/**
 * What a measure gives where two layers' examples are paired at random: for each pair of layers the values over permutations of the
 * column's examples. A value that the permutations reach as well says nothing of the layers.
 *
 * <p>The same permutations are used for all pairs, so that they can be compared. Immutable.
 */
public final class ChanceLevel {
    private static final double LIMIT = 0.95;

    private final int layers;
    private final Direction direction;
    /** For each cell, row by row, the values over permutations in ascending order. */
    private final double[][] sorted;

    private final double[] observed;

    /**
     * @param observed the values without permutation, row by row
     * @param permuted for each permutation the values of all cells
     */
    ChanceLevel(int layers, Direction direction, double[] observed, double[][] permuted) {
        this.layers = layers;
        this.direction = direction;
        this.observed = observed.clone();
        this.sorted = new double[observed.length][permuted.length];
        for (int cell = 0; cell < observed.length; cell++) {
            for (int b = 0; b < permuted.length; b++) {
                sorted[cell][b] = permuted[b][cell];
            }
            Arrays.sort(sorted[cell]);
        }
    }

    /** Number of permutations. */
    public int permutations() {
        return sorted[0].length;
    }

    /** The mean over the permutations; NaN where a layer has no value. */
    public double mean(int row, int column) {
        return Arrays.stream(values(row, column)).average().orElse(Double.NaN);
    }

    /** The standard deviation over the permutations; NaN where there are fewer than two. */
    public double standardDeviation(int row, int column) {
        double[] values = values(row, column);
        double mean = mean(row, column);
        double squares = Arrays.stream(values)
                .map(value -> (value - mean) * (value - mean))
                .sum();
        return values.length < 2 ? Double.NaN : Math.sqrt(squares / (values.length - 1));
    }

    /**
     * The value that 5 % of the permutations surpass: the 95th percentile of a similarity, the 5th of a distance, between two values in
     * proportion.
     */
    public double limit(int row, int column) {
        double[] values = values(row, column);
        double place = (direction == Direction.SIMILARITY ? LIMIT : 1 - LIMIT) * (values.length - 1);
        int below = (int) Math.floor(place);
        int above = Math.min(values.length - 1, below + 1);
        return values[below] + (place - below) * (values[above] - values[below]);
    }

    /** How many standard deviations the value is from the mean of the permutations, positive towards being more alike. */
    public double deviations(int row, int column) {
        double difference = observed[row * layers + column] - mean(row, column);
        return (direction == Direction.SIMILARITY ? difference : -difference) / standardDeviation(row, column);
    }

    /**
     * The share of permutations, the one that is none counted among them, whose layers are at least as much alike: (1 + k) / (1 + B),
     * a valid p-value (Phipson and Smyth 2010). It cannot be less than 1 / (1 + B).
     */
    public double exceedance(int row, int column) {
        double value = observed[row * layers + column];
        if (Double.isNaN(value)) {
            return Double.NaN;
        }
        long reached = Arrays.stream(values(row, column))
                .filter(other -> direction.atLeastAsAlike(other, value))
                .count();
        return (1.0 + reached) / (1 + permutations());
    }

    private double[] values(int row, int column) {
        return sorted[row * layers + column];
    }
}

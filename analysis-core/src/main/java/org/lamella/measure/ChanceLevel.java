package org.lamella.measure;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What a measure gives where two layers' examples are paired at random: for each pair of layers the values over permutations of the
 * column's examples. A value that the permutations reach as well says nothing of the layers.
 *
 * <p>The same permutations are used for all pairs, so that they can be compared.
 *
 * @param layers how many there are
 * @param permutations how many there were
 * @param cells a cell for each pair, row by row
 */
public record ChanceLevel(int layers, int permutations, List<Cell> cells) {
    private static final double LIMIT = 0.95;

    public ChanceLevel {
        cells = List.copyOf(cells);
        if (cells.size() != layers * layers) {
            throw new IllegalArgumentException(
                    "%d layers have %d cells, not %d".formatted(layers, layers * layers, cells.size()));
        }
    }

    /**
     * A pair of layers.
     *
     * @param mean over the permutations; NaN where a layer has no value
     * @param standardDeviation over the permutations; NaN where there are fewer than two
     * @param limit the value that 5 % of the permutations surpass: the 95th percentile of a similarity, the 5th of a distance, between
     *     two values in proportion
     * @param deviations how many standard deviations the value is from the mean of the permutations, positive towards being more alike
     * @param exceedance the share of permutations, the one that is none counted among them, whose layers are at least as much alike:
     *     (1 + k) / (1 + B), a valid p-value (Phipson and Smyth 2010). It cannot be less than 1 / (1 + B)
     */
    public record Cell(double mean, double standardDeviation, double limit, double deviations, double exceedance) {
        private static Cell of(Direction direction, double observed, double[] permuted) {
            double[] values = permuted.clone();
            Arrays.sort(values);
            double mean = Arrays.stream(values).average().orElse(Double.NaN);
            double squares = Arrays.stream(values)
                    .map(value -> (value - mean) * (value - mean))
                    .sum();
            double deviation = values.length < 2 ? Double.NaN : Math.sqrt(squares / (values.length - 1));
            double difference = direction == Direction.SIMILARITY ? observed - mean : mean - observed;
            return new Cell(
                    mean,
                    deviation,
                    limit(direction, values),
                    difference / deviation,
                    exceedance(direction, observed, values));
        }

        private static double limit(Direction direction, double[] sorted) {
            double place = (direction == Direction.SIMILARITY ? LIMIT : 1 - LIMIT) * (sorted.length - 1);
            int below = (int) Math.floor(place);
            int above = Math.min(sorted.length - 1, below + 1);
            return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
        }

        private static double exceedance(Direction direction, double observed, double[] values) {
            if (Double.isNaN(observed)) {
                return Double.NaN;
            }
            long reached = Arrays.stream(values)
                    .filter(other -> direction.atLeastAsAlike(other, observed))
                    .count();
            return (1.0 + reached) / (1 + values.length);
        }
    }

    /**
     * @param observed the values without permutation, row by row
     * @param permuted for each permutation the values of all cells
     */
    static ChanceLevel of(int layers, Direction direction, double[] observed, double[][] permuted) {
        return new ChanceLevel(
                layers,
                permuted.length,
                IntStream.range(0, observed.length)
                        .mapToObj(cell -> Cell.of(
                                direction,
                                observed[cell],
                                Arrays.stream(permuted)
                                        .mapToDouble(values -> values[cell])
                                        .toArray()))
                        .toList());
    }

    /** The pair of two layers. */
    public Cell at(int row, int column) {
        return cells.get(row * layers + column);
    }
}

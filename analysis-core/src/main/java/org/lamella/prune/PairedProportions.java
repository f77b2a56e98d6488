package org.lamella.prune;

import java.util.function.DoubleUnaryOperator;

/**
 * Two proportions of the same examples: how many are right before, and after.
 *
 * @param examples how many there are
 * @param lost right before and wrong after
 * @param gained wrong before and right after
 */
record PairedProportions(long examples, long lost, long gained) {
    /** Halvings of an interval of length 2: to the last bit of a double near 1. */
    private static final int HALVINGS = 60;

    PairedProportions {
        if (examples < 1 || lost < 0 || gained < 0 || lost + gained > examples) {
            throw new IllegalArgumentException(
                    "of %d examples %d and %d cannot differ".formatted(examples, lost, gained));
        }
    }

    /** By how much the proportion falls; negative where it rises. */
    double drop() {
        return (double) (lost - gained) / examples;
    }

    /**
     * The drop with Tango's score interval (Tango 1998, Statistics in Medicine 17): the drops that a score test does not refuse. It keeps
     * its level also where few examples differ, and is not of length zero where none does.
     *
     * @param z quantile of the standard normal distribution for each end
     */
    Interval drop(double z) {
        double estimate = drop();
        DoubleUnaryOperator score = this::score;
        double lower = root(drop -> score.applyAsDouble(drop) - z, -1, estimate);
        double upper = root(drop -> score.applyAsDouble(drop) + z, estimate, 1);
        return new Interval(estimate, lower, upper);
    }

    /** Where a falling function is zero. */
    private static double root(DoubleUnaryOperator falling, double from, double to) {
        double low = from;
        double high = to;
        for (int i = 0; i < HALVINGS; i++) {
            double middle = (low + high) / 2;
            if (falling.applyAsDouble(middle) > 0) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return (low + high) / 2;
    }

    /** How far the observed drop lies above a supposed one, in standard deviations under the supposition. */
    double score(double supposed) {
        double difference = lost - gained - examples * supposed;
        double variance = examples * (2 * gainedIf(supposed) + supposed * (1 - supposed));
        if (variance <= 0) {
            return difference == 0 ? 0 : Math.copySign(Double.POSITIVE_INFINITY, difference);
        }
        return difference / Math.sqrt(variance);
    }

    /** The likeliest share of gained examples if the drop is as supposed. */
    double gainedIf(double supposed) {
        double a = 2.0 * examples;
        double b = -(lost + gained) + (2.0 * examples - lost + gained) * supposed;
        double c = -gained * supposed * (1 - supposed);
        return Math.max(0, (Math.sqrt(Math.max(0, b * b - 4 * a * c)) - b) / (2 * a));
    }

    /** McNemar's exact test that examples are lost and gained alike: the two-sided probability of what was seen or further away. */
    double mcNemar() {
        long differ = lost + gained;
        long fewer = Math.min(lost, gained);
        double logarithm = -differ * Math.log(2);
        double sum = 0;
        for (long k = 0; k <= fewer; k++) {
            sum += Math.exp(logarithm);
            logarithm += Math.log((double) (differ - k)) - Math.log((double) (k + 1));
        }
        return Math.min(1, 2 * sum);
    }
}

package org.lamella.prune;

/**
 * A number that was estimated from examples, with what else it may be.
 *
 * @param value the estimate
 * @param lower end of the interval
 * @param upper end of the interval
 */
public record Interval(double value, double lower, double upper) {
    /** Of the standard normal distribution, 97.5 %: two-sided intervals of 95 %. */
    static final double TWO_SIDED = 1.959963984540054;

    /** Of the standard normal distribution, 95 %: each end of an interval is a one-sided bound of 95 %. */
    static final double ONE_SIDED = 1.6448536269514722;

    /**
     * A proportion with Wilson's interval of 95 % (Wilson 1927).
     *
     * @param count how many of {@code of} have a property
     * @param of at least 1
     */
    static Interval proportion(long count, long of) {
        double z2 = TWO_SIDED * TWO_SIDED;
        double share = (double) count / of;
        double middle = (count + z2 / 2) / (of + z2);
        double half = TWO_SIDED / (of + z2) * Math.sqrt(count * (1 - share) + z2 / 4);
        return new Interval(share, count == 0 ? 0 : middle - half, count == of ? 1 : middle + half);
    }

    @Override
    public String toString() {
        return "%.4f (%.4f to %.4f)".formatted(value, lower, upper);
    }
}

package org.lamella.probe;

/**
 * Where a share may lie that was seen as k of n independent trials, with 95 % confidence (Wilson 1927). Unlike the share plus or
 * minus two standard errors it stays within 0 and 1 and has a width where k is 0 or n.
 */
public record WilsonInterval(double low, double high) {
    /** The 97.5th percentile of the normal distribution. */
    private static final double Z = 1.959963984540054;

    /** Of k successes in n trials, n at least 1. */
    public static WilsonInterval of(int successes, int trials) {
        if (trials < 1 || successes < 0 || successes > trials) {
            throw new IllegalArgumentException("%d of %d".formatted(successes, trials));
        }
        double share = (double) successes / trials;
        double spread = Z * Z / trials;
        double centre = (share + spread / 2) / (1 + spread);
        double half = Z / (1 + spread) * Math.sqrt(share * (1 - share) / trials + spread / (4 * trials));
        return new WilsonInterval(successes == 0 ? 0 : centre - half, successes == trials ? 1 : centre + half);
    }
}

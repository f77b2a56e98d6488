package org.lamella.prune;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * The mean of numbers with bounds by the bootstrap-t (Efron and Tibshirani 1993, chapter 12), which follows the skewness that distances
 * have: most are small, a few are large.
 */
final class BootstrapMean {
    private static final int RESAMPLES = 2000;

    private BootstrapMean() {}

    /**
     * @param numbers at least one
     * @param share of resamples beyond each end, such as 0.05
     */
    static Interval of(double[] numbers, double share, long seed) {
        double mean = mean(numbers);
        double error = standardError(numbers, mean);
        if (!(error > 0)) {
            return new Interval(mean, mean, mean);
        }
        SplittableRandom random = new SplittableRandom(seed);
        double[] deviations = new double[RESAMPLES];
        double[] resample = new double[numbers.length];
        for (int i = 0; i < RESAMPLES; i++) {
            for (int k = 0; k < resample.length; k++) {
                resample[k] = numbers[random.nextInt(numbers.length)];
            }
            double its = mean(resample);
            double itsError = standardError(resample, its);
            deviations[i] = itsError > 0 ? (its - mean) / itsError : Math.signum(its - mean) * Double.MAX_VALUE;
        }
        Arrays.sort(deviations);
        int beyond = (int) Math.floor(share * RESAMPLES);
        return new Interval(mean, mean - deviations[RESAMPLES - 1 - beyond] * error, mean - deviations[beyond] * error);
    }

    private static double mean(double[] numbers) {
        return Arrays.stream(numbers).sum() / numbers.length;
    }

    private static double standardError(double[] numbers, double mean) {
        double squares = 0;
        for (double number : numbers) {
            squares += (number - mean) * (number - mean);
        }
        return Math.sqrt(squares / Math.max(1, numbers.length - 1) / numbers.length);
    }
}

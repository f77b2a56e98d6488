package org.lamella.similarity;

import java.util.Arrays;
import java.util.List;

/**
 * The standard error of a ratio of sums by leaving out one group at a time (Efron and Stein 1981).
 *
 * <p>With groups g = 1 … G and θ_(g) the value without group g: SE² = (G - 1)/G Σ (θ_(g) - mean)². It needs two groups or
 * more. Cost: G times the number of cells.
 */
final class Jackknife {
    private Jackknife() {}

    /** Standard errors of {@link HsicSums#cka}, in the same order; NaN where there are fewer than two groups. */
    static double[] standardErrors(List<HsicSums> groups) {
        List<HsicSums> filled =
                groups.stream().filter(group -> group.batches() > 0).toList();
        HsicSums total = HsicSums.total(groups);
        int cells = Math.multiplyExact(total.layers(), total.layers());
        double[] errors = new double[cells];
        if (filled.size() < 2) {
            Arrays.fill(errors, Double.NaN);
            return errors;
        }
        // Welford's update: the deviations are small beside the values.
        double[] mean = new double[cells];
        for (int g = 0; g < filled.size(); g++) {
            double[] without = total.minus(filled.get(g)).cka();
            for (int i = 0; i < cells; i++) {
                double deviation = without[i] - mean[i];
                mean[i] += deviation / (g + 1);
                errors[i] += deviation * (without[i] - mean[i]);
            }
        }
        double factor = (filled.size() - 1.0) / filled.size();
        for (int i = 0; i < cells; i++) {
            errors[i] = Math.sqrt(factor * errors[i]);
        }
        return errors;
    }
}

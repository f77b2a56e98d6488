package org.lamella.measure;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/**
 * Singular vector CCA (Raghu et al. 2017): the mean canonical correlation of the fewest leading principal components of either layer
 * that have a share of its variance. Defined for any number of features; the components must be fewer than the examples to say much.
 *
 * @param share of the variance, 0.99 in the paper
 */
public record Svcca(double share) implements SpectralMeasure {
    public Svcca {
        if (!(share > 0 && share <= 1)) {
            throw new IllegalArgumentException("--svcca-variance must be above 0 and at most 1, not " + share);
        }
    }

    @Override
    public String name() {
        return "svcca";
    }

    @Override
    public String title() {
        return String.format(Locale.ROOT, "SVCCA of %s of the variance", share);
    }

    @Override
    public Direction direction() {
        return Direction.SIMILARITY;
    }

    @Override
    public Set<Invariance> invariances() {
        return EnumSet.of(Invariance.ROTATION, Invariance.SCALE, Invariance.SHIFT);
    }

    @Override
    public Subspace prepare(LayerGeometry layer) {
        layer.requireVaried();
        double[] values = layer.spectrum().values();
        double all = Arrays.stream(values).map(s -> s * s).sum();
        int count = 0;
        double sum = 0;
        while (count < values.length && (count == 0 || sum / all < share)) {
            sum += values[count] * values[count];
            count++;
        }
        return Subspace.leading(layer.spectrum(), count);
    }

    @Override
    public double compare(Subspace row, Subspace column) {
        double[] correlations = row.singularValuesWith(column);
        return CanonicalCorrelation.sumOfCorrelations(correlations) / correlations.length;
    }
}

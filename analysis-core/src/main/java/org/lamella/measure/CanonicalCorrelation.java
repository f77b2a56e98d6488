package org.lamella.measure;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import org.lamella.LamellaException;
import org.lamella.linalg.DoubleMatrix;
import org.lamella.similarity.LayerId;

/**
 * The mean of the canonical correlations ρ of two layers, or of their squares (Hotelling 1936; Kornblith et al. 2019, sec. 3: there
 * R̄ and R²). ρ are the singular values of Uᵀ Uʹ, as many as the smaller of the two ranks.
 *
 * <p>With features as many as examples or more, any two layers correlate perfectly and the measure tells nothing: it is refused. A
 * ridge (Vinod 1976) makes it defined: κ is added to the variance of every direction, and the singular values are those of
 * diag(s / √(s² + κ)) Uᵀ Uʹ diag(sʹ / √(sʹ² + κʹ)), κ being the ridge times the layer's mean s² over n - 1 directions. It is then no
 * longer blind to linear maps, and a layer's value with itself is below 1.
 *
 * @param mean of what
 * @param ridge 0 for none
 */
public record CanonicalCorrelation(Mean mean, double ridge) implements SpectralMeasure {
    /** What is averaged. */
    public enum Mean {
        /** ρ. */
        CORRELATIONS,
        /** ρ². */
        SQUARES
    }

    public CanonicalCorrelation {
        if (!(ridge >= 0) || Double.isInfinite(ridge)) {
            throw new IllegalArgumentException("--cca-ridge must be at least 0 and finite, not " + ridge);
        }
    }

    @Override
    public String name() {
        return mean == Mean.CORRELATIONS ? "mean-cca" : "mean-squared-cca";
    }

    @Override
    public String title() {
        String base = mean == Mean.CORRELATIONS ? "mean CCA correlation" : "mean squared CCA correlation";
        return ridge == 0 ? base : String.format(Locale.ROOT, "%s, ridge %s", base, ridge);
    }

    @Override
    public Direction direction() {
        return Direction.SIMILARITY;
    }

    @Override
    public Set<Invariance> invariances() {
        return ridge == 0
                ? EnumSet.allOf(Invariance.class)
                : EnumSet.of(Invariance.ROTATION, Invariance.SCALE, Invariance.SHIFT);
    }

    @Override
    public void requireDefined(LayerId layer, long features, int examples) {
        if (ridge == 0) {
            requireFewerFeatures(name(), layer, features, examples, "take svcca, or --cca-ridge 0.1");
        }
    }

    static void requireFewerFeatures(String measure, LayerId layer, long features, int examples, String instead) {
        if (features >= examples - 1) {
            throw new LamellaException(
                    "--measure " + measure,
                    "is not defined for layer '%s', which has %,d features and %,d examples: any two such layers correlate perfectly; %s, more --examples, or --layers without it"
                            .formatted(layer, features, examples, instead));
        }
    }

    @Override
    public Subspace prepare(LayerGeometry layer) {
        layer.requireVaried();
        requireDefined(layer.layer(), layer.features(), layer.examples());
        double[] values = layer.spectrum().values();
        double kappa = ridge * Arrays.stream(values).map(s -> s * s).sum() / (layer.examples() - 1);
        return Subspace.of(
                layer.spectrum(),
                Arrays.stream(values).map(s -> s / Math.sqrt(s * s + kappa)).toArray());
    }

    @Override
    public double compare(Subspace row, Subspace column) {
        int correlations = Math.min(row.rank(), column.rank());
        if (mean == Mean.CORRELATIONS) {
            return sumOfCorrelations(row.singularValuesWith(column)) / correlations;
        }
        try (DoubleMatrix overlap = row.overlapWith(column)) {
            return Math.min(1, squaredNorm(overlap) / correlations);
        }
    }

    private static double squaredNorm(DoubleMatrix matrix) {
        double sum = 0;
        double[] row = new double[matrix.columns()];
        for (int i = 0; i < matrix.rows(); i++) {
            matrix.readRow(i, row);
            sum += Arrays.stream(row).map(value -> value * value).sum();
        }
        return sum;
    }

    /** Correlations are at most 1 but for rounding. */
    static double sumOfCorrelations(double[] singularValues) {
        return Arrays.stream(singularValues).map(value -> Math.min(1, value)).sum();
    }
}

package org.lamella.measure;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import org.lamella.linalg.DoubleMatrix;
import org.lamella.linalg.SingularValues;
import org.lamella.similarity.LayerId;

/**
 * Projection-weighted CCA (Morcos, Raghu and Bengio 2018): the canonical correlations ρᵢ of two layers, weighted by how much of the
 * <em>row's</em> layer X is along each canonical direction hᵢ: αᵢ = Σ over the features xₖ of |hᵢ·xₖ|. So the value of a row's layer
 * with a column's is not that of the column's with the row's. Refused for features as many as examples or more, as CCA is.
 *
 * <p>Turning the features of the row's layer changes the weights; those of the column's layer may go through any invertible map.
 */
public record Pwcca() implements SpectralMeasure {
    @Override
    public String name() {
        return "pwcca";
    }

    @Override
    public String title() {
        return "PWCCA, weighted by the rows' layer";
    }

    @Override
    public Direction direction() {
        return Direction.SIMILARITY;
    }

    /** What may be done to either layer. */
    @Override
    public Set<Invariance> invariances() {
        return EnumSet.of(Invariance.SCALE, Invariance.SHIFT);
    }

    @Override
    public boolean isSymmetric() {
        return false;
    }

    @Override
    public void requireDefined(LayerId layer, long features, int examples) {
        CanonicalCorrelation.requireFewerFeatures(name(), layer, features, examples, "take svcca");
    }

    @Override
    public Subspace prepare(LayerGeometry layer) {
        layer.requireVaried();
        requireDefined(layer.layer(), layer.features(), layer.examples());
        double[] ones = new double[layer.spectrum().rank()];
        Arrays.fill(ones, 1);
        return Subspace.of(layer.spectrum(), ones);
    }

    @Override
    public double compare(Subspace row, Subspace column) {
        DoubleMatrix features = requireNonNull(row.scaledFeatures());
        try (DoubleMatrix overlap = row.overlapWith(column);
                SingularValues canonical = SingularValues.of(overlap);
                // hᵢ = U aᵢ, so hᵢ·xₖ is aᵢ times what Uᵀ X has for feature k.
                DoubleMatrix projections = canonical.left().transposeTimes(features)) {
            double weighted = 0;
            double weights = 0;
            double[] onFeatures = new double[projections.columns()];
            for (int i = 0; i < canonical.count(); i++) {
                projections.readRow(i, onFeatures);
                double weight = Arrays.stream(onFeatures).map(Math::abs).sum();
                weighted += weight * Math.min(1, canonical.value(i));
                weights += weight;
            }
            return weighted / weights;
        }
    }
}

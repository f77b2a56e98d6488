package org.lamella.measure;

import java.util.EnumSet;
import java.util.Set;
import org.lamella.similarity.Estimator;

/**
 * Linear CKA on all examples at once (Kornblith et al. 2019): the cosine of the centred Gram matrices X Xᵀ and Y Yᵀ. Unbiased, the
 * matrices are U-centred, so HSIC is estimated as by Song et al. (2012, eq. 5); biased, they are double-centred. The command
 * {@code cka} gives the same over minibatches.
 *
 * @param estimator of HSIC
 */
public record LinearCka(Estimator estimator) implements KernelMeasure {
    @Override
    public String name() {
        return estimator == Estimator.UNBIASED ? "cka" : "cka-biased";
    }

    @Override
    public String title() {
        return "linear CKA, " + estimator + ", all examples at once";
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
    public PackedMatrix prepare(LayerGeometry layer) {
        layer.requireVaried();
        int n = layer.examples();
        double[] gram = layer.gram();
        double scale = 0;
        for (int i = 0; i < n; i++) {
            scale = Math.max(scale, gram[i * n + i]);
        }
        if (estimator == Estimator.UNBIASED) {
            SymmetricMatrices.uCentre(gram, n);
        } // else features are centred, and so are the rows of their Gram matrix
        return PackedMatrix.of(gram, n, scale, "its examples are all equally far from each other");
    }
}

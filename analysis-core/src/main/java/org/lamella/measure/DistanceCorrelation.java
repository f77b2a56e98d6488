package org.lamella.measure;

import java.util.EnumSet;
import java.util.Set;

/**
 * Distance correlation (Székely, Rizzo and Bakirov 2007, definitions 4 and 5): the square root of the cosine of the double-centred
 * matrices of Euclidean distances. 0 in the limit of many examples exactly where the layers are independent; with few examples and
 * many features it is far above 0 for independent layers too, as biased CKA is: set it against its null.
 */
public record DistanceCorrelation() implements KernelMeasure {
    @Override
    public String name() {
        return "distance-correlation";
    }

    @Override
    public String title() {
        return "distance correlation";
    }

    @Override
    public Direction direction() {
        return Direction.SIMILARITY;
    }

    @Override
    public Set<Invariance> invariances() {
        return EnumSet.of(Invariance.ROTATION, Invariance.SCALE, Invariance.SHIFT);
    }

    /** The squared distance covariance cannot be negative, but for rounding. */
    @Override
    public double ofCosine(double cosine) {
        return Math.sqrt(Math.max(0, cosine));
    }

    @Override
    public PackedMatrix prepare(LayerGeometry layer) {
        layer.requireVaried();
        int n = layer.examples();
        double[] distances = layer.squaredDistances();
        double largest = 0;
        for (int i = 0; i < distances.length; i++) {
            distances[i] = Math.sqrt(distances[i]);
            largest = Math.max(largest, distances[i]);
        }
        SymmetricMatrices.doubleCentre(distances, n);
        return PackedMatrix.of(distances, n, largest, "its examples are all the same");
    }
}

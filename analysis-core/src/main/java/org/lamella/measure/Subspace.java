package org.lamella.measure;

import org.jspecify.annotations.Nullable;
import org.lamella.linalg.DoubleMatrix;
import org.lamella.linalg.SingularValues;

/** Directions over a layer's examples, each with a weight. */
final class Subspace implements PreparedLayer<Subspace> {
    /** Orthonormal rows: rank × n. */
    private final DoubleMatrix directions;

    private final double[] weights;
    private final @Nullable DoubleMatrix scaledFeatures;
    private final boolean owner;

    private Subspace(DoubleMatrix directions, double[] weights, @Nullable DoubleMatrix scaledFeatures, boolean owner) {
        this.directions = directions;
        this.weights = weights;
        this.scaledFeatures = scaledFeatures;
        this.owner = owner;
    }

    /** All directions of a spectrum, which keeps their memory. */
    static Subspace of(Spectrum spectrum, double[] weights) {
        return new Subspace(spectrum.directions(), weights, spectrum.scaledFeatures(), false);
    }

    /** The leading directions of a spectrum, with weight 1. */
    static Subspace leading(Spectrum spectrum, int count) {
        DoubleMatrix some = DoubleMatrix.allocate(count, spectrum.directions().columns());
        double[] weights = new double[count];
        double[] row = new double[some.columns()];
        for (int r = 0; r < count; r++) {
            spectrum.directions().readRow(r, row);
            some.writeRow(r, row);
            weights[r] = 1;
        }
        return new Subspace(some, weights, null, true);
    }

    /** Number of directions. */
    int rank() {
        return weights.length;
    }

    /** S Vᵀ = Uᵀ X of the layer, rank × p; null where its features are not fewer than the examples. */
    @Nullable
    DoubleMatrix scaledFeatures() {
        return scaledFeatures;
    }

    /** W Uᵀ Uʹ Wʹ with the weights on the diagonals of W and Wʹ: rank × rank of the other; the caller's to close. */
    DoubleMatrix overlapWith(Subspace other) {
        DoubleMatrix overlap = directions.timesTranspose(other.directions);
        double[] row = new double[other.rank()];
        for (int i = 0; i < rank(); i++) {
            overlap.readRow(i, row);
            for (int j = 0; j < row.length; j++) {
                row[j] *= weights[i] * other.weights[j];
            }
            overlap.writeRow(i, row);
        }
        return overlap;
    }

    /** The singular values of {@link #overlapWith}, the largest first. */
    double[] singularValuesWith(Subspace other) {
        try (DoubleMatrix overlap = overlapWith(other)) {
            return SingularValues.alone(overlap);
        }
    }

    @Override
    public Subspace permuted(int[] order) {
        int n = directions.columns();
        DoubleMatrix moved = DoubleMatrix.allocate(rank(), n);
        double[] from = new double[n];
        double[] to = new double[n];
        for (int r = 0; r < rank(); r++) {
            directions.readRow(r, from);
            for (int i = 0; i < n; i++) {
                to[i] = from[order[i]];
            }
            moved.writeRow(r, to);
        }
        return new Subspace(moved, weights, scaledFeatures, true);
    }

    @Override
    public void close() {
        if (owner) {
            directions.close();
        }
    }
}

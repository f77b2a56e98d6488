package org.lamella.measure;

import org.jspecify.annotations.Nullable;
import org.lamella.linalg.DoubleMatrix;
import org.lamella.linalg.SingularValues;
import org.lamella.linalg.SymmetricEigen;

/**
 * The singular value decomposition U S Vᵀ of the centred features X, n × p.
 *
 * <p>Where p < n it is taken of X itself, and directions below 1e-10 of the largest singular value are rounding. Else it is taken
 * of X Xᵀ = U S² Uᵀ: singular values below 1e-7 of the largest, whose squares are float64's rounding, are left out, and V is not
 * known. Cost: about 9 n³ operations for p ≥ n, 6 n p² + 20 p³ else.
 */
final class Spectrum implements AutoCloseable {
    private static final double ROUNDING_OF_FEATURES = 1e-10;
    private static final double ROUNDING_OF_GRAM = 1e-7;

    private final int rank;
    private final DoubleMatrix directions;
    private final double[] values;
    private final @Nullable DoubleMatrix scaledFeatures;

    private Spectrum(double[] values, DoubleMatrix directions, @Nullable DoubleMatrix scaledFeatures) {
        this.rank = values.length;
        this.values = values;
        this.directions = directions;
        this.scaledFeatures = scaledFeatures;
    }

    static Spectrum of(LayerGeometry layer) {
        DoubleMatrix features = layer.centredFeatures();
        return features == null ? ofGram(layer) : ofFeatures(features);
    }

    private static Spectrum ofFeatures(DoubleMatrix features) {
        int n = features.rows();
        int p = features.columns();
        try (DoubleMatrix copy = features.copy();
                SingularValues all = SingularValues.of(copy)) {
            int rank = 0;
            while (rank < all.count() && all.value(rank) > ROUNDING_OF_FEATURES * all.value(0)) {
                rank++;
            }
            double[] values = new double[rank];
            DoubleMatrix vectors = DoubleMatrix.allocate(rank, n);
            DoubleMatrix scaled = DoubleMatrix.allocate(rank, p);
            double[] example = new double[n];
            double[] feature = new double[p];
            for (int r = 0; r < rank; r++) {
                values[r] = all.value(r);
                for (int i = 0; i < n; i++) {
                    example[i] = all.left().get(i, r);
                }
                vectors.writeRow(r, example);
                all.right().readRow(r, feature);
                for (int k = 0; k < p; k++) {
                    feature[k] *= values[r];
                }
                scaled.writeRow(r, feature);
            }
            return new Spectrum(values, vectors, scaled);
        }
    }

    private static Spectrum ofGram(LayerGeometry layer) {
        int n = layer.examples();
        SymmetricEigen eigen;
        try (DoubleMatrix gram = DoubleMatrix.allocate(n, n)) {
            double[] whole = layer.gram();
            double[] row = new double[n];
            for (int i = 0; i < n; i++) {
                System.arraycopy(whole, i * n, row, 0, n);
                gram.writeRow(i, row);
            }
            eigen = SymmetricEigen.of(gram);
        }
        double smallest = ROUNDING_OF_GRAM * ROUNDING_OF_GRAM * eigen.value(0);
        int rank = 0;
        while (rank < n - 1 && eigen.value(rank) > smallest) {
            rank++;
        }
        double[] values = new double[rank];
        DoubleMatrix vectors = DoubleMatrix.allocate(rank, n);
        for (int r = 0; r < rank; r++) {
            values[r] = Math.sqrt(eigen.value(r));
            vectors.writeRow(r, eigen.vector(r));
        }
        return new Spectrum(values, vectors, null);
    }

    /** Number of singular values. */
    int rank() {
        return rank;
    }

    /** The singular values, the largest first. */
    double[] values() {
        return values.clone();
    }

    /** Uᵀ, rank × n. Not a copy. */
    DoubleMatrix directions() {
        return directions;
    }

    /** S Vᵀ = Uᵀ X, rank × p; null where p ≥ n. Not a copy. */
    @Nullable
    DoubleMatrix scaledFeatures() {
        return scaledFeatures;
    }

    @Override
    public void close() {
        directions.close();
        if (scaledFeatures != null) {
            scaledFeatures.close();
        }
    }
}

package org.lamella.measure;

import org.jspecify.annotations.Nullable;
import org.lamella.linalg.DoubleMatrix;
import org.lamella.linalg.FullGram;
import org.lamella.similarity.LayerId;

/**
 * How the n examples lie in the space of one layer's p features: all inner products, in float64, and the features themselves where
 * they are fewer than the examples. All measures are made of it; the layer's activation is needed no more.
 *
 * <p>It takes 4 n² bytes outside the heap, and 8 n² more once its {@link #spectrum} is asked for.
 */
public final class LayerGeometry implements AutoCloseable {
    private final LayerId layer;
    private final int n;
    private final long features;
    private final DoubleMatrix gram;
    private final double[] shift;
    private final double[] featureSums;
    private final boolean constant;
    private final @Nullable DoubleMatrix centred;
    private @Nullable Spectrum spectrum;

    /**
     * Of a layer.
     *
     * @param gram copied
     * @param centred the centred features, n × p, owned from now on; null where p ≥ n
     */
    LayerGeometry(LayerId layer, FullGram gram, @Nullable DoubleMatrix centred) {
        this.layer = layer;
        this.n = gram.size();
        this.features = gram.features();
        this.shift = gram.shift().clone();
        this.featureSums = gram.featureSums().clone();
        this.constant = gram.isConstant();
        this.centred = centred;
        this.gram = DoubleMatrix.allocate(1, Triangle.length(n));
        double[] row = new double[n];
        for (int i = 0, to = 0; i < n; to += n - i, i++) {
            gram.centred().read(i, i, row, 0, n - i);
            this.gram.write(0, to, row, 0, n - i);
        }
    }

    /** Bytes outside the heap that so many layers take, with their spectra and what one measure prepares of them. */
    static long memory(int layers, int examples) {
        return 16L * layers * examples * examples;
    }

    /** Whose it is. */
    public LayerId layer() {
        return layer;
    }

    /** Number of examples, n. */
    public int examples() {
        return n;
    }

    /** Number of features, p. */
    public long features() {
        return features;
    }

    /** @throws UndefinedLayerException if the activation is the same for all examples, up to rounding */
    void requireVaried() {
        if (constant) {
            throw new UndefinedLayerException("its activation is the same for all examples");
        }
    }

    /** (xᵢ - x̄)·(xⱼ - x̄), n × n: a new array. */
    double[] gram() {
        double[] packed = new double[Triangle.length(n)];
        gram.readRow(0, packed);
        return Triangle.whole(packed, n);
    }

    /** ‖xᵢ - xⱼ‖², n × n: a new array; never negative, 0 on the diagonal. */
    double[] squaredDistances() {
        double[] matrix = gram();
        double[] norms = new double[n];
        for (int i = 0; i < n; i++) {
            norms[i] = matrix[i * n + i];
        }
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                double distance = norms[i] + norms[j] - 2 * matrix[i * n + j];
                matrix[i * n + j] = i == j ? 0 : Math.max(0, distance);
            }
        }
        return matrix;
    }

    /** xᵢ·xⱼ of the activation as it is, n × n: a new array. */
    double[] products() {
        double[] matrix = gram();
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                matrix[i * n + j] += shift[i] + shift[j];
            }
        }
        return matrix;
    }

    /** The mean of an example's features, as they are. */
    double exampleMean(int example) {
        return featureSums[example] / features;
    }

    /** The centred features, n × p, where p < n; else null. Not a copy. */
    @Nullable
    DoubleMatrix centredFeatures() {
        return centred;
    }

    /** The decomposition of the centred features, computed when first asked for and kept. */
    synchronized Spectrum spectrum() {
        Spectrum known = spectrum;
        if (known == null) {
            known = Spectrum.of(this);
            spectrum = known;
        }
        return known;
    }

    @Override
    public void close() {
        if (spectrum != null) {
            spectrum.close();
        }
        if (centred != null) {
            centred.close();
        }
        gram.close();
    }
}

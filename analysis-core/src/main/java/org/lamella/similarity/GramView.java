package org.lamella.similarity;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The Gram matrices of a stack as they are to be compared: as they are, or after something was done to every layer's activation
 * that shows in its inner products.
 */
public interface GramView {
    /**
     * Changes a row of a layer's centred Gram matrix, in the scale of {@link GramStack#scale}.
     *
     * @param layer position among the layers of the stack
     * @param row the example whose inner products these are
     * @param values its inner product with every example j, of which those from {@code row} on are set; changed in place
     */
    void apply(int layer, int row, double[] values);

    /** As they are. */
    static GramView whole() {
        return (layer, row, values) -> {};
    }

    /**
     * Without the first principal components of every layer: K - Σ λ u uᵀ.
     *
     * @param eigenvalues of each layer, in the stack's scale
     * @param scores of each layer: its eigenvectors, unit vectors over the examples
     */
    static GramView without(double[][] eigenvalues, double[][][] scores) {
        return (layer, row, values) -> {
            for (int c = 0; c < eigenvalues[layer].length; c++) {
                double[] u = scores[layer][c];
                double own = eigenvalues[layer][c] * u[row];
                for (int j = row; j < values.length; j++) {
                    values[j] -= own * u[j];
                }
            }
        };
    }

    /**
     * Of activations of which each example was scaled to unit norm before anything else. An example of norm 0 stays 0.
     * The result has unit norm at most, as the stack's matrices have.
     *
     * @param shifts of each layer, in the stack's scale: inner products as they are, less the centred ones
     * @param norms of each layer's examples, in the root of the stack's scale
     */
    static GramView unitNorm(double[][] shifts, double[][] norms) {
        double[][] weights = Arrays.stream(norms)
                .map(layer -> Arrays.stream(layer)
                        .map(norm -> norm > 0 ? 1 / norm / Math.sqrt(layer.length) : 0)
                        .toArray())
                .toArray(double[][]::new);
        return (layer, row, values) -> {
            double[] shift = shifts[layer];
            double[] weight = weights[layer];
            for (int j = row; j < values.length; j++) {
                values[j] = (values[j] + shift[row] + shift[j]) * weight[row] * weight[j];
            }
        };
    }

    /** All examples but some, in order. */
    static int[] others(int n, int[] leftOut) {
        int[] sorted = leftOut.clone();
        Arrays.sort(sorted);
        return IntStream.range(0, n)
                .filter(i -> Arrays.binarySearch(sorted, i) < 0)
                .toArray();
    }
}

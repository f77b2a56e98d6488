package org.lamella.similarity;

import java.util.List;

/**
 * HSIC of every pair of layers, summed over minibatches. Immutable; sums add, so batches, groups of batches, shards of the
 * data and resumed runs are all the same thing.
 *
 * <p>Memory: 8 bytes for each of the layers × (layers + 1) / 2 pairs.
 */
public final class HsicSums {
    private final int layers;
    private final int batches;
    private final long examples;
    private final double[] sums;

    private HsicSums(int layers, int batches, long examples, double[] sums) {
        this.layers = layers;
        this.batches = batches;
        this.examples = examples;
        this.sums = sums;
    }

    /** The sums over no batch. */
    public static HsicSums zero(int layers) {
        return new HsicSums(layers, 0, 0, new double[triangle(layers)]);
    }

    /**
     * Sums made elsewhere.
     *
     * @param examples how many examples the batches had in all
     * @param upperTriangle the pairs (i, j) with i ≤ j, row by row; copied
     */
    public static HsicSums of(int layers, int batches, long examples, double[] upperTriangle) {
        if (upperTriangle.length != triangle(layers)) {
            throw new IllegalArgumentException(layers + " layers do not have " + upperTriangle.length + " pairs");
        }
        return new HsicSums(layers, batches, examples, upperTriangle.clone());
    }

    private static int triangle(int layers) {
        return Math.toIntExact((long) layers * (layers + 1) / 2);
    }

    /** These sums and others over the same layers, added. */
    public HsicSums plus(HsicSums other) {
        return combine(other, 1);
    }

    /** These sums without a part that is in them. */
    HsicSums minus(HsicSums part) {
        return combine(part, -1);
    }

    private HsicSums combine(HsicSums other, int sign) {
        if (other.layers != layers) {
            throw new IllegalArgumentException("sums over " + layers + " and over " + other.layers + " layers");
        }
        double[] combined = new double[sums.length];
        for (int i = 0; i < sums.length; i++) {
            combined[i] = sums[i] + sign * other.sums[i];
        }
        return new HsicSums(layers, batches + sign * other.batches, examples + sign * other.examples, combined);
    }

    /** The sum of all parts; there is at least one. */
    public static HsicSums total(List<HsicSums> parts) {
        return parts.stream().reduce(HsicSums::plus).orElseThrow();
    }

    /** Number of layers. */
    public int layers() {
        return layers;
    }

    /** Number of batches added. */
    public int batches() {
        return batches;
    }

    /** Number of examples in these batches, counted once per pass. */
    public long examples() {
        return examples;
    }

    /** The sum for a pair of layers, in either order. */
    public double hsic(int layer, int other) {
        return sums[index(Math.min(layer, other), Math.max(layer, other))];
    }

    private int index(int row, int column) {
        return (int) ((long) row * layers - (long) row * (row - 1) / 2 + column - row);
    }

    /** A copy of the pairs (i, j) with i ≤ j, row by row. */
    public double[] upperTriangle() {
        return sums.clone();
    }

    /**
     * CKA of all pairs (Nguyen, Raghu and Kornblith 2021, eq. 3): the ratio is taken once, of the sums. Row by row, layers ×
     * layers numbers; NaN for a layer whose own sum is not positive, which only a constant layer has.
     */
    public double[] cka() {
        double[] scale = new double[layers];
        for (int i = 0; i < layers; i++) {
            double own = hsic(i, i);
            scale[i] = own > 0 ? 1 / Math.sqrt(own) : Double.NaN;
        }
        double[] ratios = new double[Math.multiplyExact(layers, layers)];
        for (int i = 0, at = 0; i < layers; i++) {
            for (int j = i; j < layers; j++, at++) {
                double ratio = i == j && !Double.isNaN(scale[i]) ? 1 : sums[at] * scale[i] * scale[j];
                ratios[i * layers + j] = ratio;
                ratios[j * layers + i] = ratio;
            }
        }
        return ratios;
    }
}

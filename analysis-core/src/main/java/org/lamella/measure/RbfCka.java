package org.lamella.measure;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/**
 * CKA with the kernel exp(-‖xᵢ - xⱼ‖² / (2 σ²)), σ² = fraction² · median of all n² squared distances, those of examples from
 * themselves among them; biased HSIC (Kornblith et al. 2019, and their published code).
 *
 * @param fraction bandwidth as a part of the median distance; 0.2, 0.4 and 0.8 are theirs
 */
public record RbfCka(double fraction) implements KernelMeasure {
    public RbfCka {
        if (!(fraction > 0) || Double.isInfinite(fraction)) {
            throw new IllegalArgumentException("--rbf-bandwidth must be above 0 and finite, not " + fraction);
        }
    }

    @Override
    public String name() {
        return "rbf-cka";
    }

    @Override
    public String title() {
        return String.format(Locale.ROOT, "RBF CKA, bandwidth %s of the median distance", fraction);
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
        double[] kernel = layer.squaredDistances();
        double median = median(kernel, n);
        if (!(median > 0)) {
            throw new UndefinedLayerException("half of its examples or more are the same, so the median distance is 0");
        }
        double factor = -1 / (2 * fraction * fraction * median);
        for (int i = 0; i < kernel.length; i++) {
            kernel[i] = Math.exp(factor * kernel[i]);
        }
        SymmetricMatrices.doubleCentre(kernel, n);
        return PackedMatrix.of(
                kernel, n, 1, "all its examples are alike to this kernel; take a larger --rbf-bandwidth");
    }

    /** Of all n² entries; those off the diagonal come twice, so that one triangle, sorted, tells. */
    static double median(double[] distances, int n) {
        double[] triangle = new double[n * (n - 1) / 2];
        for (int i = 0, to = 0; i < n; i++) {
            for (int j = i + 1; j < n; j++, to++) {
                triangle[to] = distances[i * n + j];
            }
        }
        Arrays.sort(triangle);
        long all = (long) n * n;
        return (at(triangle, n, (all - 1) / 2) + at(triangle, n, all / 2)) / 2;
    }

    private static double at(double[] sorted, int zeros, long place) {
        return place < zeros ? 0 : sorted[(int) ((place - zeros) / 2)];
    }
}

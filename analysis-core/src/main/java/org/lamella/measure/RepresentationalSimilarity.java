package org.lamella.measure;

import java.util.EnumSet;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Representational similarity analysis (Kriegeskorte, Mur and Bandettini 2008): each layer gives the dissimilarities 1 - r of all
 * pairs of examples, r being Pearson's correlation of two examples over the features; two layers are compared by the correlation of
 * these n (n - 1) / 2 numbers.
 *
 * <p>The value is not changed by scaling, nor by adding a number to all features of an example; turning the features, or shifting
 * one of them, does change it.
 *
 * @param correlation of the dissimilarities
 */
public record RepresentationalSimilarity(Correlation correlation) implements KernelMeasure {
    /** How two lists of dissimilarities are correlated. */
    public enum Correlation {
        /** Of the numbers. */
        PEARSON,
        /** Of their ranks; equal numbers share the mean of their ranks. */
        SPEARMAN
    }

    @Override
    public String name() {
        return correlation == Correlation.PEARSON ? "rsa-pearson" : "rsa-spearman";
    }

    @Override
    public String title() {
        return "representational similarity analysis, " + (correlation == Correlation.PEARSON ? "Pearson" : "Spearman");
    }

    @Override
    public Direction direction() {
        return Direction.SIMILARITY;
    }

    @Override
    public double least() {
        return -1;
    }

    @Override
    public Set<Invariance> invariances() {
        return EnumSet.of(Invariance.SCALE);
    }

    @Override
    public PackedMatrix prepare(LayerGeometry layer) {
        layer.requireVaried();
        int n = layer.examples();
        double[] matrix = dissimilarities(layer);
        double[] triangle = new double[n * (n - 1) / 2];
        for (int i = 0, to = 0; i < n; i++) {
            System.arraycopy(matrix, i * n + i + 1, triangle, to, n - 1 - i);
            to += n - 1 - i;
        }
        double[] numbers = correlation == Correlation.SPEARMAN ? Ranks.of(triangle) : triangle;
        double mean = 0;
        double largest = 0;
        for (double number : numbers) {
            mean += number / numbers.length;
            largest = Math.max(largest, Math.abs(number));
        }
        for (int i = 0, from = 0; i < n; i++) {
            matrix[i * n + i] = 0;
            for (int j = i + 1; j < n; j++, from++) {
                matrix[i * n + j] = numbers[from] - mean;
                matrix[j * n + i] = matrix[i * n + j];
            }
        }
        return PackedMatrix.of(matrix, n, largest, "all pairs of its examples are equally dissimilar");
    }

    /** 1 - r for all pairs, n × n. */
    private static double[] dissimilarities(LayerGeometry layer) {
        int n = layer.examples();
        double[] matrix = layer.products();
        double[] means = IntStream.range(0, n).mapToDouble(layer::exampleMean).toArray();
        double[] deviations = new double[n];
        for (int i = 0; i < n; i++) {
            double square = matrix[i * n + i];
            double variation = square - layer.features() * means[i] * means[i];
            if (!(variation > 1e-13 * square)) {
                throw new UndefinedLayerException(
                        "example %d has the same number in all features, so it correlates with none".formatted(i));
            }
            deviations[i] = Math.sqrt(variation);
        }
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                double covariation = matrix[i * n + j] - layer.features() * means[i] * means[j];
                matrix[i * n + j] = 1 - covariation / (deviations[i] * deviations[j]);
            }
        }
        return matrix;
    }
}

package org.lamella.component;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Which examples dominate the layers of a model.
 *
 * <p>The rule: an example's share in a layer is the part of the layer's variance that is its projection on the first component, λ₁
 * u_i² / Σλ. Its share in a model is the mean of that over the model's layers that have components. The dominant examples of a
 * model are the ⌈fraction × n⌉ with the largest shares; of equal ones the first. So a layer counts as much as its first component
 * is worth, and one that has no outstanding component says little. (Nguyen, Raghu and Kornblith 2022 speak of examples with large
 * projections on the first component; they look at single layers inside a block.)
 */
public final class Dominance {
    private final String model;
    private final double[] shares;
    private final int[] ranked;
    private final int count;

    private Dominance(String model, double[] shares, int[] ranked, int count) {
        this.model = model;
        this.shares = shares;
        this.ranked = ranked;
        this.count = count;
    }

    /** @param layers those of one model; at least one */
    static Dominance of(List<LayerComponents> layers, int n, double fraction) {
        double[] shares = new double[n];
        long defined = layers.stream().filter(LayerComponents::isDefined).count();
        for (LayerComponents layer : layers) {
            for (int i = 0; i < n; i++) {
                shares[i] += layer.share(i) / Math.max(1, defined);
            }
        }
        return new Dominance(layers.get(0).layer().model(), shares, ranked(shares), size(n, fraction));
    }

    /** How many examples are a fraction of n: at least one. */
    static int size(int n, double fraction) {
        // 0.01 × 300 is a little more than 3 in floating point.
        return (int) Math.max(1, Math.ceil(fraction * n - 1e-9));
    }

    private static int[] ranked(double[] shares) {
        return IntStream.range(0, shares.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> -shares[i]))
                .mapToInt(Integer::intValue)
                .toArray();
    }

    /** The examples of a layer with the largest scores on the first component, of either sign. */
    static int[] extremes(LayerComponents layer, int count) {
        double[] squares =
                Arrays.stream(layer.scores(0)).map(score -> score * score).toArray();
        return Arrays.copyOf(ranked(squares), count);
    }

    /** The model's name. */
    public String model() {
        return model;
    }

    /** An example's share of a layer's variance through the first component, on average over layers. */
    public double share(int example) {
        return shares[example];
    }

    /** The dominant examples, the first of them first. */
    public int[] examples() {
        return Arrays.copyOf(ranked, count);
    }

    /** Of the dominant examples of two models, the part that both have. */
    public double agreement(Dominance other) {
        return overlap(examples(), other.examples());
    }

    /** Of two sets as large, the part that both have. */
    static double overlap(int[] one, int[] other) {
        int[] sorted = other.clone();
        Arrays.sort(sorted);
        long common = Arrays.stream(one)
                .filter(i -> Arrays.binarySearch(sorted, i) >= 0)
                .count();
        return common / (double) one.length;
    }
}

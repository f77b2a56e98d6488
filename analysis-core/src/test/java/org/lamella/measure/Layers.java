package org.lamella.measure;

import java.util.List;
import java.util.Random;
import org.lamella.similarity.Activations;

/** Activations in memory, compared. */
final class Layers {
    private Layers() {}

    /** All layers compared by one measure; names and arrays in turn. */
    static MeasureMatrix compare(Measure<?> measure, Object... namesAndArrays) {
        return compareWithChance(measure, 0, 0, namesAndArrays);
    }

    static MeasureMatrix compareWithChance(Measure<?> measure, int permutations, long seed, Object... namesAndArrays) {
        try (var layers = LayerGeometries.of(List.of(Activations.of("model", namesAndArrays)), 0, 2, done -> {});
                var workers = new Workers(2)) {
            return LayerComparison.of(measure, layers.layers(), permutations, seed, workers, share -> {});
        }
    }

    /** One value: the first layer, as the row, with the second. */
    static double value(Measure<?> measure, float[][] row, float[][] column) {
        return compare(measure, "row", row, "column", column).values().value(0, 1);
    }

    static float[][] gaussian(long seed, int n, int p) {
        var random = new Random(seed);
        float[][] x = new float[n][p];
        for (float[] example : x) {
            for (int k = 0; k < p; k++) {
                example[k] = (float) random.nextGaussian();
            }
        }
        return x;
    }

    /** X A + noise, with a random A. */
    static float[][] related(long seed, float[][] x, int q, double noise) {
        float[][] map = gaussian(seed, x[0].length, q);
        float[][] other = gaussian(seed + 1, x.length, q);
        float[][] y = new float[x.length][q];
        for (int i = 0; i < x.length; i++) {
            for (int k = 0; k < q; k++) {
                double sum = noise * other[i][k];
                for (int f = 0; f < x[0].length; f++) {
                    sum += x[i][f] * map[f][k] / Math.sqrt(x[0].length);
                }
                y[i][k] = (float) sum;
            }
        }
        return y;
    }

    static float[][] times(float[][] x, double[][] map) {
        float[][] y = new float[x.length][map[0].length];
        for (int i = 0; i < x.length; i++) {
            for (int k = 0; k < map[0].length; k++) {
                double sum = 0;
                for (int f = 0; f < map.length; f++) {
                    sum += x[i][f] * map[f][k];
                }
                y[i][k] = (float) sum;
            }
        }
        return y;
    }

    static float[][] permuted(float[][] x, int[] order) {
        float[][] y = new float[x.length][];
        for (int i = 0; i < x.length; i++) {
            y[i] = x[order[i]];
        }
        return y;
    }
}

package org.lamella.block;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Which layers can be compared with each other: a main line, and layers beside it.
 *
 * <p>In a residual network layers after an addition resemble each other more than the ones in the branches between, so the
 * matrix is a checkerboard. It shows in threes: where i &lt; j &lt; k and i is more similar to k than either is to j, which
 * lies between, then j is out of line with both, and i and k are in line with each other. In a chain, however fast it drifts,
 * there is no such three.
 *
 * <p>1. All threes within {@link #REACH} vote on their pairs, with the margin by which they pass. 2. Pairs are taken from the
 * strongest vote on and joined, as alike or as unlike, unless their layers are joined already (Kruskal's algorithm, with a
 * sign). That divides each group of joined layers into two sides. 3. Of each group the side that is more similar to all layers
 * belongs to the main line, as do the layers without a vote. Cost: layers × reach² / 2, and the sorting of layers × reach pairs.
 */
final class ComparableLayers {
    /** From one layer to the other in a three, at most: a residual block of two or three convolutions is about as long. */
    private static final int REACH = 10;

    private final boolean[] beside;

    private ComparableLayers(boolean[] beside) {
        this.beside = beside;
    }

    /** Positions of the main line's layers, ascending. */
    int[] main() {
        return IntStream.range(0, beside.length).filter(i -> !beside[i]).toArray();
    }

    /** Positions of the others. */
    int[] beside() {
        return IntStream.range(0, beside.length).filter(i -> beside[i]).toArray();
    }

    /**
     * @param values similarities, row by row; not modified
     * @param margin by which a layer has to be out of line
     */
    static ComparableLayers of(double[] values, int size, double margin) {
        double[] votes = votes(values, size, margin);
        var sides = new Sides(size);
        IntStream.range(0, votes.length)
                .filter(pair -> votes[pair] != 0)
                .boxed()
                .sorted((a, b) -> Double.compare(Math.abs(votes[b]), Math.abs(votes[a])))
                .forEach(pair -> sides.join(pair / REACH, pair / REACH + 1 + pair % REACH, votes[pair] > 0 ? 1 : -1));
        return new ComparableLayers(beside(values, size, sides));
    }

    /** Of the pair (i, i + d), d from 1 on, at {@code i * REACH + d - 1}: above 0 for alike, below for unlike. */
    private static double[] votes(double[] values, int size, double margin) {
        double[] votes = new double[size * REACH];
        for (int i = 0; i < size; i++) {
            for (int k = i + 2; k < Math.min(size, i + REACH + 1); k++) {
                double ends = values[i * size + k];
                for (int j = i + 1; j < k; j++) {
                    double excess = ends - Math.max(values[i * size + j], values[j * size + k]);
                    if (excess > margin) {
                        votes[i * REACH + k - i - 1] += excess;
                        votes[i * REACH + j - i - 1] -= excess;
                        votes[j * REACH + k - j - 1] -= excess;
                    }
                }
            }
        }
        return votes;
    }

    private static boolean[] beside(double[] values, int size, Sides sides) {
        double[][] sum = new double[size][2];
        int[][] count = new int[size][2];
        for (int i = 0; i < size; i++) {
            int side = sides.sign(i) > 0 ? 0 : 1;
            sum[sides.root(i)][side] +=
                    Arrays.stream(values, i * size, (i + 1) * size).sum() - values[i * size + i];
            count[sides.root(i)][side]++;
        }
        boolean[] beside = new boolean[size];
        for (int i = 0; i < size; i++) {
            int root = sides.root(i);
            if (count[root][1] > 0) {
                int main = sum[root][0] / count[root][0] >= sum[root][1] / count[root][1] ? 1 : -1;
                beside[i] = sides.sign(i) != main;
            }
        }
        return beside;
    }

    /** Disjoint groups whose members are on one of two sides. */
    private static final class Sides {
        private final int[] parent;
        /** Of a layer relative to its parent. */
        private final int[] sign;

        Sides(int size) {
            parent = IntStream.range(0, size).toArray();
            sign = new int[size];
            Arrays.fill(sign, 1);
        }

        int root(int layer) {
            int at = layer;
            while (parent[at] != at) {
                at = parent[at];
            }
            return at;
        }

        int sign(int layer) {
            int product = 1;
            for (int at = layer; parent[at] != at; at = parent[at]) {
                product *= sign[at];
            }
            return product;
        }

        void join(int layer, int other, int relation) {
            int root = root(layer);
            int otherRoot = root(other);
            if (root != otherRoot) {
                int relative = sign(layer) * sign(other) * relation;
                // The lower root stays, so that its side is the positive one whatever the order of the pairs.
                parent[Math.max(root, otherRoot)] = Math.min(root, otherRoot);
                sign[Math.max(root, otherRoot)] = relative;
            }
        }
    }
}

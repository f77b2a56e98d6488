package org.lamella.measure;

import java.util.EnumSet;
import java.util.Set;
import org.lamella.LamellaException;

/**
 * The mean over all examples of |A ∩ B| / |A ∪ B|, A and B being the sets of an example's k nearest neighbours in either layer, by
 * the cosine of the activations as they are, not centred (Schumacher et al. 2021; Wang et al. 2022 for k = 10). Of neighbours
 * that are equally near, the earlier examples are taken.
 *
 * @param neighbours k
 */
public record NeighbourJaccard(int neighbours) implements Measure<Neighbourhoods> {
    public NeighbourJaccard {
        if (neighbours < 1) {
            throw new IllegalArgumentException("--neighbours must be at least 1, not " + neighbours);
        }
    }

    @Override
    public String name() {
        return "knn-jaccard";
    }

    @Override
    public String title() {
        return "Jaccard similarity of the %d nearest neighbours".formatted(neighbours);
    }

    @Override
    public Direction direction() {
        return Direction.SIMILARITY;
    }

    @Override
    public Set<Invariance> invariances() {
        return EnumSet.of(Invariance.ROTATION, Invariance.SCALE);
    }

    @Override
    public Neighbourhoods prepare(LayerGeometry layer) {
        layer.requireVaried();
        int n = layer.examples();
        if (neighbours >= n - 1) {
            throw new LamellaException(
                    "--neighbours " + neighbours, "must be below %d for %d examples".formatted(n - 1, n));
        }
        double[] cosines = layer.products();
        double[] norms = new double[n];
        for (int i = 0; i < n; i++) {
            norms[i] = Math.sqrt(Math.max(0, cosines[i * n + i]));
            if (norms[i] == 0) {
                throw new UndefinedLayerException(
                        "the activation of example %d is zero, so it has no direction".formatted(i));
            }
        }
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                cosines[i * n + j] /= norms[i] * norms[j];
            }
            cosines[i * n + i] = Double.NEGATIVE_INFINITY;
        }
        return Neighbourhoods.nearest(cosines, n, neighbours);
    }

    @Override
    public double compare(Neighbourhoods row, Neighbourhoods column) {
        return row.meanJaccard(column);
    }
}

package org.lamella.block;

import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import org.lamella.LamellaException;
import org.lamella.similarity.CkaMatrix;
import org.lamella.similarity.LayerId;

/**
 * How similar every two layers of one model are: what blocks are sought in. Immutable.
 *
 * <p>Any symmetric measure that is large for layers that say the same, CKA above all. A cell without a value is NaN; values
 * may be negative. The diagonal is kept and not used.
 */
public final class LayerSimilarity {
    /** Cells i, j and j, i may differ by so much: what rounding in files and float32 leave. */
    private static final double SYMMETRY = 1e-4;

    private final String model;
    private final List<String> layers;
    private final double[] values;

    private LayerSimilarity(String model, List<String> layers, double[] values) {
        this.model = model;
        this.layers = layers;
        this.values = values;
    }

    /**
     * A matrix made elsewhere.
     *
     * @param model the model's name; may be empty
     * @param layers names, from the model's input on
     * @param values row by row, as many as {@code layers.size()} squared; copied
     * @throws LamellaException if it is not symmetric or holds distances
     */
    public static LayerSimilarity of(String model, List<String> layers, double[] values) {
        int size = layers.size();
        if (values.length != (long) size * size) {
            throw new IllegalArgumentException(size + " layers do not have " + values.length + " pairs");
        }
        double[] symmetric = values.clone();
        for (int i = 0; i < size; i++) {
            for (int j = i + 1; j < size; j++) {
                double above = values[i * size + j];
                double below = values[j * size + i];
                if (Math.abs(above - below) > SYMMETRY || Double.isNaN(above) != Double.isNaN(below)) {
                    throw new LamellaException(
                            "matrix" + (model.isEmpty() ? "" : " of '" + model + "'"),
                            String.format(
                                    Locale.ROOT,
                                    "is not symmetric: '%s' with '%s' is %.6f, and %.6f the other way round;"
                                            + " blocks are sought in one model's layers compared with themselves",
                                    layers.get(i),
                                    layers.get(j),
                                    above,
                                    below));
                }
                symmetric[i * size + j] = symmetric[j * size + i] = above / 2 + below / 2;
            }
        }
        checkSimilar(model, size, symmetric);
        return new LayerSimilarity(model, List.copyOf(layers), symmetric);
    }

    private static void checkSimilar(String model, int size, double[] values) {
        int zeros = 0;
        for (int i = 0; i < size; i++) {
            zeros += values[i * size + i] == 0 ? 1 : 0;
        }
        if (size > 1 && zeros == size) {
            throw new LamellaException(
                    "matrix" + (model.isEmpty() ? "" : " of '" + model + "'"),
                    "has zeros on its diagonal, so it holds distances; blocks are sought in similarities, 1 for the same");
        }
    }

    /**
     * The matrix of one model of a run.
     *
     * @throws LamellaException if it compares two models; {@code cka.between(name, name)} is one model's part
     */
    public static LayerSimilarity of(CkaMatrix cka) {
        if (!cka.isSquare() || cka.models().size() != 1) {
            throw new LamellaException(
                    "matrix of " + cka.models(),
                    "blocks are sought in one model's layers compared with themselves: take between(name, name)");
        }
        int size = cka.rows().size();
        double[] values = new double[Math.multiplyExact(size, size)];
        for (int i = 0; i < values.length; i++) {
            values[i] = cka.value(i / size, i % size);
        }
        return of(cka.models().get(0), cka.rows().stream().map(LayerId::name).toList(), values);
    }

    /** The model's name; empty where the matrix has none. */
    public String model() {
        return model;
    }

    /** The layers' names, from the model's input on. */
    public List<String> layers() {
        return layers;
    }

    /** Number of layers. */
    public int size() {
        return layers.size();
    }

    /** Similarity of two layers; NaN where it is undefined. */
    public double value(int layer, int other) {
        return values[layer * layers.size() + other];
    }

    /**
     * The layers that have a value with each other: without those that are constant, and as many more as it takes, those with
     * most gaps first.
     */
    int[] defined() {
        int size = size();
        int[] gaps = new int[size];
        var kept = new BitSet(size);
        kept.set(0, size);
        for (int i = 0; i < size; i++) {
            for (int j = 0; j < size; j++) {
                gaps[i] += i != j && Double.isNaN(value(i, j)) ? 1 : 0;
            }
        }
        while (true) {
            int worst =
                    kept.stream().reduce((a, b) -> gaps[b] > gaps[a] ? b : a).orElse(-1);
            if (worst < 0 || gaps[worst] == 0) {
                return kept.stream().toArray();
            }
            kept.clear(worst);
            for (int i = 0; i < size; i++) {
                gaps[i] -= i != worst && Double.isNaN(value(i, worst)) ? 1 : 0;
            }
        }
    }

    /** The similarities among some of the layers, row by row. */
    double[] among(int[] chosen) {
        double[] part = new double[chosen.length * chosen.length];
        for (int i = 0, at = 0; i < chosen.length; i++) {
            for (int j = 0; j < chosen.length; j++, at++) {
                part[at] = value(chosen[i], chosen[j]);
            }
        }
        return part;
    }
}

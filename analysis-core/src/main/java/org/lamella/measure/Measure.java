package org.lamella.measure;

import java.util.List;
import java.util.Set;
import org.lamella.similarity.LayerId;

/**
 * A number for how alike two layers X (n examples × p features) and Y (n × q) are, computed from all examples at once.
 *
 * <p>Work is divided: {@link #prepare} does once for each layer what needs the layer alone (an eigenproblem, distances, ranks);
 * {@link #compare} does the rest for each pair. Adding a measure is a record that implements one of the permitted interfaces, a line
 * in {@link Measures}, and a test.
 *
 * @param <P> what is prepared of a layer
 */
public sealed interface Measure<P extends PreparedLayer<P>> permits KernelMeasure, SpectralMeasure, NeighbourJaccard {
    /** As written in options and file names: {@code rbf-cka}. */
    String name();

    /** As written in pages: {@code RBF CKA with half of the median distance}. */
    String title();

    /** Whether large values mean alike or unlike. */
    Direction direction();

    /** The smallest value there can be; unbiased estimates may fall below it by chance. */
    default double least() {
        return 0;
    }

    /** The largest value there can be. */
    default double most() {
        return 1;
    }

    /** All that is to be known of it to read its values. */
    default MeasureDescription described() {
        return MeasureDescription.of(this);
    }

    /** What can be done to either layer without changing the value. */
    Set<Invariance> invariances();

    /** Whether the order of the two layers does not matter. */
    default boolean isSymmetric() {
        return true;
    }

    /**
     * Checks, before anything is computed, that the measure is defined for a layer of so many features.
     *
     * @param features -1 where that is not known yet
     * @throws org.lamella.LamellaException if it is not
     */
    default void requireDefined(LayerId layer, long features, int examples) {}

    /**
     * What one layer is compared by.
     *
     * @throws UndefinedLayerException if the measure has no value for it
     */
    P prepare(LayerGeometry layer);

    /** The value for two layers of the same examples in the same order. */
    double compare(P row, P column);

    /**
     * The values for all pairs, row by row; on as many threads as there are workers. Measures that can do many pairs in one product
     * do so here.
     */
    default double[] compareAll(List<P> rows, List<P> columns, Workers workers) {
        int width = columns.size();
        List<Double> values =
                workers.map(rows.size() * width, pair -> compare(rows.get(pair / width), columns.get(pair % width)));
        return values.stream().mapToDouble(Double::doubleValue).toArray();
    }
}

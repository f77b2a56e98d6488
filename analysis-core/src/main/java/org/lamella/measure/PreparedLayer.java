package org.lamella.measure;

/**
 * A layer as one measure needs it: what is computed once for the layer and used for all its pairs.
 *
 * @param <P> the type itself
 */
public interface PreparedLayer<P> extends AutoCloseable {
    /** The same layer with its examples in another order: example i is what was example {@code order[i]}. */
    P permuted(int[] order);

    /** Frees memory that is not the layer's geometry. */
    @Override
    void close();
}

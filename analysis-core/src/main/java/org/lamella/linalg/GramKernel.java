package org.lamella.linalg;

/**
 * Computes centred Gram matrices. Holds native or large memory of its own and serves one thread at a time.
 *
 * <p>Cost for n examples × d features: n² d operations, half of those of a full product, and one read of X.
 */
public interface GramKernel extends AutoCloseable {
    /**
     * @param activation n × d, not modified
     * @param gram overwritten
     */
    void compute(NativeMatrix activation, Gram gram);

    @Override
    void close();
}

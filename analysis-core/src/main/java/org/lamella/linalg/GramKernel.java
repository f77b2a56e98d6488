package org.lamella.linalg;

import org.jspecify.annotations.Nullable;

/**
 * Computes the centred Gram matrix of a batch. Holds native memory of its own and serves one thread at a time.
 *
 * <p>Cost for n examples × d features: n² d operations, half of those of a full product, and one read of X.
 */
public sealed interface GramKernel extends AutoCloseable permits BlasGramKernel, PackedGramKernel {
    /** The fastest for this machine; memory is taken with the first batch. */
    static GramKernel fastest() {
        return PackedGramKernel.widest() == 0 ? blas() : new PackedGramKernel(PackedGramKernel.widest());
    }

    /** The one that every machine has. */
    static GramKernel blas() {
        return new BlasGramKernel();
    }

    /** The instructions that {@link #fastest} uses where it is not BLAS, such as {@code AVX512}; null where it is. */
    static @Nullable String instructions() {
        return switch (PackedGramKernel.widest()) {
            case 16 -> "AVX512";
            case 8 -> "AVX2";
            default -> null;
        };
    }

    /** Why {@link #fastest} is BLAS though this platform has a faster one; null where it is not so. */
    static @Nullable String problem() {
        return GramLibrary.problem();
    }

    /**
     * @param activation n × d, not modified
     * @param gram overwritten
     */
    void compute(NativeMatrix activation, Gram gram);

    @Override
    void close();
}

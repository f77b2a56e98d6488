package org.lamella.linalg;

import java.lang.ref.Reference;
import org.bytedeco.javacpp.FloatPointer;

/**
 * The centred Gram matrix by a native kernel of our own, which centres and packs features in one step and reads them back as
 * both factors. Reaches about 0.9 of the rate of {@code sgemm}, where BLAS and centring reach 0.55: docs/decisions/blas.md.
 */
final class PackedGramKernel implements GramKernel {
    private static final int MOST_LANES = 16;

    private final int lanes;
    private FloatPointer workspace = new FloatPointer();
    private FloatPointer product = new FloatPointer();
    private FloatPointer sums = new FloatPointer();

    /**
     * @param lanes float32 numbers in a vector: 16 or 8, at most {@link #widest}
     */
    PackedGramKernel(int lanes) {
        if (lanes > widest()) {
            throw new IllegalArgumentException(lanes + " lanes of " + widest());
        }
        this.lanes = lanes;
    }

    /** Lanes of the widest vectors that this machine and the library have, 0 if there are none. */
    static int widest() {
        return GramLibrary.widest();
    }

    private void reserve(int n) {
        long padded = (n + MOST_LANES - 1L) / MOST_LANES * MOST_LANES;
        workspace = atLeast(GramLibrary.workspaceFloats(n), workspace);
        product = atLeast(Math.multiplyExact(padded, padded), product);
        sums = atLeast(n, sums);
    }

    private static FloatPointer atLeast(long floats, FloatPointer kept) {
        // A closed pointer keeps its capacity.
        if (!kept.isNull() && kept.capacity() >= floats) {
            return kept;
        }
        kept.close();
        return new FloatPointer(floats);
    }

    @Override
    public void compute(NativeMatrix activation, Gram gram) {
        int n = activation.rows();
        reserve(n);
        gram.resize(n);
        FloatPointer values = activation.pointer();
        try {
            gram.setOffset(GramLibrary.compute(
                    lanes,
                    values.address() + values.position() * Float.BYTES,
                    n,
                    activation.columns(),
                    workspace.address(),
                    product.address(),
                    sums.address()));
        } finally {
            Reference.reachabilityFence(values);
        }
        NativeFloats.read(product, gram.values(), n * n);
        NativeFloats.read(sums, gram.rowSums(), n);
    }

    @Override
    public void close() {
        workspace.close();
        product.close();
        sums.close();
    }
}

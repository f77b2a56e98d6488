package org.lamella.linalg;

import java.util.Arrays;

/**
 * The Gram matrix of a batch whose features were centred: K = (X - 1 mᵀ)(X - 1 mᵀ)ᵀ with m near the features' mean, in
 * float32. A workspace, written anew by every {@link GramKernel#compute}.
 *
 * <p>Why centred: HSIC does not change when a feature is shifted, but float32 does. With examples whose mean cosine is
 * 0.995, as after a ReLU, the Gram matrix of uncentred features leaves no correct digit of a CKA.
 */
public final class Gram {
    private float[] values = new float[0];
    private float[] rowSums = new float[0];
    private int size;
    private double offset;

    /** Makes room for n examples; contents are arbitrary after it. */
    void resize(int n) {
        if (n != size) {
            size = n;
            values = new float[Math.multiplyExact(n, n)];
            rowSums = new float[n];
        }
    }

    /** Number of examples, n. */
    public int size() {
        return size;
    }

    /** n × n numbers, row by row, of which the diagonal and the upper triangle count. Not a copy. */
    public float[] values() {
        return values;
    }

    /** Sums of the full rows, diagonal included. Not a copy. */
    public float[] rowSums() {
        return rowSums;
    }

    /**
     * n ‖m‖², the part of the squared norm of X that centring took away: what is left of a layer is noise of float32 where it
     * is below about 1e-13 of this.
     */
    public double offset() {
        return offset;
    }

    void setOffset(double offset) {
        this.offset = offset;
    }

    /** Whether every example's squared norm is a number; NaN and infinity in an activation end up there. */
    public boolean isFinite() {
        float sum = 0;
        for (int i = 0; i < size; i++) {
            sum += 0 * values[i * size + i];
        }
        return sum == 0;
    }

    @Override
    public String toString() {
        return "Gram matrix of " + size + " examples, " + Arrays.toString(Arrays.copyOf(values, Math.min(4, size)));
    }
}

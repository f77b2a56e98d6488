package org.lamella.linalg;

import org.bytedeco.openblas.global.openblas;

/**
 * LAPACK of the same native library as {@link Blas}, loaded at its first use: its binding is larger, and most runs need none of it.
 *
 * <p>Matrices are handed over as column-major ones: a symmetric matrix is its own transpose, so that nothing is copied. What is
 * the upper triangle here is the lower one there, and rows are columns.
 */
final class Lapack {
    static final int COLUMN_MAJOR = openblas.LAPACK_COL_MAJOR;
    static final byte LOWER = 'L';
    static final byte VECTORS = 'V';

    private Lapack() {}

    /**
     * Checks what a routine gave back.
     *
     * @param status 0 if all went well
     * @throws IllegalStateException for anything else, which only NaN and infinities in a matrix lead to
     */
    static void check(String routine, int status) {
        if (status != 0) {
            throw new IllegalStateException(routine + " failed with status " + status
                    + (status < 0 ? ": a number in the matrix is not finite" : ": it did not converge"));
        }
    }
}

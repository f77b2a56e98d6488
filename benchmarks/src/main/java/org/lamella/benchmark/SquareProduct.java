package org.lamella.benchmark;

import static org.bytedeco.openblas.global.openblas_nolapack.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_sgemm;

import org.lamella.linalg.Blas;
import org.lamella.linalg.NativeMatrix;

/**
 * A product of two float32 matrices of 2048 × 2048 by {@code sgemm}, on one thread: its rate is what this library calls the
 * machine's own. For one thread at a time.
 */
final class SquareProduct implements AutoCloseable {
    private static final int SIZE = 2048;

    /** Operations of one product; a multiplication and an addition are two. */
    static final double OPERATIONS = 2.0 * SIZE * SIZE * SIZE;

    private final NativeMatrix left;
    private final NativeMatrix right;
    private final NativeMatrix product = NativeMatrix.allocate(SIZE, SIZE);

    SquareProduct(long seed) {
        Blas.library(); // loads it, on one thread
        left = RandomMatrix.of(SIZE, SIZE, seed);
        right = RandomMatrix.of(SIZE, SIZE, seed + 1);
    }

    void multiply() {
        cblas_sgemm(
                CblasRowMajor,
                CblasNoTrans,
                CblasNoTrans,
                SIZE,
                SIZE,
                SIZE,
                1,
                left.pointer(),
                SIZE,
                right.pointer(),
                SIZE,
                0,
                product.pointer(),
                SIZE);
    }

    @Override
    public void close() {
        left.close();
        right.close();
        product.close();
    }
}

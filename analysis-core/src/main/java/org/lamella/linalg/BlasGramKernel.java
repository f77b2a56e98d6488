package org.lamella.linalg;

import static org.bytedeco.openblas.global.openblas_nolapack.cblas_sdot;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_sgemv;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_sger;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_ssymv;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_ssyrk;

import org.bytedeco.javacpp.FloatPointer;

/**
 * The centred Gram matrix by a general BLAS, on every platform.
 *
 * <p>Features are taken in pieces that fit the second-level cache: a piece is copied, centred
 * there and added to the product, so that the activation is read from memory once and left as it is.
 */
final class BlasGramKernel implements GramKernel {
    /** Floats in a piece: 512 KiB, a part of the second-level cache, where BLAS also keeps its packed copies. */
    private static final int PIECE = 1 << 17;

    private int capacity;
    private FloatPointer product = new FloatPointer();
    private FloatPointer piece = new FloatPointer();
    private FloatPointer mean = new FloatPointer();
    private FloatPointer ones = new FloatPointer();
    private FloatPointer sums = new FloatPointer();

    /** Loads BLAS; memory is taken with the first batch. */
    BlasGramKernel() {
        Blas.oneThread();
    }

    private static int columnsPerPiece(int n) {
        return Math.max(64, PIECE / n);
    }

    private void reserve(int n) {
        if (n <= capacity) {
            return;
        }
        close();
        int columns = Math.max(columnsPerPiece(n), columnsPerPiece(1));
        product = new FloatPointer((long) n * n);
        piece = new FloatPointer(Math.max(PIECE, 64L * n));
        mean = new FloatPointer(columns);
        ones = new FloatPointer(n);
        for (int i = 0; i < n; i++) {
            ones.put(i, 1);
        }
        sums = new FloatPointer(n);
        capacity = n;
    }

    @Override
    public void compute(NativeMatrix activation, Gram gram) {
        int n = activation.rows();
        int d = Math.toIntExact(activation.columns());
        reserve(n);
        gram.resize(n);
        double offset = 0;
        int columns = columnsPerPiece(n);
        for (int from = 0; from < d; from += columns) {
            int width = Math.min(columns, d - from);
            activation.copyColumns(from, width, piece);
            cblas_sgemv(Blas.ROW_MAJOR, Blas.TRANSPOSE, n, width, 1f / n, piece, width, ones, 1, 0, mean, 1);
            cblas_sger(Blas.ROW_MAJOR, n, width, -1, ones, 1, mean, 1, piece, width);
            cblas_ssyrk(
                    Blas.ROW_MAJOR,
                    Blas.UPPER,
                    Blas.NO_TRANSPOSE,
                    n,
                    width,
                    1,
                    piece,
                    width,
                    from == 0 ? 0 : 1,
                    product,
                    n);
            offset += cblas_sdot(width, mean, 1, mean, 1);
        }
        cblas_ssymv(Blas.ROW_MAJOR, Blas.UPPER, n, 1, product, n, ones, 1, 0, sums, 1);
        NativeFloats.read(product, gram.values(), n * n);
        NativeFloats.read(sums, gram.rowSums(), n);
        gram.setOffset(offset * n);
    }

    @Override
    public void close() {
        for (FloatPointer memory : new FloatPointer[] {product, piece, mean, ones, sums}) {
            memory.close();
        }
        capacity = 0;
    }
}

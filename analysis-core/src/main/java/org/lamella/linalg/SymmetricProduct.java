package org.lamella.linalg;

import static org.bytedeco.openblas.global.openblas_nolapack.cblas_ssyrk;

import org.bytedeco.javacpp.FloatPointer;

/**
 * Z Zᵀ of a wide float32 matrix, summed in float64: the columns are taken in pieces, each piece's product is made in
 * float32 and added in float64, so the error does not grow with the width. One thread at a time.
 */
public final class SymmetricProduct implements AutoCloseable {
    /** Columns per piece: short enough for float32, long enough for the product to dominate the addition. */
    public static final int PIECE = 4096;

    private final int rows;
    private final FloatPointer product;
    private final float[] row;

    /** Room for products of matrices with so many rows. */
    public SymmetricProduct(int rows) {
        Blas.oneThread();
        this.rows = rows;
        this.product = new FloatPointer(Math.multiplyExact((long) rows, rows));
        this.row = new float[rows];
    }

    /** Number of pieces of a matrix. */
    public static int pieces(NativeMatrix matrix) {
        return Math.toIntExact((matrix.columns() + PIECE - 1) / PIECE);
    }

    /**
     * Adds the product of one piece of columns.
     *
     * @param matrix rows × any width, not modified
     * @param upperTriangle the pairs (i, j) with i ≤ j, row by row; added to
     */
    public void add(NativeMatrix matrix, int piece, double[] upperTriangle) {
        long from = (long) piece * PIECE;
        int width = (int) Math.min(PIECE, matrix.columns() - from);
        FloatPointer start = matrix.pointer().getPointer(from);
        int stride = Math.toIntExact(matrix.columns());
        cblas_ssyrk(Blas.ROW_MAJOR, Blas.UPPER, Blas.NO_TRANSPOSE, rows, width, 1, start, stride, 0, product, rows);
        int to = 0;
        for (int i = 0; i < rows; i++) {
            int length = rows - i;
            NativeFloats.read(product.getPointer((long) i * rows + i), row, length);
            for (int j = 0; j < length; j++) {
                upperTriangle[to + j] += row[j];
            }
            to += length;
        }
    }

    @Override
    public void close() {
        product.close();
    }
}

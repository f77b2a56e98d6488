package org.lamella.linalg;

import static org.bytedeco.openblas.global.openblas_nolapack.cblas_dsyrk;

/** Σ Z Zᵀ over pieces Z of wide float64 matrices of few rows. One thread at a time. */
public final class SymmetricSum implements AutoCloseable {
    private final DoubleMatrix piece;
    private final DoubleMatrix sum;

    /** Room for pieces of so many rows and up to so many columns; the sum is 0. */
    public SymmetricSum(int rows, int mostColumns) {
        this.piece = DoubleMatrix.allocate(rows, mostColumns);
        this.sum = DoubleMatrix.zeros(rows, rows);
    }

    /** Sets a row of the piece. */
    public void set(int row, double[] values, int width) {
        piece.write(row, 0, values, 0, width);
    }

    /** Makes a row of the piece 0. */
    public void zero(int row, int width) {
        set(row, new double[width], width);
    }

    /** Adds the product of the piece, of which so many columns are set. */
    public void add(int width) {
        cblas_dsyrk(
                Blas.ROW_MAJOR,
                Blas.UPPER,
                Blas.NO_TRANSPOSE,
                sum.rows(),
                width,
                1,
                piece.pointer(),
                piece.columns(),
                1,
                sum.pointer(),
                sum.rows());
    }

    /** @param upperTriangle the pairs (i, j) with i ≤ j, row by row; added to */
    public void addTo(double[] upperTriangle) {
        for (int i = 0, at = 0; i < sum.rows(); i++) {
            for (int j = i; j < sum.rows(); j++, at++) {
                upperTriangle[at] += sum.get(i, j);
            }
        }
    }

    @Override
    public void close() {
        piece.close();
        sum.close();
    }
}

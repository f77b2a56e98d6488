package org.lamella.linalg;

import static org.bytedeco.openblas.global.openblas_nolapack.cblas_dgemm;

import java.util.List;
import org.bytedeco.javacpp.Pointer;

/** Inner products of many long vectors with many others, as matrix products over one piece of the vectors after the other. */
public final class InnerProducts {
    /** Numbers of each vector in a piece: long enough for the product to be the work, short enough for the cache. */
    private static final int PIECE = 4096;

    private InnerProducts() {}

    /**
     * One part's share of the inner products; they are the sums of all parts'.
     *
     * @param rows vectors of one length, each a matrix of one row; at least one
     * @param columns others of that length; at least one
     * @param part from 0: every so-manieth piece of the vectors from this one on
     * @return row by row
     */
    public static double[] of(List<DoubleMatrix> rows, List<DoubleMatrix> columns, int part, int parts) {
        int length = rows.get(0).columns();
        try (DoubleMatrix left = DoubleMatrix.allocate(rows.size(), PIECE);
                DoubleMatrix right = DoubleMatrix.allocate(columns.size(), PIECE);
                DoubleMatrix products = DoubleMatrix.zeros(rows.size(), columns.size())) {
            for (long from = (long) part * PIECE; from < length; from += (long) parts * PIECE) {
                int width = (int) Math.min(PIECE, length - from);
                gather(rows, from, width, left);
                gather(columns, from, width, right);
                cblas_dgemm(
                        Blas.ROW_MAJOR,
                        Blas.NO_TRANSPOSE,
                        Blas.TRANSPOSE,
                        rows.size(),
                        columns.size(),
                        width,
                        1,
                        left.pointer(),
                        PIECE,
                        right.pointer(),
                        PIECE,
                        1,
                        products.pointer(),
                        columns.size());
            }
            double[] values = new double[rows.size() * columns.size()];
            for (int i = 0; i < rows.size(); i++) {
                products.read(i, 0, values, i * columns.size(), columns.size());
            }
            return values;
        }
    }

    private static void gather(List<DoubleMatrix> vectors, long from, int width, DoubleMatrix into) {
        for (int i = 0; i < vectors.size(); i++) {
            Pointer.memcpy(into.row(i), vectors.get(i).pointer().getPointer(from), (long) width * Double.BYTES);
        }
    }
}

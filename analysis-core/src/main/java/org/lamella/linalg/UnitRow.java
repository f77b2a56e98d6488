package org.lamella.linalg;

import static org.bytedeco.openblas.global.openblas_nolapack.cblas_isamax;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_sdot;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_sscal;

import org.bytedeco.javacpp.FloatPointer;

/** Writes a row of a matrix scaled to unit Euclidean norm. */
public final class UnitRow {
    /** Numbers whose squares are summed in float32 before float64 takes over. */
    private static final int PIECE = 4096;

    private UnitRow() {}

    /**
     * Copies numbers into a row and scales them.
     *
     * @param values the first of them, as many as the matrix has columns; none is NaN or infinite
     * @param least a norm that is not above this counts as zero, and the row becomes zeros
     * @return the norm the values had, or 0
     */
    public static double write(float[] values, NativeMatrix matrix, int row, double least) {
        int length = Math.toIntExact(matrix.columns());
        FloatPointer target = matrix.pointer().getPointer(row * matrix.columns());
        NativeFloats.write(values, target, length);
        // Divided by the largest first: squares of the numbers as they are may leave the range of float32.
        double largest = Math.abs(values[Math.toIntExact(cblas_isamax(length, target, 1))]);
        if (largest < Float.MIN_NORMAL) {
            return zero(target, length);
        }
        cblas_sscal(length, (float) (1 / largest), target, 1);
        double squares = 0;
        for (int from = 0; from < length; from += PIECE) {
            int width = Math.min(PIECE, length - from);
            target.position(from);
            squares += cblas_sdot(width, target, 1, target, 1);
        }
        target.position(0);
        double norm = Math.sqrt(squares);
        if (largest * norm <= least) {
            return zero(target, length);
        }
        cblas_sscal(length, (float) (1 / norm), target, 1);
        return largest * norm;
    }

    private static double zero(FloatPointer target, int length) {
        cblas_sscal(length, 0, target, 1);
        return 0;
    }
}

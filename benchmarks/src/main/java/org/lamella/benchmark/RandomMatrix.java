package org.lamella.benchmark;

import java.util.SplittableRandom;
import org.lamella.linalg.NativeMatrix;

/** Matrices of independent standard normal numbers. */
public final class RandomMatrix {
    private RandomMatrix() {}

    /** A new matrix, which the caller closes. */
    public static NativeMatrix of(int rows, int columns, long seed) {
        var random = new SplittableRandom(seed);
        NativeMatrix matrix = NativeMatrix.allocate(rows, columns);
        float[] row = new float[columns];
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                row[j] = (float) random.nextGaussian();
            }
            matrix.writeRow(i, row);
        }
        return matrix;
    }
}

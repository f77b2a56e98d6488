package org.lamella.linalg;

import static org.bytedeco.openblas.global.openblas.LAPACKE_dsyevd;
import static org.bytedeco.openblas.global.openblas.LAPACKE_dsyevr;

import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.IntPointer;

/**
 * Eigenvalues of a symmetric matrix, the largest first, with their eigenvectors, which are orthonormal. A matrix has all of
 * them, or the leading ones.
 *
 * <p>All of them cost about 9 n³ operations by divide and conquer; the leading ones of a large matrix some hundred products with a
 * vector, by a block Krylov method.
 */
public final class SymmetricEigen {
    /** Up to this size all eigenvectors cost less than a search for some. */
    private static final int SMALL = 384;

    private final double[] values;
    private final double[][] vectors;

    SymmetricEigen(double[] values, double[][] vectors) {
        this.values = values;
        this.vectors = vectors;
    }

    /**
     * Which eigenvectors are wanted, and how well. For each found the residual ‖Kv - λv‖ is at most the tolerance times the
     * largest eigenvalue for the first {@code precise} of them, and a hundred times that for the others, whose eigenvalues are
     * then wrong by about its square.
     *
     * @param count how many, from the largest eigenvalue on
     */
    public record Leading(int count, int precise, double tolerance) {
        public Leading {
            if (count < 1 || precise > count || !(tolerance > 0)) {
                throw new IllegalArgumentException(
                        "%d eigenvectors, %d of them to %s".formatted(count, precise, tolerance));
            }
        }

        /** So many, all to the same tolerance. */
        public static Leading of(int count, double tolerance) {
            return new Leading(count, count, tolerance);
        }

        double toleranceOf(int position) {
            return position < precise ? tolerance : 100 * tolerance;
        }
    }

    /**
     * All eigenvalues and eigenvectors.
     *
     * @param symmetric n × n, of which the upper triangle and the diagonal are read; not modified
     */
    public static SymmetricEigen of(DoubleMatrix symmetric) {
        int n = symmetric.rows();
        try (DoubleMatrix work = symmetric.copy();
                DoublePointer ascending = new DoublePointer(n)) {
            Lapack.check(
                    "dsyevd",
                    LAPACKE_dsyevd(Lapack.COLUMN_MAJOR, Lapack.VECTORS, Lapack.LOWER, n, work.pointer(), n, ascending));
            return descending(ascending, work, n);
        }
    }

    /**
     * The eigenvalues from the largest on, with their eigenvectors.
     *
     * @param symmetric n × n, both triangles set, positive semidefinite but for rounding; not modified
     */
    public static SymmetricEigen leading(DoubleMatrix symmetric, Leading wanted) {
        int n = symmetric.rows();
        int count = Math.min(wanted.count(), n);
        if (n <= SMALL || count > n / 8) {
            return of(symmetric).first(count);
        }
        return BlockKrylov.leading(symmetric, wanted).orElseGet(() -> exactly(symmetric, count));
    }

    /** The leading ones by reduction to tridiagonal form: what is left where a Krylov method converges too slowly. */
    static SymmetricEigen exactly(DoubleMatrix symmetric, int count) {
        int n = symmetric.rows();
        try (DoubleMatrix work = symmetric.copy();
                DoubleMatrix found = DoubleMatrix.allocate(count, n);
                DoublePointer ascending = new DoublePointer(n);
                IntPointer number = new IntPointer(1);
                IntPointer support = new IntPointer(2L * Math.max(1, count))) {
            Lapack.check(
                    "dsyevr",
                    LAPACKE_dsyevr(
                            Lapack.COLUMN_MAJOR,
                            Lapack.VECTORS,
                            (byte) 'I',
                            Lapack.LOWER,
                            n,
                            work.pointer(),
                            n,
                            0,
                            0,
                            n - count + 1,
                            n,
                            0,
                            number,
                            ascending,
                            found.pointer(),
                            n,
                            support));
            return descending(ascending, found, count);
        }
    }

    // LAPACK has the smallest first.
    private static SymmetricEigen descending(DoublePointer ascending, DoubleMatrix rows, int count) {
        double[] values = new double[count];
        double[][] vectors = new double[count][rows.columns()];
        for (int i = 0; i < count; i++) {
            values[i] = ascending.get(count - 1 - i);
            rows.readRow(count - 1 - i, vectors[i]);
        }
        return new SymmetricEigen(values, vectors);
    }

    private SymmetricEigen first(int count) {
        return new SymmetricEigen(java.util.Arrays.copyOf(values, count), java.util.Arrays.copyOf(vectors, count));
    }

    /** How many there are. */
    public int count() {
        return values.length;
    }

    /** An eigenvalue, the largest at 0. */
    public double value(int position) {
        return values[position];
    }

    /** An eigenvector, of unit norm and arbitrary sign. Not a copy. */
    public double[] vector(int position) {
        return vectors[position];
    }
}

package org.lamella.linalg;

import static org.bytedeco.openblas.global.openblas.LAPACKE_dpotrf;
import static org.bytedeco.openblas.global.openblas.LAPACKE_dpotrs;

import java.util.Optional;

/**
 * The factorisation of a symmetric positive definite matrix, for solving linear systems: n³/3 operations, and 2 n² for each
 * right-hand side. It lies in the matrix it was made of, which it owns from then on.
 */
public final class Cholesky implements AutoCloseable {
    private final DoubleMatrix factor;

    private Cholesky(DoubleMatrix factor) {
        this.factor = factor;
    }

    /**
     * Factorises a matrix in its place.
     *
     * @param matrix n × n, of which the upper triangle and the diagonal are read; overwritten, and closed with the factorisation
     * @return empty if it is not positive definite; the matrix is then still the caller's, its contents lost
     */
    public static Optional<Cholesky> of(DoubleMatrix matrix) {
        int n = matrix.rows();
        int status = LAPACKE_dpotrf(Lapack.COLUMN_MAJOR, Lapack.LOWER, n, matrix.pointer(), n);
        if (status > 0) {
            return Optional.empty();
        }
        Lapack.check("dpotrf", status);
        return Optional.of(new Cholesky(matrix));
    }

    /**
     * Solves for several right-hand sides at once.
     *
     * @param rightHandSides one a row, each n numbers; overwritten by the solutions
     */
    public void solve(DoubleMatrix rightHandSides) {
        int n = factor.rows();
        if (rightHandSides.columns() != n) {
            throw new IllegalArgumentException("%s for a matrix of %d".formatted(rightHandSides, n));
        }
        Lapack.check(
                "dpotrs",
                LAPACKE_dpotrs(
                        Lapack.COLUMN_MAJOR,
                        Lapack.LOWER,
                        n,
                        rightHandSides.rows(),
                        factor.pointer(),
                        n,
                        rightHandSides.pointer(),
                        n));
    }

    @Override
    public void close() {
        factor.close();
    }
}

package org.lamella.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Eigenproblems against matrices whose eigenvectors are known, and the two ways to leading ones against each other. */
class SymmetricEigenTest {
    /** (2 1; 1 2) has 3 on (1, 1) and 1 on (1, -1). Tolerance: some roundings of float64. */
    @Test
    void twoByTwo_isSolvedInClosedForm() {
        try (DoubleMatrix matrix = DoubleMatrix.of(new double[][] {{2, 1}, {Double.NaN, 2}})) {
            matrix.mirrorUpper();
            SymmetricEigen eigen = SymmetricEigen.of(matrix);

            assertThat(eigen.value(0)).isCloseTo(3, within(1e-15));
            assertThat(eigen.value(1)).isCloseTo(1, within(1e-15));
            assertThat(eigen.vector(0)[0]).isCloseTo(eigen.vector(0)[1], within(1e-15));
            assertThat(eigen.vector(1)[0]).isCloseTo(-eigen.vector(1)[1], within(1e-15));
        }
    }

    /**
     * The path graph's second difference matrix, 2 on the diagonal and -1 beside it, has eigenvalues 2 - 2 cos(πk/(n+1)), of which
     * the largest lie close together: the worst that a Krylov method can meet.
     */
    @ParameterizedTest
    @CsvSource({"5, 5", "300, 3", "900, 4"})
    void secondDifferences_haveTheirCosines(int n, int count) {
        try (DoubleMatrix matrix = DoubleMatrix.zeros(n, n)) {
            for (int i = 0; i < n; i++) {
                matrix.set(i, i, 2);
                if (i > 0) {
                    matrix.set(i, i - 1, -1);
                    matrix.set(i - 1, i, -1);
                }
            }
            SymmetricEigen eigen = SymmetricEigen.leading(matrix, SymmetricEigen.Leading.of(count, 1e-9));

            assertThat(eigen.count()).isEqualTo(count);
            for (int k = 0; k < count; k++) {
                assertThat(eigen.value(k)).isCloseTo(2 - 2 * Math.cos(Math.PI * (n - k) / (n + 1)), within(1e-12));
            }
        }
    }

    /**
     * A matrix made of chosen eigenvalues, which fall slowly, some of them equal. Residuals to the tolerance asked for; eigenvalues
     * to its square over their distance.
     */
    @Test
    void chosenSpectrum_ofALargeMatrix_isFoundByKrylov() {
        int n = 600;
        double[] spectrum = new double[n];
        for (int i = 0; i < n; i++) {
            spectrum[i] = i == 1 || i == 2 ? 50 : 100.0 / (1 + i * i);
        }
        try (DoubleMatrix matrix = withSpectrum(spectrum)) {
            SymmetricEigen eigen = BlockKrylov.leading(matrix, SymmetricEigen.Leading.of(6, 1e-10))
                    .orElseThrow();

            for (int k = 0; k < 6; k++) {
                assertThat(eigen.value(k)).isCloseTo(spectrum[k], within(1e-10));
                assertThat(residual(matrix, eigen, k)).isLessThan(1e-10 * 100);
            }
        }
    }

    /**
     * What the Krylov method finds is what LAPACK finds. Noise is its hard case, the eigenvalues lie 1e-2 apart: a residual of 1e-5
     * makes errors of about 1e-10 / 1e-2 in eigenvalues and (1e-5 / 1e-2)² in the cosine of vectors.
     */
    @Test
    void noise_bothWays_agree() {
        int n = 1000;
        var random = new Random(3);
        try (DoubleMatrix x = DoubleMatrix.allocate(n, 1500)) {
            for (int i = 0; i < n; i++) {
                for (int k = 0; k < 1500; k++) {
                    x.set(i, k, random.nextGaussian());
                }
            }
            try (DoubleMatrix gram = x.timesTranspose(x)) {
                SymmetricEigen searched = BlockKrylov.leading(gram, SymmetricEigen.Leading.of(4, 1e-5))
                        .orElseThrow();
                SymmetricEigen whole = SymmetricEigen.of(gram);
                SymmetricEigen some = SymmetricEigen.exactly(gram, 4);

                for (int k = 0; k < 4; k++) {
                    assertThat(searched.value(k) / whole.value(k)).isCloseTo(1, within(1e-7));
                    assertThat(some.value(k) / whole.value(k)).isCloseTo(1, within(1e-12));
                }
                assertThat(Math.abs(dot(searched.vector(0), whole.vector(0)))).isCloseTo(1, within(1e-5));
                assertThat(Math.abs(dot(some.vector(0), whole.vector(0)))).isCloseTo(1, within(1e-12));
            }
        }
    }

    /**
     * A tolerance of 1e-6 on a flat spectrum is searched for with the matrix in float32. The vectors are held to the residual all the
     * same, measured here in float64 on the matrix as it is, and the eigenvalues, off by its square over their distance of 1e-2, are
     * those of LAPACK.
     */
    @Test
    void noise_searchedForInFloat32_keepsTheResidualsAskedFor() {
        int n = 1000;
        var random = new Random(9);
        try (DoubleMatrix x = DoubleMatrix.allocate(n, 4000)) {
            for (int i = 0; i < n; i++) {
                x.writeRow(i, random.doubles(4000, -1, 1).toArray());
            }
            try (DoubleMatrix gram = x.timesTranspose(x)) {
                var wanted = new SymmetricEigen.Leading(6, 2, 1e-6);
                SymmetricEigen searched = BlockKrylov.leading(gram, wanted).orElseThrow();
                SymmetricEigen exact = SymmetricEigen.exactly(gram, 6);

                for (int k = 0; k < 6; k++) {
                    assertThat(residual(gram, searched, k)).isLessThan(wanted.toleranceOf(k) * exact.value(0));
                    assertThat(searched.value(k) / exact.value(k)).isCloseTo(1, within(k < 2 ? 1e-9 : 1e-5));
                }
            }
        }
    }

    /** A matrix of rank 2 gives the block nothing to grow by; its eigenvectors are found all the same. */
    @Test
    void lowRank_isFound() {
        int n = 700;
        double[] spectrum = new double[n];
        spectrum[0] = 9;
        spectrum[1] = 4;
        try (DoubleMatrix matrix = withSpectrum(spectrum)) {
            SymmetricEigen eigen = SymmetricEigen.leading(matrix, SymmetricEigen.Leading.of(5, 1e-10));

            assertThat(eigen.value(0)).isCloseTo(9, within(1e-12));
            assertThat(eigen.value(1)).isCloseTo(4, within(1e-12));
            assertThat(eigen.value(2)).isCloseTo(0, within(1e-12));
        }
    }

    /** Solutions of a system whose solution is known, and a matrix that has no factor. */
    @Test
    void cholesky_solvesOrRefuses() {
        int n = 40;
        var random = new Random(5);
        double[] spectrum = random.doubles(n, 0.5, 3).toArray();
        try (DoubleMatrix matrix = withSpectrum(spectrum);
                DoubleMatrix solutions = DoubleMatrix.allocate(3, n)) {
            for (int i = 0; i < 3; i++) {
                solutions.writeRow(i, random.doubles(n).toArray());
            }
            try (DoubleMatrix sides = solutions.times(matrix);
                    Cholesky factor = Cholesky.of(matrix.copy()).orElseThrow()) {
                factor.solve(sides);
                for (int i = 0; i < 3; i++) {
                    for (int j = 0; j < n; j++) {
                        assertThat(sides.get(i, j)).isCloseTo(solutions.get(i, j), within(1e-12));
                    }
                }
            }
            matrix.addToDiagonal(-1);
            assertThat(Cholesky.of(matrix)).isEmpty();
        }
    }

    /** H diag(spectrum) H with a Householder reflection H, whose columns are the eigenvectors. */
    private static DoubleMatrix withSpectrum(double[] spectrum) {
        int n = spectrum.length;
        double[] v = new Random(11).doubles(n, -1, 1).toArray();
        double square = dot(v, v);
        try (DoubleMatrix reflection = DoubleMatrix.allocate(n, n);
                DoubleMatrix scaled = DoubleMatrix.allocate(n, n)) {
            for (int i = 0; i < n; i++) {
                for (int j = 0; j < n; j++) {
                    double h = (i == j ? 1 : 0) - 2 * v[i] * v[j] / square;
                    reflection.set(i, j, h);
                    scaled.set(i, j, h * spectrum[j]);
                }
            }
            return scaled.timesTranspose(reflection);
        }
    }

    private static double residual(DoubleMatrix matrix, SymmetricEigen eigen, int k) {
        double square = 0;
        double[] row = new double[matrix.columns()];
        for (int i = 0; i < matrix.rows(); i++) {
            matrix.readRow(i, row);
            double r = dot(row, eigen.vector(k)) - eigen.value(k) * eigen.vector(k)[i];
            square += r * r;
        }
        return Math.sqrt(square);
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}

package org.lamella.linalg;

import static org.bytedeco.openblas.global.openblas.LAPACKE_dgeqrf;
import static org.bytedeco.openblas.global.openblas.LAPACKE_dorgqr;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_daxpy;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_ddot;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_dgemm;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_dnrm2;

import java.util.Optional;
import java.util.Random;
import org.bytedeco.javacpp.DoublePointer;

/**
 * Leading eigenvectors of a large symmetric matrix K by a block Krylov method with full orthogonalisation (Golub and Underwood
 * 1977; Musco and Musco 2015 for why some steps do on a random start).
 *
 * <p>The basis Q grows by a block of B vectors a step: those K makes of the last block, made orthogonal to all before. The
 * eigenvectors of Q K Qᵀ, turned back by Q, are the approximations; their residuals tell when to stop. A block costs one
 * pass over K, whose memory is the limit, whatever its width; a wide one needs fewer passes and a larger basis. On a flat spectrum,
 * where there are many passes, K is read in float32 from the first look on, and what is found is held to its residuals in float64.
 * The start is the same for every matrix of a size, and so is
 * the result.
 */
final class BlockKrylov implements AutoCloseable {
    private static final int WIDTH = 8;
    private static final int MOST_STEPS = 128;
    private static final int FIRST_LOOK = 6;
    /** Tolerances down to this one are reached with the matrix in float32: residuals end near 1e-7. */
    private static final double ROUNDED = 1e-6;

    /** Where residuals are so many times too large at the first look, so many steps follow that rounding the matrix is worth it. */
    private static final double SLOW = 100;

    private static final long SEED = 20201015;

    private final DoubleMatrix matrix;
    private final SymmetricEigen.Leading wanted;
    private final int n;
    private final int width;
    private final int mostSteps;
    /** Orthonormal rows: basis × n. */
    private final DoubleMatrix basis;
    /** The basis times K: basis × n. */
    private final DoubleMatrix images;
    /** Q K Qᵀ, of which the part for the steps done is set. */
    private final DoubleMatrix projection;

    private final DoubleMatrix coefficients;
    private final DoublePointer reflectors;
    private KrylovProduct product;
    private boolean rounded;
    private int size;

    private BlockKrylov(DoubleMatrix matrix, SymmetricEigen.Leading wanted) {
        this.matrix = matrix;
        this.product = KrylovProduct.of(matrix);
        this.wanted = wanted;
        this.n = matrix.rows();
        this.width = WIDTH;
        this.mostSteps = Math.min(MOST_STEPS, n / 2 / width);
        int most = mostSteps * width;
        this.basis = DoubleMatrix.allocate(most, n);
        this.images = DoubleMatrix.allocate(most, n);
        this.projection = DoubleMatrix.zeros(most, most);
        this.coefficients = DoubleMatrix.allocate(most, width);
        this.reflectors = new DoublePointer(width);
    }

    /** The leading eigenvectors; empty if they are not found within the steps that are worth it. */
    static Optional<SymmetricEigen> leading(DoubleMatrix matrix, SymmetricEigen.Leading wanted) {
        try (var search = new BlockKrylov(matrix, wanted)) {
            return search.search();
        }
    }

    /** Vectors that were found with a rounded matrix, with the values and residuals that they have with the matrix itself. */
    private Ritz checked(SymmetricEigen rough) {
        int count = rough.count();
        double[] values = new double[count];
        double[][] vectors = new double[count][];
        for (int i = 0; i < count; i++) {
            vectors[i] = rough.vector(i);
        }
        try (DoubleMatrix rows = DoubleMatrix.of(vectors);
                DoubleMatrix products = DoubleMatrix.allocate(count, n)) {
            KrylovProduct.of(matrix).multiply(rows, 0, count, products);
            for (int i = 0; i < count; i++) {
                values[i] = cblas_ddot(n, rows.row(i), 1, products.row(i), 1);
            }
            return new Ritz(new SymmetricEigen(values, vectors), excess(values, rows, products));
        }
    }

    /** @param products of the vectors; residuals afterwards */
    private double excess(double[] values, DoubleMatrix vectors, DoubleMatrix products) {
        double largest = Math.abs(values[0]);
        double excess = 0;
        for (int i = 0; i < values.length; i++) {
            cblas_daxpy(n, -values[i], vectors.row(i), 1, products.row(i), 1);
            double residual = cblas_dnrm2(n, products.row(i), 1);
            excess = Math.max(excess, residual / (wanted.toleranceOf(i) * largest));
        }
        return excess;
    }

    private Optional<SymmetricEigen> search() {
        startAtRandom();
        int look = Math.max(FIRST_LOOK, wanted.count() / width + 2);
        int lookBefore = 0;
        double excessBefore = Double.NaN;
        for (int step = 1; step <= mostSteps; step++) {
            multiplyLastBlock();
            if (step == look || step == mostSteps) {
                Ritz found = ritz();
                if (found.excess() <= 1) {
                    found = rounded ? checked(found.pairs()) : found;
                }
                if (found.excess() <= 1) {
                    return Optional.of(found.pairs());
                }
                if (!rounded && found.excess() > SLOW && wanted.tolerance() >= ROUNDED) {
                    product = KrylovProduct.rounded(matrix, width);
                    rounded = true;
                }
                look = step + stepsLeft(step, found.excess(), lookBefore, excessBefore);
                lookBefore = step;
                excessBefore = found.excess();
            }
            if (step < mostSteps) {
                appendBlock();
            }
        }
        return Optional.empty();
    }

    /** A look costs as much as some steps, so the next comes when residuals, which fall by a factor a step, should be small enough. */
    private static int stepsLeft(int step, double excess, int lookBefore, double excessBefore) {
        double fall = Math.log(excessBefore / excess) / (step - lookBefore);
        double left = fall > 0 ? Math.log(excess) / fall : step / 2.0;
        return (int) Math.max(2, Math.min(Math.ceil(left), step));
    }

    /** @param excess how many times the tolerance the worst of the residuals is */
    private record Ritz(SymmetricEigen pairs, double excess) {}

    private void startAtRandom() {
        var random = new Random(SEED);
        double[] row = new double[n];
        for (int i = 0; i < width; i++) {
            for (int j = 0; j < n; j++) {
                row[j] = random.nextDouble() - 0.5;
            }
            basis.writeRow(i, row);
        }
        orthonormalise(0);
        size = width;
    }

    /** Images of the last block, and its products with all of the basis. */
    private void multiplyLastBlock() {
        int last = size - width;
        product.multiply(basis, last, width, images);
        int stride = projection.columns();
        // Column block of the projection: rows up to now, and so its upper triangle.
        cblas_dgemm(
                Blas.ROW_MAJOR,
                Blas.NO_TRANSPOSE,
                Blas.TRANSPOSE,
                size,
                width,
                n,
                1,
                basis.pointer(),
                n,
                images.row(last),
                n,
                0,
                projection.pointer().getPointer(last),
                stride);
    }

    private void appendBlock() {
        int from = size;
        org.bytedeco.javacpp.Pointer.memcpy(basis.row(from), images.row(from - width), (long) width * n * Double.BYTES);
        // Twice: once alone, errors grow threefold a step on noise and the basis is lost after some thirty; and where
        // the block had not its full rank, the vectors that the factorisation put in are made orthogonal only by the
        // second round. What the first takes away the projection knows.
        takeAway(from, projection.pointer().getPointer(from - width), projection.columns());
        orthonormalise(from);
        takeAwayBasis(from);
        orthonormalise(from);
        size += width;
    }

    private void takeAwayBasis(int from) {
        cblas_dgemm(
                Blas.ROW_MAJOR,
                Blas.NO_TRANSPOSE,
                Blas.TRANSPOSE,
                from,
                width,
                n,
                1,
                basis.pointer(),
                n,
                basis.row(from),
                n,
                0,
                coefficients.pointer(),
                width);
        takeAway(from, coefficients.pointer(), width);
    }

    /** @param parts from × width, its rows so far apart: how much of each vector of the basis is in each of the block */
    private void takeAway(int from, DoublePointer parts, int stride) {
        cblas_dgemm(
                Blas.ROW_MAJOR,
                Blas.TRANSPOSE,
                Blas.NO_TRANSPOSE,
                width,
                n,
                from,
                -1,
                parts,
                stride,
                basis.pointer(),
                n,
                1,
                basis.row(from),
                n);
    }

    /** QR of a block of rows, which LAPACK sees as n × width by columns. */
    private void orthonormalise(int from) {
        Lapack.check("dgeqrf", LAPACKE_dgeqrf(Lapack.COLUMN_MAJOR, n, width, basis.row(from), n, reflectors));
        Lapack.check("dorgqr", LAPACKE_dorgqr(Lapack.COLUMN_MAJOR, n, width, width, basis.row(from), n, reflectors));
    }

    /** The approximations that the basis gives, and how good they are. */
    private Ritz ritz() {
        int count = wanted.count();
        SymmetricEigen small;
        try (DoubleMatrix done = DoubleMatrix.allocate(size, size)) {
            double[] row = new double[size];
            for (int i = 0; i < size; i++) {
                projection.read(i, 0, row, 0, size);
                done.writeRow(i, row);
            }
            small = SymmetricEigen.exactly(done, count);
        }
        try (DoubleMatrix weights = DoubleMatrix.allocate(count, size);
                DoubleMatrix vectors = DoubleMatrix.allocate(count, n);
                DoubleMatrix residuals = DoubleMatrix.allocate(count, n)) {
            for (int i = 0; i < count; i++) {
                weights.writeRow(i, small.vector(i));
            }
            combine(weights, basis, vectors);
            combine(weights, images, residuals);
            double[] values = new double[count];
            double[][] found = new double[count][n];
            for (int i = 0; i < count; i++) {
                values[i] = small.value(i);
                vectors.readRow(i, found[i]);
            }
            return new Ritz(new SymmetricEigen(values, found), excess(values, vectors, residuals));
        }
    }

    private void combine(DoubleMatrix weights, DoubleMatrix rows, DoubleMatrix into) {
        cblas_dgemm(
                Blas.ROW_MAJOR,
                Blas.NO_TRANSPOSE,
                Blas.NO_TRANSPOSE,
                into.rows(),
                n,
                size,
                1,
                weights.pointer(),
                size,
                rows.pointer(),
                n,
                0,
                into.pointer(),
                n);
    }

    @Override
    public void close() {
        product.close();
        basis.close();
        images.close();
        projection.close();
        coefficients.close();
        reflectors.close();
    }
}

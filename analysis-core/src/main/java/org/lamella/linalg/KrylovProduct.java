package org.lamella.linalg;

import static org.bytedeco.openblas.global.openblas_nolapack.cblas_dgemm;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_sgemm;

import org.bytedeco.javacpp.FloatPointer;

/** A symmetric n × n matrix, as what it makes of a block of vectors: all that a Krylov method knows of it. */
interface KrylovProduct extends AutoCloseable {
    /**
     * Multiplies some adjacent rows of one matrix of rows of n numbers, and writes the products to the same rows of another.
     *
     * @param vectors not modified
     */
    void multiply(DoubleMatrix vectors, int from, int count, DoubleMatrix products);

    @Override
    void close();

    /** The matrix as it is, which must outlive the product. */
    static KrylovProduct of(DoubleMatrix matrix) {
        return new Float64(matrix);
    }

    /** The matrix rounded to float32, which takes half the time: memory is the limit. Products are good to about 1e-7 of ‖K‖. */
    static KrylovProduct rounded(DoubleMatrix matrix, int mostVectors) {
        return new Float32(matrix, mostVectors);
    }

    /** Not by dsymm, which is slower by half on so few rows: the matrix is whole. */
    record Float64(DoubleMatrix matrix) implements KrylovProduct {
        @Override
        public void multiply(DoubleMatrix vectors, int from, int count, DoubleMatrix products) {
            int n = matrix.rows();
            cblas_dgemm(
                    Blas.ROW_MAJOR,
                    Blas.NO_TRANSPOSE,
                    Blas.NO_TRANSPOSE,
                    count,
                    n,
                    n,
                    1,
                    vectors.row(from),
                    n,
                    matrix.pointer(),
                    n,
                    0,
                    products.row(from),
                    n);
        }

        @Override
        public void close() {}
    }

    /** Vectors as columns: on rows the same product takes three halves of the time. */
    final class Float32 implements KrylovProduct {
        private final int n;
        private final FloatPointer matrix;
        private final FloatPointer columns;
        private final FloatPointer images;
        private final double[] row;
        private final float[] numbers;

        Float32(DoubleMatrix exact, int mostVectors) {
            this.n = exact.rows();
            this.matrix = new FloatPointer((long) n * n);
            this.columns = new FloatPointer((long) n * mostVectors);
            this.images = new FloatPointer((long) n * mostVectors);
            this.row = new double[n];
            this.numbers = new float[n * mostVectors];
            for (int i = 0; i < n; i++) {
                exact.readRow(i, row);
                for (int j = 0; j < n; j++) {
                    numbers[j] = (float) row[j];
                }
                NativeFloats.write(numbers, matrix.getPointer((long) i * n), n);
            }
        }

        @Override
        public void multiply(DoubleMatrix vectors, int from, int count, DoubleMatrix products) {
            for (int v = 0; v < count; v++) {
                vectors.readRow(from + v, row);
                for (int i = 0; i < n; i++) {
                    numbers[i * count + v] = (float) row[i];
                }
            }
            NativeFloats.write(numbers, columns, n * count);
            cblas_sgemm(
                    Blas.ROW_MAJOR,
                    Blas.NO_TRANSPOSE,
                    Blas.NO_TRANSPOSE,
                    n,
                    count,
                    n,
                    1,
                    matrix,
                    n,
                    columns,
                    count,
                    0,
                    images,
                    count);
            NativeFloats.read(images, numbers, n * count);
            for (int v = 0; v < count; v++) {
                for (int i = 0; i < n; i++) {
                    row[i] = numbers[i * count + v];
                }
                products.writeRow(from + v, row);
            }
        }

        @Override
        public void close() {
            for (FloatPointer memory : new FloatPointer[] {matrix, columns, images}) {
                memory.close();
            }
        }
    }
}

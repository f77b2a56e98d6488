package org.lamella.linalg;

import static org.bytedeco.openblas.global.openblas_nolapack.cblas_ddot;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_dgemm;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_dscal;

import java.nio.DoubleBuffer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.indexer.DoubleIndexer;

/**
 * A float64 matrix in native memory, row by row, for what is solved and decomposed: Gram matrices of n examples, never
 * activations of n × d. It owns its memory and is closed by its owner.
 */
public final class DoubleMatrix implements AutoCloseable {
    /** Side of the squares in which a matrix is mirrored: two of them fit the first-level cache. */
    private static final int TILE = 32;

    static {
        Blas.oneThread();
    }

    private final DoublePointer values;
    private final DoubleIndexer index;
    private final int rows;
    private final int columns;

    private DoubleMatrix(int rows, int columns) {
        this.rows = rows;
        this.columns = columns;
        this.values = new DoublePointer(Math.multiplyExact((long) rows, columns));
        this.index = DoubleIndexer.create(values);
    }

    /** New memory with arbitrary contents: 8 bytes a number. */
    public static DoubleMatrix allocate(int rows, int columns) {
        return new DoubleMatrix(rows, columns);
    }

    /** New memory that holds zeros. */
    public static DoubleMatrix zeros(int rows, int columns) {
        DoubleMatrix matrix = allocate(rows, columns);
        Pointer.memset(matrix.values, 0, matrix.bytes());
        return matrix;
    }

    /** A copy of some rows of equal length; for small matrices. */
    public static DoubleMatrix of(double[][] rows) {
        DoubleMatrix matrix = allocate(rows.length, rows[0].length);
        for (int i = 0; i < rows.length; i++) {
            matrix.writeRow(i, rows[i]);
        }
        return matrix;
    }

    /** Another matrix with the same numbers. */
    public DoubleMatrix copy() {
        DoubleMatrix copy = allocate(rows, columns);
        Pointer.memcpy(copy.values, values, bytes());
        return copy;
    }

    private long bytes() {
        return (long) rows * columns * Double.BYTES;
    }

    /** Number of rows. */
    public int rows() {
        return rows;
    }

    /** Number of columns. */
    public int columns() {
        return columns;
    }

    /** The first number; the numbers of a row are adjacent, and so are the rows. */
    public DoublePointer pointer() {
        return values;
    }

    /** The first number of a row. */
    DoublePointer row(int row) {
        return values.getPointer((long) row * columns);
    }

    /** One number. */
    public double get(int row, int column) {
        return index.get((long) row * columns + column);
    }

    /** Sets one number. */
    public void set(int row, int column, double value) {
        index.put((long) row * columns + column, value);
    }

    /** Copies a row out; {@code into} has at least as many numbers as there are columns. */
    public void readRow(int row, double[] into) {
        read(row, 0, into, 0, columns);
    }

    /** Copies some adjacent numbers of a row out, to an array's position {@code offset}. */
    public void read(int row, int column, double[] into, int offset, int count) {
        window(row, column, count).get(into, offset, count);
    }

    /** Copies numbers into a row. */
    public void writeRow(int row, double[] from) {
        write(row, 0, from, 0, columns);
    }

    /** Copies numbers of an array, from its position {@code offset} on, into a row. */
    public void write(int row, int column, double[] from, int offset, int count) {
        window(row, column, count).put(from, offset, count);
    }

    private DoubleBuffer window(int row, int column, int count) {
        DoublePointer window = values.getPointer((long) row * columns + column);
        window.capacity(count);
        return window.asBuffer();
    }

    /** Makes a square matrix symmetric: what is above the diagonal is copied below it. */
    public void mirrorUpper() {
        for (int top = 0; top < rows; top += TILE) {
            int bottom = Math.min(rows, top + TILE);
            for (int left = top; left < rows; left += TILE) {
                int right = Math.min(rows, left + TILE);
                for (int i = top; i < bottom; i++) {
                    for (int j = Math.max(left, i + 1); j < right; j++) {
                        set(j, i, get(i, j));
                    }
                }
            }
        }
    }

    /** The sum of the squares of all numbers. */
    public double squaredNorm() {
        double sum = 0;
        for (int i = 0; i < rows; i++) {
            sum += cblas_ddot(columns, row(i), 1, row(i), 1);
        }
        return sum;
    }

    /** Adds a number to every element of the diagonal. */
    public void addToDiagonal(double value) {
        for (int i = 0; i < Math.min(rows, columns); i++) {
            set(i, i, get(i, i) + value);
        }
    }

    /** Multiplies every number. */
    public void scale(double factor) {
        for (int i = 0; i < rows; i++) {
            cblas_dscal(columns, factor, row(i), 1);
        }
    }

    /** Whether every number is one: neither NaN nor infinite. */
    public boolean isFinite() {
        for (long i = 0; i < (long) rows * columns; i++) {
            if (!Double.isFinite(index.get(i))) {
                return false;
            }
        }
        return true;
    }

    /** The product A B of this and another matrix. */
    public DoubleMatrix times(DoubleMatrix other) {
        requireFit(columns, other.rows);
        DoubleMatrix product = allocate(rows, other.columns);
        multiply(Blas.NO_TRANSPOSE, Blas.NO_TRANSPOSE, this, other, columns, product);
        return product;
    }

    /** The product Aᵀ B. */
    public DoubleMatrix transposeTimes(DoubleMatrix other) {
        requireFit(rows, other.rows);
        DoubleMatrix product = allocate(columns, other.columns);
        multiply(Blas.TRANSPOSE, Blas.NO_TRANSPOSE, this, other, rows, product);
        return product;
    }

    /** The product A Bᵀ. */
    public DoubleMatrix timesTranspose(DoubleMatrix other) {
        requireFit(columns, other.columns);
        DoubleMatrix product = allocate(rows, other.rows);
        multiply(Blas.NO_TRANSPOSE, Blas.TRANSPOSE, this, other, columns, product);
        return product;
    }

    private static void requireFit(int inner, int otherInner) {
        if (inner != otherInner) {
            throw new IllegalArgumentException("a product over %d and over %d numbers".formatted(inner, otherInner));
        }
    }

    private static void multiply(int form, int otherForm, DoubleMatrix a, DoubleMatrix b, int inner, DoubleMatrix to) {
        cblas_dgemm(
                Blas.ROW_MAJOR,
                form,
                otherForm,
                to.rows,
                to.columns,
                inner,
                1,
                a.values,
                a.columns,
                b.values,
                b.columns,
                0,
                to.values,
                to.columns);
    }

    @Override
    public void close() {
        index.release();
        values.close();
    }

    @Override
    public String toString() {
        return "matrix of %d x %d numbers".formatted(rows, columns);
    }
}

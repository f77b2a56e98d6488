package org.lamella.linalg;

import java.nio.FloatBuffer;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * A float32 matrix in native memory, row by row: n rows (examples) × d columns (features).
 *
 * <p>A matrix that was {@linkplain #allocate allocated} owns its memory and is closed by its owner; a {@linkplain #view
 * view} owns nothing, and closing it does nothing.
 */
public final class NativeMatrix implements AutoCloseable {
    private final FloatPointer values;
    private final int rows;
    private final long columns;
    private final boolean owner;

    private NativeMatrix(FloatPointer values, int rows, long columns, boolean owner) {
        this.values = values;
        this.rows = rows;
        this.columns = columns;
        this.owner = owner;
    }

    /** New memory with arbitrary contents. */
    public static NativeMatrix allocate(int rows, long columns) {
        return new NativeMatrix(new FloatPointer(Math.multiplyExact((long) rows, columns)), rows, columns, true);
    }

    /** The rows × columns numbers from a pointer's position on; the pointer's memory must outlive the view. */
    public static NativeMatrix view(FloatPointer values, int rows, long columns) {
        return new NativeMatrix(values, rows, columns, false);
    }

    /** The rows × columns numbers from the position of a direct buffer in native byte order on. */
    public static NativeMatrix view(FloatBuffer values, int rows, long columns) {
        if (!values.isDirect() || values.remaining() < Math.multiplyExact((long) rows, columns)) {
            throw new IllegalArgumentException("a direct buffer of " + rows + " x " + columns + " numbers is needed");
        }
        return new NativeMatrix(new FloatPointer(values), rows, columns, false);
    }

    /** A view of the first so many rows, which must not outlive this matrix. */
    public NativeMatrix first(int count) {
        if (count > rows) {
            throw new IllegalArgumentException("%d of %d rows".formatted(count, rows));
        }
        return view(values, count, columns);
    }

    /** Number of examples, n. */
    public int rows() {
        return rows;
    }

    /** Number of features, d. */
    public long columns() {
        return columns;
    }

    /** The first number; the numbers of a row are adjacent, and so are the rows. */
    public FloatPointer pointer() {
        return values;
    }

    /** One number. For looking, not for computing. */
    public float get(int row, long column) {
        return values.getPointer(FloatPointer.class, row * columns + column).get();
    }

    /** Copies a row out; {@code into} has as many numbers as there are columns. */
    public void readRow(int row, float[] into) {
        read(row, 0, into, 0, into.length);
    }

    /** Copies some adjacent numbers of a row out, to an array's position {@code offset}. */
    public void read(int row, long column, float[] into, int offset, int count) {
        NativeFloats.read(values.getPointer(row * columns + column), into, offset, count);
    }

    /** Copies numbers into a row. */
    public void writeRow(int row, float[] from) {
        NativeFloats.write(from, values.getPointer(row * columns), from.length);
    }

    /** Copies the first {@code count} numbers of an array into a row. */
    public void write(int row, long column, float[] from, int count) {
        NativeFloats.write(from, values.getPointer(row * columns + column), count);
    }

    /** Copies some adjacent columns, row by row without gaps. */
    void copyColumns(long from, int width, FloatPointer into) {
        // Bytes, because memcpy takes a pointer's position as a number of bytes whatever it points to. And not by
        // cblas_scopy:
        // activations mapped from a file may start at any byte, where BLAS would fault.
        BytePointer source = values.getPointer(BytePointer.class);
        BytePointer target = into.getPointer(BytePointer.class);
        long start = from * Float.BYTES;
        long stride = columns * Float.BYTES;
        long bytes = (long) width * Float.BYTES;
        if (bytes == stride) {
            Pointer.memcpy(target.position(0), source.position(start), bytes * rows);
            return;
        }
        for (int i = 0; i < rows; i++) {
            Pointer.memcpy(target.position(i * bytes), source.position(start + i * stride), bytes);
        }
    }

    /** The same memory as a buffer; for matrices below 2^31 bytes. */
    public FloatBuffer buffer() {
        return values.asBuffer();
    }

    /** Some rows as a buffer; together below 2^31 bytes. */
    public FloatBuffer buffer(int firstRow, int count) {
        FloatPointer window = values.getPointer(FloatPointer.class, firstRow * columns);
        window.capacity(count * columns);
        return window.asBuffer();
    }

    @Override
    public void close() {
        if (owner) {
            values.close();
        }
    }
}

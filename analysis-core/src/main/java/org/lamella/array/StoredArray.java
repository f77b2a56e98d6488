package org.lamella.array;

import java.nio.FloatBuffer;
import java.util.List;
import java.util.Optional;
import org.bytedeco.javacpp.FloatPointer;

/**
 * An array of numbers in a file, never loaded whole. The first axis counts examples: a row is one example with all its
 * numbers, in C order whatever the file's order.
 */
public interface StoredArray {
    /** The array's name. */
    String name();

    /** Number of examples: the length of the first axis. */
    int rows();

    /** Shape of one example. */
    List<Integer> rowShape();

    /** Numbers in one example. */
    int rowLength();

    /** Whether its numbers are floating point, as activations are, and not integers, as labels are. */
    boolean isFloating();

    /** The number format: float32, int64 and so on. */
    String format();

    /**
     * Bytes that must be unpacked into a temporary file before rows can be read; 0 for an array that is read where it lies.
     */
    default long unpacked() {
        return 0;
    }

    /**
     * The file's own memory, where some rows lie there as float32 one after the other; empty where they must be {@linkplain
     * #read copied}. The array must outlive the pointer.
     */
    Optional<FloatPointer> view(int firstRow, int count);

    /**
     * Copies rows into a buffer as float32, in the order asked for, and advances its position.
     *
     * @throws org.lamella.LamellaException if the file turns out to be damaged there
     */
    void read(int[] wanted, FloatBuffer into);

    /** One number of a row, at full precision. */
    double readDouble(int row, int column);

    /** All numbers in C order, at full precision: for small arrays. */
    default double[] readDoubles() {
        double[] all = new double[Math.multiplyExact(rows(), rowLength())];
        for (int i = 0; i < all.length; i++) {
            all[i] = readDouble(i / rowLength(), i % rowLength());
        }
        return all;
    }
}

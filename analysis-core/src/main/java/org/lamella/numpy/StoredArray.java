package org.lamella.numpy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.lamella.LamellaException;

/**
 * An array of numbers in a file, mapped into memory and never loaded whole. The first axis counts examples: a row is one
 * example with all its numbers.
 */
public final class StoredArray {
    /** Rows per mapped piece are chosen so that a piece stays below this; a mapping cannot pass 2^31 bytes. */
    private static final long LARGEST_PIECE = 1L << 30;

    private final String name;
    private final String where;
    private final NpyHeader header;
    private final ElementType type;
    private final ByteOrder order;
    private final int rows;
    private final int rowLength;
    private final int rowsPerPiece;
    private final List<ByteBuffer> pieces = new ArrayList<>();
    private final List<BytePointer> pointers = new ArrayList<>();

    private StoredArray(String name, String where, NpyHeader header, ElementType type, long longestPiece) {
        this.name = name;
        this.where = where;
        this.header = header;
        this.type = type;
        this.order = ElementType.orderOfDescr(header.descr());
        this.rows = Math.toIntExact(header.shape().get(0));
        this.rowLength = Math.toIntExact(header.shape().stream().skip(1).reduce(1L, Math::multiplyExact));
        long rowBytes = Math.max(1L, (long) rowLength * type.size());
        this.rowsPerPiece = (int) Math.max(1, Math.min(Math.max(rows, 1), longestPiece / rowBytes));
    }

    /**
     * Maps the numbers of an array.
     *
     * @param name what the array is called
     * @param where the file, for messages
     * @param start byte in the file at which the array's head starts
     * @param bytes bytes that head and numbers may take
     * @throws LamellaException if the array has no rows, or numbers of a kind that is not read, or is truncated
     */
    static StoredArray map(FileChannel file, String name, String where, NpyHeader header, long start, long bytes)
            throws IOException {
        return map(file, name, where, header, start, bytes, LARGEST_PIECE);
    }

    static StoredArray map(
            FileChannel file, String name, String where, NpyHeader header, long start, long bytes, long longestPiece)
            throws IOException {
        ElementType type = ElementType.ofDescr(header.descr())
                .orElseThrow(() -> new LamellaException(
                        where, "array '" + name + "' holds " + header.descr() + ", which is not a number format read"));
        if (header.shape().isEmpty()) {
            throw new LamellaException(
                    where, "array '" + name + "' is a single number; its first axis must be examples");
        }
        long needed;
        StoredArray array;
        try {
            needed = Math.multiplyExact(header.shape().stream().reduce(1L, Math::multiplyExact), (long) type.size());
            array = new StoredArray(name, where, header, type, longestPiece);
        } catch (ArithmeticException e) {
            throw new LamellaException(where, "array '" + name + "' has an impossible shape " + header.shape(), e);
        }
        long there = bytes - header.length();
        if (there < needed) {
            throw new LamellaException(
                    where,
                    "array '%s' is truncated: shape %s of %s needs %,d bytes and %,d are there"
                            .formatted(name, header.shape(), header.descr(), needed, Math.max(0, there)));
        }
        array.mapPieces(file, start + header.length(), needed);
        return array;
    }

    // Fortran order has no rows to cut at, so it is mapped as one piece.
    private void mapPieces(FileChannel file, long start, long bytes) throws IOException {
        if (header.fortranOrder() && bytes > Integer.MAX_VALUE) {
            throw new LamellaException(
                    where, "array '" + name + "' is in Fortran order and larger than 2 GiB; save it in C order");
        }
        long pieceBytes = header.fortranOrder() ? bytes : (long) rowsPerPiece * rowLength * type.size();
        for (long at = 0; at < bytes; at += pieceBytes) {
            ByteBuffer piece = file.map(FileChannel.MapMode.READ_ONLY, start + at, Math.min(pieceBytes, bytes - at))
                    .order(order);
            pieces.add(piece);
            pointers.add(new BytePointer(piece));
        }
    }

    /** The array's name. */
    public String name() {
        return name;
    }

    /** Number of examples: the length of the first axis. */
    public int rows() {
        return rows;
    }

    /** Shape of one example. */
    public List<Integer> rowShape() {
        return header.shape().stream().skip(1).map(Math::toIntExact).toList();
    }

    /** Numbers in one example. */
    public int rowLength() {
        return rowLength;
    }

    /** Whether its numbers are floating point, as activations are, and not integers, as labels are. */
    public boolean isFloating() {
        return type.isFloating();
    }

    /** The number format in numpy's words. */
    public String format() {
        return header.descr();
    }

    /**
     * The file's own memory, where some rows lie there as float32 one after the other; empty where they must be {@linkplain
     * #read copied}. The array must outlive the pointer.
     */
    public Optional<FloatPointer> view(int firstRow, int count) {
        int piece = firstRow / rowsPerPiece;
        boolean asIs = type == ElementType.FLOAT32
                && order == ByteOrder.nativeOrder()
                && (!header.fortranOrder() || header.shape().size() == 1);
        if (!asIs || rowLength == 0 || (firstRow + count - 1) / rowsPerPiece != piece) {
            return Optional.empty();
        }
        long offset = (long) (firstRow - piece * rowsPerPiece) * rowLength * Float.BYTES;
        return Optional.of(new FloatPointer(pointers.get(piece).getPointer(offset)));
    }

    /** Copies rows into a buffer as float32, in the order asked for, and advances its position. */
    public void read(int[] wanted, FloatBuffer into) {
        float[] row = new float[rowLength];
        for (int index : wanted) {
            readRow(index, row);
            into.put(row);
        }
    }

    private void readRow(int index, float[] row) {
        if (header.fortranOrder() && header.shape().size() > 1) {
            readFortranRow(index, row);
            return;
        }
        ByteBuffer piece = pieces.isEmpty() ? ByteBuffer.allocate(0) : pieces.get(index / rowsPerPiece);
        int from = index % rowsPerPiece * rowLength * type.size();
        if (type == ElementType.FLOAT32) {
            piece.slice(from, rowLength * Float.BYTES)
                    .order(order)
                    .asFloatBuffer()
                    .get(row);
            return;
        }
        for (int i = 0; i < rowLength; i++) {
            row[i] = type.read(piece, from + i * type.size());
        }
    }

    // In Fortran order the first axis runs fastest, the last one slowest; a row is read in C order.
    private void readFortranRow(int index, float[] row) {
        List<Integer> shape = rowShape();
        ByteBuffer all = pieces.get(0);
        int[] at = new int[shape.size()];
        for (int i = 0; i < rowLength; i++) {
            long element = 0;
            for (int axis = shape.size() - 1; axis >= 0; axis--) {
                element = element * shape.get(axis) + at[axis];
            }
            row[i] = type.read(all, Math.toIntExact((element * rows + index) * type.size()));
            for (int axis = shape.size() - 1; axis >= 0 && ++at[axis] == shape.get(axis); axis--) {
                at[axis] = 0;
            }
        }
    }

    /** The number of an example in an array of one integer per example. */
    public int readInteger(int index) {
        float[] row = new float[1];
        readRow(index, row);
        return (int) row[0];
    }

    /** All numbers in C order, at full precision: for small arrays. */
    public double[] readDoubles() {
        double[] all = new double[Math.multiplyExact(rows, rowLength)];
        for (int i = 0; i < all.length; i++) {
            ByteBuffer piece = pieces.get(i / rowLength / rowsPerPiece);
            all[i] = type.readDouble(
                    piece, i / rowLength % rowsPerPiece * rowLength * type.size() + i % rowLength * type.size());
        }
        return all;
    }
}

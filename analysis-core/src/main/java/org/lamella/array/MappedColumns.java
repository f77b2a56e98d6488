package org.lamella.array;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * An array in Fortran order, mapped into memory: the first axis runs fastest, so the examples' values of one feature lie side
 * by side. A batch is read feature by feature, so that each page of the file is touched once a batch.
 */
final class MappedColumns extends FormedArray {
    /** Pieces of a power of two: no number lies across two of them. */
    static final int PIECE_BITS = 30;

    private final int pieceBits;
    private final List<ByteBuffer> pieces = new ArrayList<>();

    MappedColumns(FileChannel file, ArrayForm form, long start, int pieceBits) throws IOException {
        super(form);
        this.pieceBits = pieceBits;
        long pieceBytes = 1L << pieceBits;
        for (long at = 0; at < form.bytes(); at += pieceBytes) {
            pieces.add(file.map(FileChannel.MapMode.READ_ONLY, start + at, Math.min(pieceBytes, form.bytes() - at))
                    .order(form.order()));
        }
    }

    @Override
    public void read(int[] wanted, FloatBuffer into) {
        int rowLength = form.rowLength();
        int[] axes = form.rowShape().stream().mapToInt(Integer::intValue).toArray();
        int[] at = new int[axes.length];
        int[] byPlace = IntStream.range(0, wanted.length)
                .boxed()
                .sorted((a, b) -> Integer.compare(wanted[a], wanted[b]))
                .mapToInt(Integer::intValue)
                .toArray();
        int start = into.position();
        // Features in the file's order; i is where the feature stands in C order.
        for (int column = 0; column < rowLength; column++) {
            int i = 0;
            for (int axis = 0; axis < axes.length; axis++) {
                i = i * axes[axis] + at[axis];
            }
            for (int place : byPlace) {
                into.put(start + place * rowLength + i, (float) number(wanted[place], column));
            }
            for (int axis = 0; axis < axes.length && ++at[axis] == axes[axis]; axis++) {
                at[axis] = 0;
            }
        }
        into.position(start + wanted.length * rowLength);
    }

    @Override
    public double readDouble(int row, int column) {
        List<Integer> axes = form.rowShape();
        int[] at = new int[axes.size()];
        int rest = column;
        for (int axis = at.length - 1; axis >= 0; axis--) {
            at[axis] = rest % axes.get(axis);
            rest /= axes.get(axis);
        }
        long fortran = 0;
        for (int axis = at.length - 1; axis >= 0; axis--) {
            fortran = fortran * axes.get(axis) + at[axis];
        }
        return number(row, fortran);
    }

    /** A number by its row and its column in the file's order. */
    private double number(int row, long column) {
        long offset = (column * form.rows() + row) * form.type().size();
        return form.type().readDouble(pieces.get((int) (offset >>> pieceBits)), (int) (offset & (1L << pieceBits) - 1));
    }
}

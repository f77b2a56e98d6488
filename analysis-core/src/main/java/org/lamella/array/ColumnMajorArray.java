package org.lamella.array;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * An array in Fortran order: the first axis runs fastest, so the examples' values of one feature lie side by side. A batch is
 * read feature by feature, so that each page of the file is touched once a batch.
 */
final class ColumnMajorArray extends FormedArray {
    /** Rows farther apart than this are read apart. */
    private static final int PAGE = 4096;

    private final Bytes bytes;
    private final long rows;
    private final int rowLength;

    ColumnMajorArray(ArrayForm form, Bytes bytes) {
        super(form);
        this.bytes = bytes;
        this.rows = form.rows();
        this.rowLength = form.rowLength();
    }

    @Override
    public void read(int[] wanted, FloatBuffer into) {
        Integer[] places = IntStream.range(0, wanted.length).boxed().toArray(Integer[]::new);
        Arrays.sort(places, (a, b) -> Integer.compare(wanted[a], wanted[b]));
        int[] byRow = Arrays.stream(places).mapToInt(Integer::intValue).toArray();
        int[] axes = form.rowShape().stream().mapToInt(Integer::intValue).toArray();
        int[] at = new int[axes.length];
        int start = into.position();
        // Features in the file's order; the index is where the feature stands in C order.
        for (int column = 0; column < rowLength; column++) {
            int index = 0;
            for (int axis = 0; axis < axes.length; axis++) {
                index = index * axes[axis] + at[axis];
            }
            readColumn(column, wanted, byRow, into, start + index);
            for (int axis = 0; axis < axes.length && ++at[axis] == axes[axis]; axis++) {
                at[axis] = 0;
            }
        }
        into.position(start + wanted.length * rowLength);
    }

    /** One feature of the rows wanted, in as few pieces of the file as they fit into. */
    private void readColumn(long column, int[] wanted, int[] byRow, FloatBuffer into, int start) {
        int size = form.type().size();
        int rowsPerPiece = Bytes.LARGEST_PIECE / size;
        for (int next = 0; next < byRow.length; ) {
            int first = wanted[byRow[next]];
            int end = next;
            while (end + 1 < byRow.length
                    && wanted[byRow[end + 1]] - first < rowsPerPiece
                    && (wanted[byRow[end + 1]] - wanted[byRow[end]]) * (long) size < PAGE) {
                end++;
            }
            int count = wanted[byRow[end]] - first + 1;
            ByteBuffer piece = bytes.at(place(first, column), count * size).order(form.order());
            for (; next <= end; next++) {
                double number = form.type().readDouble(piece, (wanted[byRow[next]] - first) * size);
                into.put(start + byRow[next] * rowLength, (float) number);
            }
        }
    }

    private long place(long row, long column) {
        return (column * rows + row) * form.type().size();
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
        ByteBuffer number = bytes.at(place(row, fortran), form.type().size()).order(form.order());
        return form.type().readDouble(number, 0);
    }
}

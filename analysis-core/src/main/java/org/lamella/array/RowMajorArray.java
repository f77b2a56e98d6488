package org.lamella.array;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Optional;
import org.bytedeco.javacpp.FloatPointer;

/** An array in C order: the numbers of a row lie side by side, and so do the rows. */
final class RowMajorArray extends FormedArray {
    private final Bytes bytes;
    private final long rowBytes;

    RowMajorArray(ArrayForm form, Bytes bytes) {
        super(form);
        this.bytes = bytes;
        this.rowBytes = form.rowBytes();
    }

    @Override
    public Optional<FloatPointer> view(int firstRow, int count) {
        boolean asIs = form.type() == ElementType.FLOAT32 && form.order() == ByteOrder.nativeOrder();
        return asIs && form.bytes() > 0 ? bytes.memory(firstRow * rowBytes).map(FloatPointer::new) : Optional.empty();
    }

    @Override
    public void read(int[] wanted, FloatBuffer into) {
        int size = form.type().size();
        long rowLength = form.rowLength();
        float[] numbers = new float[(int) Math.min(Bytes.LARGEST_PIECE / size, rowLength * wanted.length)];
        for (int next = 0; next < wanted.length; ) {
            int first = next++;
            while (next < wanted.length && wanted[next] == wanted[next - 1] + 1) {
                next++;
            }
            long offset = wanted[first] * rowBytes;
            for (long left = rowLength * (next - first); left > 0; ) {
                int count = (int) Math.min(numbers.length, left);
                ByteBuffer piece = bytes.at(offset, count * size).order(form.order());
                form.type().read(piece, 0, numbers, 0, count);
                into.put(numbers, 0, count);
                offset += (long) count * size;
                left -= count;
            }
        }
    }

    @Override
    public double readDouble(int row, int column) {
        int size = form.type().size();
        ByteBuffer number =
                bytes.at(row * rowBytes + (long) column * size, size).order(form.order());
        return form.type().readDouble(number, 0);
    }
}

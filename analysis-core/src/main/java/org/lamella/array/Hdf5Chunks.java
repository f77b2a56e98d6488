package org.lamella.array;

import io.jhdf.api.dataset.ChunkedDataset;
import io.jhdf.dataset.DatasetBase;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.lamella.LamellaException;

/**
 * A data set of HDF5 in chunks, compressed or not. Of a batch, rows that lie in the same chunks are read
 * together; the chunks are unpacked for them and forgotten. So a pass in order unpacks each chunk once or twice, a shuffled one
 * once a batch.
 */
final class Hdf5Chunks extends FormedArray {
    private static final long LARGEST_SLICE = 1L << 28;

    private final DatasetBase dataset;
    private final int rowsPerSlice;

    Hdf5Chunks(ArrayForm form, DatasetBase dataset) {
        super(form);
        this.dataset = dataset;
        int[] chunk = ((ChunkedDataset) dataset).getChunkDimensions();
        requireSensible(chunk);
        this.rowsPerSlice = (int) Math.max(1, Math.min(chunk[0], LARGEST_SLICE / Math.max(1, form.rowBytes())));
    }

    private void requireSensible(int[] chunk) {
        long size = form.type().size();
        for (int length : chunk) {
            size = length <= 0 || size > Integer.MAX_VALUE ? Long.MAX_VALUE : size * length;
        }
        if (chunk.length != form.shape().size() || size > Integer.MAX_VALUE) {
            throw new LamellaException(form.where(), "has chunks of " + Arrays.toString(chunk) + ", which cannot be");
        }
    }

    @Override
    public void read(int[] wanted, FloatBuffer into) {
        int rowLength = form.rowLength();
        Integer[] places = IntStream.range(0, wanted.length).boxed().toArray(Integer[]::new);
        Arrays.sort(places, (a, b) -> Integer.compare(wanted[a], wanted[b]));
        float[] row = new float[rowLength];
        int start = into.position();
        for (int next = 0; next < places.length && rowLength > 0; ) {
            int first = wanted[places[next]];
            int end = next;
            while (end < places.length && wanted[places[end]] / rowsPerSlice == first / rowsPerSlice) {
                end++;
            }
            ByteBuffer slice = slice(first, wanted[places[end - 1]] - first + 1);
            for (; next < end; next++) {
                int at = (wanted[places[next]] - first) * (int) form.rowBytes();
                form.type().read(slice, at, row, 0, rowLength);
                into.put(start + places[next] * rowLength, row);
            }
        }
        into.position(start + wanted.length * rowLength);
    }

    @Override
    public double readDouble(int row, int column) {
        return form.type().readDouble(slice(row, 1), column * form.type().size());
    }

    private ByteBuffer slice(int first, int count) {
        long[] offset = new long[form.shape().size()];
        int[] lengths = form.shape().stream().mapToInt(Math::toIntExact).toArray();
        offset[0] = first;
        lengths[0] = count;
        return Hdf5Arrays.guarded(
                form.where(), () -> dataset.getSliceDataBuffer(offset, lengths).order(form.order()));
    }
}

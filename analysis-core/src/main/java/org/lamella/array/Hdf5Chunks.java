package org.lamella.array;

import io.jhdf.api.dataset.ChunkedDataset;
import io.jhdf.dataset.DatasetBase;
import io.jhdf.object.message.FilterPipelineMessage;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.lamella.LamellaException;

/**
 * A data set of HDF5 in chunks, compressed or not. Of a batch, rows that lie in the same chunks are read
 * together; the chunks are unpacked for them and forgotten. So a pass in order unpacks each chunk once or twice, a shuffled one
 * once a batch.
 */
final class Hdf5Chunks extends FormedArray {
    private static final long LARGEST_SLICE = 1L << 28;

    /** Chunks up to this may be announced by any file: of a data set that can grow they may be larger than what is in it. */
    private static final long SMALL_CHUNK = 1L << 24;

    private static final int BITSHUFFLE = 32008;

    /** Deflate, LZF, LZ4 and bitshuffle, which may pack as well. */
    private static final Set<Integer> PACKING = Set.of(1, 32000, 32004, BITSHUFFLE);

    private final DatasetBase dataset;
    private final int rowsPerSlice;

    Hdf5Chunks(ArrayForm form, DatasetBase dataset) {
        super(form);
        this.dataset = dataset;
        int rowsPerChunk = ((ChunkedDataset) dataset).getChunkDimensions()[0];
        this.rowsPerSlice = (int) Math.max(1, Math.min(rowsPerChunk, LARGEST_SLICE / Math.max(1, form.rowBytes())));
    }

    /**
     * Checks the chunks of a data set before jhdf lists them, which it does however many there are; one that has none passes.
     *
     * @throws LamellaException if there are more chunks than the file can hold, or larger ones, or a chunk is packed twice
     */
    static void requireSensible(String where, DatasetBase dataset, long fileBytes) {
        if (!(dataset instanceof ChunkedDataset chunked)) {
            return;
        }
        long[] shape = dataset.getDimensionsAsLong();
        int[] chunk = chunked.getChunkDimensions();
        boolean possible = chunk.length == shape.length;
        double bytes = dataset.getDataType().getSize();
        for (int axis = 0; axis < chunk.length && possible; axis++) {
            possible = chunk[axis] > 0;
            bytes *= chunk[axis];
        }
        double most = Math.max(SMALL_CHUNK, (double) fileBytes * BoundedFilter.MOST_PACKED);
        if (!possible || bytes > Math.min(Integer.MAX_VALUE, most)) {
            throw new LamellaException(
                    where,
                    "has chunks of %s in a shape of %s, which cannot be in a file of %,d bytes"
                            .formatted(Arrays.toString(chunk), Arrays.toString(shape), fileBytes));
        }
        double chunks = count(dataset);
        if (chunks > fileBytes) {
            throw new LamellaException(
                    where,
                    "is said to have %,.0f chunks, more than the file has bytes (%,d)".formatted(chunks, fileBytes));
        }
        if (dataset.getHeader().hasMessageOfType(FilterPipelineMessage.class)) {
            requireSensible(
                    where,
                    dataset.getHeader()
                            .getMessageOfType(FilterPipelineMessage.class)
                            .getFilters());
        }
    }

    /** Chunks that the shape of a data set asks for, whether they were written or not; 0 where it has none. */
    static double count(DatasetBase dataset) {
        if (!(dataset instanceof ChunkedDataset chunked)) {
            return 0;
        }
        long[] shape = dataset.getDimensionsAsLong();
        int[] chunk = chunked.getChunkDimensions();
        double chunks = 1;
        for (int axis = 0; axis < Math.min(chunk.length, shape.length); axis++) {
            chunks *= Math.ceil((double) shape[axis] / Math.max(1, chunk[axis]));
        }
        return chunks;
    }

    private static void requireSensible(String where, List<FilterPipelineMessage.FilterInfo> filters) {
        List<Integer> each =
                filters.stream().map(FilterPipelineMessage.FilterInfo::getId).toList();
        if (filters.stream().filter(Hdf5Chunks::packs).count() > 1
                || each.size() > Set.copyOf(each).size()) {
            throw new LamellaException(where, "has chunks that are packed more than once (filters %s)".formatted(each));
        }
    }

    /** Bitshuffle only reorders where its fifth setting names no packing. */
    private static boolean packs(FilterPipelineMessage.FilterInfo filter) {
        int[] settings = filter.getData();
        boolean reorders = filter.getId() == BITSHUFFLE && settings.length > 4 && settings[4] == 0;
        return PACKING.contains(filter.getId()) && !reorders;
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
        return Hdf5File.guarded(
                form.where(), () -> dataset.getSliceDataBuffer(offset, lengths).order(form.order()));
    }
}

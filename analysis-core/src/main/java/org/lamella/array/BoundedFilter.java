package org.lamella.array;

import io.jhdf.exceptions.HdfFilterException;
import io.jhdf.filter.BitShuffleFilter;
import io.jhdf.filter.ByteShuffleFilter;
import io.jhdf.filter.Filter;
import io.jhdf.filter.FilterManager;
import io.jhdf.filter.Lz4Filter;
import io.jhdf.filter.LzfFilter;
import java.nio.ByteBuffer;

/**
 * A filter of jhdf that unpacks a chunk into as much memory as the file says, and does so only if the chunk can hold that much.
 */
final class BoundedFilter implements Filter {
    /** What the filters of HDF5 can shrink a byte to at most: deflate's limit. */
    static final long MOST_PACKED = 1032;

    /** The largest length that a filter would believe. */
    private interface Stated {
        long bytes(ByteBuffer packed, int[] settings);
    }

    /** How many blocks of a length there are in so many bytes. */
    private interface Blocks {
        long of(long bytes, int block);
    }

    private final Filter filter;
    private final Stated stated;

    private BoundedFilter(Filter filter, Stated stated) {
        this.filter = filter;
        this.stated = stated;
    }

    /** Takes the place of jhdf's own filters, of which there is one list in a program. */
    static void install() {
        FilterManager.addFilter(new BoundedFilter(new ByteShuffleFilter(), (packed, settings) -> settings[0]));
        FilterManager.addFilter(new BoundedFilter(new LzfFilter(), (packed, settings) -> settings[2]));
        FilterManager.addFilter(
                new BoundedFilter(new Lz4Filter(), (packed, settings) -> ofBlocks(packed, BoundedFilter::allBlocks)));
        FilterManager.addFilter(new BoundedFilter(
                new BitShuffleFilter(),
                (packed, settings) -> settings[4] == BitShuffleFilter.LZ4_COMPRESSION
                        ? ofBitShuffle(packed, 8L * settings[2])
                        : packed.limit()));
    }

    private static long allBlocks(long bytes, int block) {
        return (bytes + block - 1) / block;
    }

    /**
     * As {@link #ofBlocks}. After whole blocks comes a smaller one of as many groups of eight elements as are left, packed too,
     * which jhdf takes for numbers as they are; a single block may be a smaller one.
     */
    private static long ofBitShuffle(ByteBuffer packed, long eightElements) {
        long all = packed.getLong(0);
        int block = packed.getInt(Long.BYTES);
        if (block > 0 && all > block && all % block >= eightElements) {
            throw new HdfFilterException(
                    "bitshuffle with LZ4 is read only where a chunk is a whole number of its blocks: here %,d bytes in blocks of %,d"
                            .formatted(all, block));
        }
        return ofBlocks(packed, BoundedFilter::wholeBlocks);
    }

    private static long wholeBlocks(long bytes, int block) {
        return Math.max(1, bytes / block);
    }

    /**
     * The larger length in the head of a chunk of LZ4: of all, or of a block unpacked; -1 if one of its blocks, each with its
     * packed length before it, is longer than the rest of the chunk.
     */
    private static long ofBlocks(ByteBuffer packed, Blocks count) {
        long all = packed.getLong();
        int block = packed.getInt();
        if (all < 0 || block <= 0) {
            return -1;
        }
        long blocks = count.of(all, block);
        for (long i = 0; i < blocks && packed.remaining() >= Integer.BYTES; i++) {
            int length = packed.getInt();
            if (length < 0 || length > packed.remaining()) {
                return -1;
            }
            packed.position(packed.position() + length);
        }
        return Math.max(all, block);
    }

    @Override
    public int getId() {
        return filter.getId();
    }

    @Override
    public String getName() {
        return filter.getName();
    }

    @Override
    public byte[] decode(byte[] packed, int[] settings) {
        long bytes = stated.bytes(ByteBuffer.wrap(packed), settings);
        if (bytes < 0 || bytes > packed.length * MOST_PACKED) {
            throw new HdfFilterException("a chunk of %,d bytes is said to be made of %,d bytes by filter %s"
                    .formatted(packed.length, bytes, getName()));
        }
        return filter.decode(packed, settings);
    }
}

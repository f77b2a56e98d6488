package org.lamella.array;

import io.jhdf.Superblock;
import io.jhdf.Utils;
import io.jhdf.exceptions.HdfException;
import io.jhdf.storage.HdfBackingStorage;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a file, as jhdf asks for them. It believes whatever lengths a file states, so nothing is handed out that lies
 * outside of the file, and no more of its structure than some times its size: parts that lead back to each other end there.
 */
final class Hdf5Storage implements HdfBackingStorage {
    /** Opening a good file asks for up to twice its size; each attribute of texts asks for the heap with its texts once more. */
    private static final long MOST_TIMES = 64;

    private static final long FREE_BYTES = 1L << 22;

    /** What a part counts at least, because of the object that is made of it. */
    private static final int LEAST_PART = 32;

    private static final int SIGNATURE_BYTES = 4;

    private final FileChannel channel;
    private final long size;
    private final Superblock superblock;
    private final AtomicLong structureLeft;

    /** All of the file, if that can be mapped in one piece. */
    private final @Nullable ByteBuffer mapped;

    /** @param start byte at which the signature of HDF5 is */
    Hdf5Storage(FileChannel channel, long start) throws IOException {
        this.channel = channel;
        this.size = channel.size();
        this.superblock = Superblock.readSuperblock(channel, start);
        if (superblock.getBaseAddressByte() != start) {
            throw new HdfException(
                    "it begins at byte %,d and says %,d".formatted(start, superblock.getBaseAddressByte()));
        }
        this.structureLeft = new AtomicLong(FREE_BYTES + Math.multiplyExact(MOST_TIMES, size));
        this.mapped = size > Integer.MAX_VALUE ? null : channel.map(FileChannel.MapMode.READ_ONLY, 0, size);
    }

    /** A part of the file's structure. */
    @Override
    public ByteBuffer readBufferFromAddress(long address, int length) {
        if (structureLeft.addAndGet(-Math.max(length, LEAST_PART)) < 0) {
            throw new HdfException("its parts lead back to each other");
        }
        ByteBuffer part = map(address, length);
        requireSensibleCount(part);
        return part;
    }

    // Of these three parts, jhdf makes a list as long as the head says before it reads further.
    private void requireSensibleCount(ByteBuffer part) {
        if (part.remaining() < SIGNATURE_BYTES) {
            return;
        }
        int at = switch (part.order(ByteOrder.BIG_ENDIAN).getInt(0)) {
            case 0x46414844 -> 8; // FAHD, a fixed array: its chunks
            case 0x45414844 -> 12 + 4 * getSizeOfLengths(); // EAHD, an extensible array: its chunks
            case 0x42544844 -> 18 + getSizeOfOffsets(); // BTHD, a B-tree of version 2: its records
            default -> part.limit();
        };
        part.order(ByteOrder.LITTLE_ENDIAN);
        if (at >= 0 && at + getSizeOfLengths() <= part.limit()) {
            long count = Utils.readBytesAsUnsignedLong(
                    part.duplicate().order(ByteOrder.LITTLE_ENDIAN).position(at), getSizeOfLengths());
            if (count > size) {
                throw new HdfException("a list is said to have %,d entries".formatted(count));
            }
        }
    }

    @Override
    public ByteBuffer map(long address, long length) {
        return mapNoOffset(address + superblock.getBaseAddressByte(), length);
    }

    @Override
    public ByteBuffer mapNoOffset(long start, long length) {
        if (start < 0 || length < 0 || start > size - length) {
            throw new HdfException(
                    "a part of %,d bytes at %,d does not lie in the file of %,d".formatted(length, start, size));
        }
        ByteBuffer part = mapped == null
                ? read(start, Math.toIntExact(length))
                : mapped.slice(Math.toIntExact(start), Math.toIntExact(length));
        return part.order(ByteOrder.LITTLE_ENDIAN);
    }

    private ByteBuffer read(long start, int length) {
        ByteBuffer part = ByteBuffer.allocate(length);
        try {
            while (part.hasRemaining()) {
                if (channel.read(part, start + part.position()) < 0) {
                    throw new EOFException("the file became shorter while it was read");
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return part.flip();
    }

    @Override
    public Superblock getSuperblock() {
        return superblock;
    }

    @Override
    public long getUserBlockSize() {
        return superblock.getBaseAddressByte();
    }

    @Override
    public FileChannel getFileChannel() {
        return channel;
    }

    @Override
    public int getSizeOfOffsets() {
        return superblock.getSizeOfOffsets();
    }

    @Override
    public int getSizeOfLengths() {
        return superblock.getSizeOfLengths();
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public boolean inMemory() {
        return mapped != null;
    }

    /** Nothing: the channel is its owner's. */
    @Override
    public void close() {}
}

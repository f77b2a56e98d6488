package org.lamella.array;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.zip.CRC32;
import org.lamella.LamellaException;

/**
 * Writes several arrays of as many rows side by side into one .npz archive, batch by batch. All sizes are known beforehand, so
 * each array's rows go to their place in the file at once; nothing is held in memory.
 *
 * <p>The archive is written beside its place and moved there when it is complete: a program that ends before leaves nothing
 * that looks like a result. Arrays may be written by several threads, each array by one at a time.
 */
public final class RowArchive implements AutoCloseable {
    private static final int CHUNK_NUMBERS = 1 << 15;
    private static final int LONGEST_NAME = 1000;

    private final Path file;
    private final Path partial;
    private final int rows;
    private final FloatFormat format;
    private final FileChannel channel;
    private final ZipLayout layout = new ZipLayout();
    private final Set<String> names = new HashSet<>();
    private final List<Array> arrays = new ArrayList<>();
    private final List<Checksum> checksums = new ArrayList<>();

    /** Of an entry's head and content, and where it belongs. */
    private record Checksum(CRC32 sum, long headStart) {}

    /** An array that grows by rows. */
    private static final class Array {
        final String name;
        final long rowBytes;
        final CRC32 sum;
        final ByteBuffer chunk;
        long next;
        long left;

        Array(String name, long rowBytes, CRC32 sum, long start, long bytes, int chunkBytes) {
            this.name = name;
            this.rowBytes = rowBytes;
            this.sum = sum;
            this.next = start;
            this.left = bytes;
            this.chunk =
                    ByteBuffer.allocateDirect((int) Math.min(bytes, chunkBytes)).order(ByteOrder.LITTLE_ENDIAN);
        }
    }

    private RowArchive(Path file, Path partial, int rows, FloatFormat format, FileChannel channel) {
        this.file = file;
        this.partial = partial;
        this.rows = rows;
        this.format = format;
        this.channel = channel;
    }

    /**
     * Starts an archive.
     *
     * @param rows of every array
     * @throws LamellaException if there is no place to write to
     */
    public static RowArchive create(Path file, int rows, FloatFormat format) {
        Path partial = file.resolveSibling(file.getFileName() + ".partial");
        try {
            Path folder = Objects.requireNonNull(file.toAbsolutePath().getParent());
            if (!Files.isDirectory(folder)) {
                Files.createDirectories(folder);
            }
            FileChannel channel = FileChannel.open(
                    partial,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.TRUNCATE_EXISTING,
                    StandardOpenOption.READ,
                    StandardOpenOption.WRITE);
            partial.toFile().deleteOnExit(); // also when the program is ended by a signal
            return new RowArchive(file, partial, rows, format, channel);
        } catch (IOException e) {
            throw new LamellaException(file.toString(), "cannot be written: " + e, e);
        }
    }

    /**
     * Adds an array whose rows are still to come.
     *
     * @return the name it has in the archive: the one asked for unless it is taken or cannot be a name there
     */
    public String add(String name, List<Integer> rowShape) {
        int[] shape = new int[rowShape.size() + 1];
        shape[0] = rows;
        long rowBytes = format.bytes;
        for (int axis = 1; axis < shape.length; axis++) {
            shape[axis] = rowShape.get(axis - 1);
            rowBytes = Math.multiplyExact(rowBytes, shape[axis]);
        }
        byte[] head = NpyBytes.head(format.descr, shape);
        String entry = free(name);
        long bytes = Math.multiplyExact(rowBytes, rows);
        ZipLayout.Place place = layout.add(entry + ".npy", head.length + bytes);
        CRC32 sum = begin(place, ByteBuffer.wrap(head));
        arrays.add(new Array(
                entry, rowBytes, sum, place.contentStart() + head.length, bytes, CHUNK_NUMBERS * format.bytes));
        return entry;
    }

    /** Adds whole numbers, one a row. */
    public void addNumbers(String name, long[] values) {
        addWhole(name, NpyBytes.of(values, values.length));
    }

    /** Adds strings, one a row. */
    public void addTexts(String name, List<String> values) {
        addWhole(name, NpyBytes.of(values));
    }

    private void addWhole(String name, NpyBytes bytes) {
        begin(layout.add(free(name) + ".npy", bytes.size()), bytes.buffer());
    }

    private CRC32 begin(ZipLayout.Place place, ByteBuffer content) {
        var sum = new CRC32();
        sum.update(content.duplicate());
        write(place.head(), place.headStart());
        write(content, place.contentStart());
        checksums.add(new Checksum(sum, place.headStart()));
        return sum;
    }

    // Python's zipfile ends a name at a zero, and a part '..' would lead out of a folder it is unpacked into.
    private String free(String name) {
        String safe = name.replaceAll("[\\p{Cntrl}\\\\]", "_").replaceAll("(^|/)\\.\\.?(?=/|$)", "$1_");
        safe = safe.isEmpty() ? "_" : safe.substring(0, Math.min(safe.length(), LONGEST_NAME));
        String free = safe;
        for (int i = 2; !names.add(free); i++) {
            free = safe + "~" + i;
        }
        return free;
    }

    /** Checks that the disk has room for all arrays added. */
    public void requireRoom() {
        try {
            long free = Files.getFileStore(partial).getUsableSpace();
            if (free < layout.end() - channel.size()) {
                throw new LamellaException(
                        file.toString(),
                        "needs %,d bytes and the disk has %,d; take fewer --layers or --examples, --reduce mean or --dtype float16"
                                .formatted(layout.end(), free));
            }
        } catch (IOException e) {
            throw new LamellaException(file.toString(), "cannot be written: " + e, e);
        }
    }

    /**
     * Appends rows to an array.
     *
     * @param array its position among those added with a shape
     * @param numbers whole rows
     * @throws LamellaException if the disk is full, or a number is too large for the format
     */
    public void write(int array, FloatBuffer numbers) {
        Array to = arrays.get(array);
        while (numbers.hasRemaining()) {
            int count = Math.min(numbers.remaining(), to.chunk.capacity() / format.bytes);
            if (count == 0 || (long) count * format.bytes > to.left) {
                throw new IllegalStateException("more than " + rows + " rows of array '" + to.name + "'");
            }
            FloatBuffer some = numbers.slice(numbers.position(), count);
            int overflow = format.encode(some, to.chunk.clear());
            if (overflow >= 0) {
                throw new LamellaException(
                        "layer '" + to.name + "'",
                        "has the value %s, which %s cannot hold; use --dtype float32"
                                .formatted(numbers.get(numbers.position() + overflow), format));
            }
            to.chunk.limit(count * format.bytes);
            to.sum.update(to.chunk.duplicate());
            write(to.chunk, to.next);
            to.next += (long) count * format.bytes;
            to.left -= (long) count * format.bytes;
            numbers.position(numbers.position() + count);
        }
    }

    private void write(ByteBuffer bytes, long at) {
        try {
            for (long next = at; bytes.hasRemaining(); ) {
                next += channel.write(bytes, next);
            }
        } catch (IOException e) {
            throw new LamellaException(file.toString(), "cannot be written: " + e.getMessage(), e);
        }
    }

    /** Completes the archive and moves it to its place. */
    public void commit() {
        for (Array array : arrays) {
            if (array.left != 0) {
                throw new IllegalStateException(
                        "array '%s' lacks %d rows".formatted(array.name, array.left / array.rowBytes));
            }
        }
        List<Integer> sums = new ArrayList<>();
        for (Checksum checksum : checksums) {
            int sum = (int) checksum.sum().getValue();
            ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            write(bytes.putInt(sum).flip(), checksum.headStart() + ZipLayout.CHECKSUM_OFFSET);
            sums.add(sum);
        }
        write(layout.directory(sums), layout.end());
        try {
            channel.close();
            Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new LamellaException(file.toString(), "cannot be written: " + e, e);
        }
    }

    /** Removes what was written, unless it was {@linkplain #commit() completed}. */
    @Override
    public void close() {
        try {
            channel.close();
            Files.deleteIfExists(partial);
        } catch (IOException e) {
            throw new LamellaException(partial.toString(), "cannot be removed: " + e, e);
        }
    }
}

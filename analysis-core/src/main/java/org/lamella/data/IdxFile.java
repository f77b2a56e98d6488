package org.lamella.data;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.lamella.LamellaException;

/**
 * The array in an IDX file, plain or gzipped: the format of MNIST (LeCun et al.), a header of big-endian lengths and then
 * the numbers.
 *
 * @param where the file, as the user named it
 * @param lengths the array's lengths, outermost first, none of them zero
 * @param values the numbers as they are in the file, big endian
 */
record IdxFile(String where, Type type, List<Integer> lengths, ByteBuffer values) {
    /** What deflate can shrink a byte to at most, so that a header cannot claim more than its file could hold. */
    private static final long DEFLATE_LIMIT = 1032;

    private static final int FIRST_ALLOCATION = 1 << 20;
    private static final int LARGEST = Integer.MAX_VALUE - 8;

    /** The kinds of numbers that are read. */
    enum Type {
        UNSIGNED_BYTE(0x08, 1),
        FLOAT(0x0D, 4);

        private final int code;
        final int bytes;

        Type(int code, int bytes) {
            this.code = code;
            this.bytes = bytes;
        }
    }

    /** Numbers in one example, that is, in one slice of the outermost length. */
    int sliceLength() {
        return values.capacity() / type.bytes / lengths.get(0);
    }

    String shapeText() {
        return lengths.stream().map(String::valueOf).collect(Collectors.joining(" x "));
    }

    /** @throws LamellaException if it is not a file of this form, or not a whole one */
    static IdxFile read(Path path) {
        try (InputStream file = Files.newInputStream(path)) {
            return read(path.toString(), file, Files.size(path));
        } catch (NoSuchFileException e) {
            throw new LamellaException(path.toString(), "there is no such file", e);
        } catch (IOException e) {
            throw new LamellaException(path.toString(), "cannot be read (" + e + ")", e);
        }
    }

    /**
     * @param where for messages
     * @param size bytes of the file as it is stored
     */
    static IdxFile read(String where, InputStream file, long size) {
        try {
            BufferedInputStream in = new BufferedInputStream(file, 1 << 16);
            in.mark(2);
            boolean gzipped = in.read() == 0x1f && in.read() == 0x8b;
            in.reset();
            return gzipped
                    ? parse(where, new DataInputStream(new GZIPInputStream(in, 1 << 16)), size * DEFLATE_LIMIT)
                    : parse(where, new DataInputStream(in), size);
        } catch (EOFException e) {
            throw new LamellaException(where, "the file ends in its header or in its gzip stream", e);
        } catch (ZipException e) {
            throw new LamellaException(where, "the gzip stream is damaged (" + e.getMessage() + ")", e);
        } catch (IOException e) {
            throw new LamellaException(where, "cannot be read (" + e + ")", e);
        }
    }

    private static IdxFile parse(String where, DataInputStream in, long largest) throws IOException {
        int magic = in.readInt();
        int dimensions = magic & 0xff;
        if (magic >>> 16 != 0 || dimensions == 0) {
            throw new LamellaException(
                    where, "not an IDX file: it begins with 0x%08x, not with two zero bytes".formatted(magic));
        }
        Type type = typeOf(where, magic >>> 8);
        List<Integer> lengths = new ArrayList<>();
        long total = type.bytes;
        for (int i = 0; i < dimensions; i++) {
            int length = in.readInt();
            if (length <= 0) {
                throw new LamellaException(
                        where, "length " + i + " of the array is " + Integer.toUnsignedString(length));
            }
            lengths.add(length);
            total = total > largest ? total : Math.multiplyExact(total, (long) length);
        }
        if (total > largest) {
            throw new LamellaException(
                    where,
                    "the header announces " + lengths
                            + " numbers, more than the file can hold; it is cut off or damaged");
        }
        if (total > LARGEST) {
            throw new LamellaException(
                    where, "%,d bytes are more than the 2 GiB that are read; split it".formatted(total));
        }
        byte[] values = readExactly(where, in, (int) total);
        return new IdxFile(where, type, List.copyOf(lengths), ByteBuffer.wrap(values));
    }

    private static Type typeOf(String where, int code) {
        for (Type type : Type.values()) {
            if (type.code == code) {
                return type;
            }
        }
        throw new LamellaException(
                where,
                "IDX numbers of type 0x%02x are not read; unsigned bytes (0x08) and float32 (0x0d) are"
                        .formatted(code));
    }

    /** Memory grows with what has been read, never ahead of it by more than twice. */
    private static byte[] readExactly(String where, InputStream in, int total) throws IOException {
        byte[] values = new byte[Math.min(total, FIRST_ALLOCATION)];
        int read = 0;
        while (true) {
            read += in.readNBytes(values, read, values.length - read);
            if (read < values.length) {
                throw new LamellaException(
                        where, "cut off: %,d bytes of numbers, the header announces %,d".formatted(read, total));
            }
            if (read == total) {
                break;
            }
            values = Arrays.copyOf(values, (int) Math.min(total, 2L * values.length));
        }
        if (in.read() >= 0) {
            throw new LamellaException(
                    where, "there are bytes after the %,d that the header announces".formatted(total));
        }
        return values;
    }
}

package org.lamella.array;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.lamella.LamellaException;

/** Reads an archive of numpy: a zip of .npy files, stored ({@code savez}) or deflated ({@code savez_compressed}). */
final class NpzArchive {
    /** Letters of an array of texts that are read: a gibibyte. */
    private static final long MOST_LETTERS = 1L << 28;

    /** Numpy's Unicode of a fixed number of characters; seven digits are more than a text has that tells an example. */
    private static final Pattern TEXT = Pattern.compile("([<>])U(\\d{1,7})");

    private NpzArchive() {}

    static void read(Path path, FileChannel channel, ArrayFile into) {
        try (ZipFile zip = open(path)) {
            List<ZipArchiveEntry> entries = Collections.list(zip.getEntriesInPhysicalOrder());
            for (int i = 0; i < entries.size(); i++) {
                ZipArchiveEntry entry = entries.get(i);
                String name = entry.getName().replaceFirst("\\.npy$", "");
                String where = path + ", array '" + name + "'";
                if (!entry.getName().endsWith(".npy")) {
                    into.leaveOut(name, "is not an array of numpy");
                } else if (entry.getMethod() == ZipEntry.STORED
                        && !entry.getGeneralPurposeBit().usesEncryption()) {
                    readStored(entry, channel, name, where, into);
                } else {
                    readPacked(zip, i, entry, path, name, where, into);
                }
            }
        } catch (IllegalArgumentException | ArithmeticException | IndexOutOfBoundsException e) {
            throw new LamellaException(path.toString(), "is a broken archive: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new LamellaException(
                    path.toString(), "is not a complete .npz archive (" + e.getMessage() + "); save it again", e);
        }
        if (into.arrays().isEmpty() && into.unread().isEmpty()) {
            throw new LamellaException(path.toString(), "holds no arrays");
        }
    }

    static ZipFile open(Path path) throws IOException {
        return ZipFile.builder().setSeekableByteChannel(FileChannel.open(path)).get();
    }

    /**
     * Strings of numpy's fixed width, one an example.
     *
     * @return empty if there is no such array, or it holds something else
     */
    static Optional<List<String>> texts(Path path, String name) {
        String where = path + ", array '" + name + "'";
        try (ZipFile zip = open(path)) {
            ZipArchiveEntry entry = zip.getEntry(name + ".npy");
            if (entry == null) {
                return Optional.empty();
            }
            requireReadable(zip, entry, where);
            try (InputStream in = new BufferedInputStream(zip.getInputStream(entry))) {
                NpyHeader header = NpyHeader.read(in, where);
                Matcher form = TEXT.matcher(header.descr());
                return form.matches() && header.shape().size() == 1
                        ? Optional.of(
                                texts(in, form.group(1).equals(">"), Integer.parseInt(form.group(2)), header, where))
                        : Optional.empty();
            }
        } catch (IOException e) {
            throw new LamellaException(where, "cannot be read: " + e.getMessage(), e);
        }
    }

    private static List<String> texts(InputStream in, boolean bigEndian, int width, NpyHeader header, String where)
            throws IOException {
        if (header.shape().get(0) > MOST_LETTERS / Math.max(1, width)) {
            throw new LamellaException(
                    where,
                    "%,d texts of %,d letters are more than is read"
                            .formatted(header.shape().get(0), width));
        }
        List<String> texts = new ArrayList<>();
        ByteOrder order = bigEndian ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        for (long i = 0; i < header.shape().get(0); i++) {
            byte[] letters = in.readNBytes(width * Integer.BYTES);
            if (letters.length < width * Integer.BYTES) {
                throw new LamellaException(where, "is truncated after %,d texts".formatted(i));
            }
            var text = new StringBuilder();
            for (IntBuffer points = ByteBuffer.wrap(letters).order(order).asIntBuffer(); points.hasRemaining(); ) {
                int point = points.get();
                if (!Character.isValidCodePoint(point)) {
                    throw new LamellaException(where, "is broken: %d is no character".formatted(point));
                }
                text.appendCodePoint(point);
            }
            // The fixed width is filled with zeros.
            texts.add(text.toString().replaceAll("\\x00+$", ""));
        }
        return texts;
    }

    private static void readStored(
            ZipArchiveEntry entry, FileChannel channel, String name, String where, ArrayFile into) throws IOException {
        long start = entry.getDataOffset();
        if (start < 0 || entry.getSize() < 0 || start > channel.size() - entry.getSize()) {
            throw new LamellaException(where, "is truncated: the file ends before it");
        }
        NpyHeader header = NpyHeader.read(channel, start, where);
        into.addNumpy(header, name, where, form -> header.numbers(channel, form, start, entry.getSize()));
    }

    private static void readPacked(
            ZipFile zip, int index, ZipArchiveEntry entry, Path path, String name, String where, ArrayFile into)
            throws IOException {
        requireReadable(zip, entry, where);
        try (InputStream in = zip.getInputStream(entry)) {
            NpyHeader header = NpyHeader.read(in, where);
            into.addNumpy(header, name, where, form -> new PackedArray(form, path, index, header, entry));
        }
    }

    // The library of zips knows more methods, some of them only if other libraries are there.
    private static void requireReadable(ZipFile zip, ZipArchiveEntry entry, String where) {
        if (entry.getMethod() != ZipEntry.STORED && entry.getMethod() != ZipEntry.DEFLATED) {
            throw new LamellaException(
                    where,
                    "is packed by method %d of zip; stored (0) and deflated (8) are read: save it with numpy.savez"
                            .formatted(entry.getMethod()));
        }
        if (!zip.canReadEntryData(entry)) {
            throw new LamellaException(where, "is encrypted; save it with numpy.savez");
        }
    }
}

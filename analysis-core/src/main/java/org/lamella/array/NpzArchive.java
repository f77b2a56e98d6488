package org.lamella.array;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.zip.ZipEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.lamella.LamellaException;

/** Reads an archive of numpy: a zip of .npy files, stored ({@code savez}) or deflated ({@code savez_compressed}). */
final class NpzArchive {
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
        if (!zip.canReadEntryData(entry)) {
            throw new LamellaException(
                    where, "is packed or encrypted in a way that is not read; save it with numpy.savez");
        }
        try (InputStream in = zip.getInputStream(entry)) {
            NpyHeader header = NpyHeader.read(in, where);
            into.addNumpy(header, name, where, form -> new PackedArray(form, path, index, header, entry));
        }
    }
}

package org.lamella.array;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.bytedeco.javacpp.FloatPointer;
import org.jspecify.annotations.Nullable;
import org.lamella.LamellaException;

/**
 * A deflated array of an archive. Deflate has no way to a row but through all before it, so the numbers are unpacked once, into
 * a temporary file, when they are first asked for; that file is opened, and deleted at once where the system allows it.
 */
final class PackedArray extends FormedArray {
    /** What deflate can shrink a byte to at most, so that a head cannot claim more than its entry could hold. */
    private static final long DEFLATE_LIMIT = 1032;

    private static final int CHUNK = 1 << 18;

    private final Path archive;
    private final int index;
    private final NpyHeader header;
    private @Nullable StoredArray numbers;

    /**
     * @param index of the entry in the file's order: names of entries need not be unique
     * @throws LamellaException if the entry cannot hold as many numbers as its head announces
     */
    PackedArray(ArrayForm form, Path archive, int index, NpyHeader header, ZipArchiveEntry entry) {
        super(form);
        this.archive = archive;
        this.index = index;
        this.header = header;
        long most = entry.getCompressedSize() > Long.MAX_VALUE / DEFLATE_LIMIT
                ? Long.MAX_VALUE
                : entry.getCompressedSize() * DEFLATE_LIMIT;
        form.requireBytes(Math.min(most, entry.getSize() - header.length()));
    }

    @Override
    public long unpacked() {
        return form.bytes();
    }

    @Override
    public Optional<FloatPointer> view(int firstRow, int count) {
        return numbers().view(firstRow, count);
    }

    @Override
    public void read(int[] wanted, FloatBuffer into) {
        numbers().read(wanted, into);
    }

    @Override
    public double readDouble(int row, int column) {
        return numbers().readDouble(row, column);
    }

    private synchronized StoredArray numbers() {
        if (numbers == null) {
            numbers = unpack();
        }
        return numbers;
    }

    private StoredArray unpack() {
        try (ZipFile zip = NpzArchive.open(archive)) {
            ZipArchiveEntry entry =
                    Collections.list(zip.getEntriesInPhysicalOrder()).get(index);
            Path unpacked = Files.createTempFile("lamella-", ".npy");
            try {
                requireRoom(unpacked);
                return unpack(zip, entry, unpacked);
            } finally {
                delete(unpacked); // what is open stays readable, and nothing is left behind if the program is ended
            }
        } catch (IOException | IndexOutOfBoundsException | IllegalArgumentException e) {
            throw new LamellaException(form.where(), "cannot be unpacked: " + e.getMessage(), e);
        }
    }

    private StoredArray unpack(ZipFile zip, ZipArchiveEntry entry, Path unpacked) throws IOException {
        FileChannel file = FileChannel.open(unpacked, StandardOpenOption.READ, StandardOpenOption.WRITE);
        boolean keep = false;
        try (var in = new CheckedInputStream(zip.getInputStream(entry), new CRC32())) {
            copy(in, file);
            if (in.getChecksum().getValue() != entry.getCrc()) {
                throw new LamellaException(form.where(), "is damaged: its checksum is wrong");
            }
            keep = Bytes.keeps(file);
            return header.numbers(file, form, 0, file.size());
        } finally {
            if (!keep) {
                file.close();
            }
        }
    }

    private void requireRoom(Path unpacked) throws IOException {
        long free = Files.getFileStore(unpacked).getUsableSpace();
        if (free < form.bytes()) {
            throw new LamellaException(
                    form.where(),
                    "is compressed and needs %,d bytes in %s to be unpacked; %,d are free: save it with numpy.savez, or set -Djava.io.tmpdir"
                            .formatted(form.bytes(), unpacked.getParent(), free));
        }
    }

    private void copy(InputStream in, FileChannel file) throws IOException {
        long needed = header.length() + form.bytes();
        byte[] chunk = new byte[CHUNK];
        long done = 0;
        int read;
        while ((read = in.read(chunk)) >= 0) {
            ByteBuffer bytes = ByteBuffer.wrap(chunk, 0, (int) Math.min(read, Math.max(0, needed - done)));
            while (bytes.hasRemaining()) {
                file.write(bytes);
            }
            done += read;
            if (done > needed) {
                throw new LamellaException(form.where(), "is longer than its shape " + form.shape() + " says");
            }
        }
        form.requireBytes(done - header.length());
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            file.toFile().deleteOnExit(); // a system that keeps open files: at the end, then
        }
    }
}

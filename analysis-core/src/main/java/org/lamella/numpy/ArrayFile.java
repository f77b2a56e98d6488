package org.lamella.numpy;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.zip.ZipEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.lamella.LamellaException;

/**
 * The arrays of an .npz archive, in the order of the file, or the one array of an .npy file.
 *
 * <p>Arrays are mapped. One that is compressed is unpacked into a temporary file first, so that its rows can be reached in
 * any order; the file is gone when this is closed.
 */
public final class ArrayFile implements AutoCloseable {
    private final Path path;
    private final List<StoredArray> arrays = new ArrayList<>();
    private final List<Unread> unread = new ArrayList<>();
    private final List<Path> temporary = new ArrayList<>();
    private final Set<String> names = new HashSet<>();

    /** An array that holds something else than numbers. */
    public record Unread(String name, String reason) {}

    private ArrayFile(Path path) {
        this.path = path;
    }

    /**
     * Opens an archive or an array by what it is, not by its name.
     *
     * @throws LamellaException if the file is missing, neither of the two, or truncated
     */
    public static ArrayFile open(Path path) {
        if (!Files.isRegularFile(path)) {
            throw new LamellaException(path.toString(), "there is no such file");
        }
        var file = new ArrayFile(path);
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            if (startsAsZip(path)) {
                file.readArchive(channel);
            } else {
                String stem = path.getFileName().toString().replaceFirst("\\.npy$", "");
                file.readArray(channel, stem, 0, channel.size());
            }
            return file;
        } catch (IOException e) {
            file.close();
            throw new LamellaException(path.toString(), "cannot be read: " + e.getMessage(), e);
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private static boolean startsAsZip(Path path) throws IOException {
        try (InputStream in = Files.newInputStream(path)) {
            byte[] start = in.readNBytes(2);
            return start.length == 2 && start[0] == 'P' && start[1] == 'K';
        }
    }

    private void readArchive(FileChannel channel) throws IOException {
        try (ZipFile zip =
                ZipFile.builder().setSeekableByteChannel(FileChannel.open(path)).get()) {
            for (ZipArchiveEntry entry : Collections.list(zip.getEntriesInPhysicalOrder())) {
                String name = entry.getName().replaceFirst("\\.npy$", "");
                if (entry.getMethod() == ZipEntry.STORED) {
                    long start = entry.getDataOffset();
                    if (start < 0 || start + entry.getSize() > channel.size()) {
                        throw new LamellaException(path.toString(), "is truncated within array '" + name + "'");
                    }
                    readArray(channel, name, start, entry.getSize());
                } else {
                    readCompressed(zip, entry, name);
                }
            }
        } catch (IllegalArgumentException | ArithmeticException | IndexOutOfBoundsException e) {
            throw new LamellaException(path.toString(), "is a broken archive: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new LamellaException(
                    path.toString(), "is not a complete .npz archive (" + e.getMessage() + "); save it again", e);
        }
        if (arrays.isEmpty() && unread.isEmpty()) {
            throw new LamellaException(path.toString(), "holds no arrays");
        }
    }

    private void readCompressed(ZipFile zip, ZipArchiveEntry entry, String name) throws IOException {
        Path unpacked = Files.createTempFile("lamella-", ".npy");
        temporary.add(unpacked);
        try (InputStream in = zip.getInputStream(entry)) {
            Files.copy(in, unpacked, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        }
        try (FileChannel channel = FileChannel.open(unpacked, StandardOpenOption.READ)) {
            readArray(channel, name, 0, channel.size());
        }
        delete(unpacked); // what is mapped stays readable, and nothing is left behind if the program is ended
    }

    private void readArray(FileChannel channel, String name, long start, long bytes) throws IOException {
        channel.position(start);
        InputStream in = new BufferedInputStream(Channels.newInputStream(channel), 256);
        if (!names.add(name)) {
            throw new LamellaException(path.toString(), "has two arrays called '" + name + "'");
        }
        String where = path + (startsAsZip(path) ? ", array '" + name + "'" : "");
        NpyHeader header = NpyHeader.read(in, where);
        if (ElementType.ofDescr(header.descr()).isEmpty()) {
            unread.add(new Unread(name, "holds " + header.descr() + ", not numbers"));
            return;
        }
        arrays.add(StoredArray.map(channel, name, path.toString(), header, start, bytes));
    }

    /** The arrays of numbers, in the order of the file. */
    public List<StoredArray> arrays() {
        return Collections.unmodifiableList(arrays);
    }

    /** The arrays that hold something else than numbers. */
    public List<Unread> unread() {
        return Collections.unmodifiableList(unread);
    }

    /** An array by its name. */
    public Optional<StoredArray> array(String name) {
        return arrays.stream().filter(array -> array.name().equals(name)).findFirst();
    }

    /** Deletes what was unpacked. Arrays already mapped stay readable. */
    @Override
    public void close() {
        temporary.forEach(ArrayFile::delete);
        temporary.clear();
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            file.toFile().deleteOnExit(); // a system that keeps mapped files: at the end, then
        }
    }
}

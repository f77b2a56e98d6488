package org.lamella.array;

import java.io.IOException;
import java.io.InputStream;
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
import org.lamella.LamellaException;

/**
 * The arrays of an .npz archive, of a .safetensors or of an HDF5 file, in the order of the file, or the one array of an .npy
 * file.
 *
 * <p>Arrays are mapped, or read as they are needed where the file is larger than 1 GiB. One that is compressed in an archive is unpacked into a temporary file when its rows are first asked
 * for, so that they can be reached in any order. Chunks of HDF5 are unpacked as they are read.
 */
public final class ArrayFile implements AutoCloseable {
    private final Path path;
    private final List<StoredArray> arrays = new ArrayList<>();
    private final List<Unread> unread = new ArrayList<>();
    private final Set<String> names = new HashSet<>();
    private AutoCloseable held = () -> {};

    /** An array that holds something else than rows of numbers. */
    public record Unread(String name, String reason) {}

    private ArrayFile(Path path) {
        this.path = path;
    }

    /**
     * Opens a file by what it is, not by its name.
     *
     * @throws LamellaException if the file is missing, of none of these kinds, or truncated
     */
    public static ArrayFile open(Path path) {
        if (!Files.isRegularFile(path)) {
            throw new LamellaException(path.toString(), "there is no such file");
        }
        var file = new ArrayFile(path);
        boolean keep = false;
        try {
            FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
            try {
                keep = Bytes.keeps(channel);
                file.read(channel);
                return file;
            } catch (RuntimeException | IOException e) {
                keep = false;
                file.close();
                throw e;
            } finally {
                if (!keep) {
                    channel.close();
                }
            }
        } catch (IOException e) {
            throw new LamellaException(path.toString(), "cannot be read: " + e.getMessage(), e);
        }
    }

    private void read(FileChannel channel) throws IOException {
        if (startsAsZip(path)) {
            NpzArchive.read(path, channel, this);
        } else if (Hdf5File.matches(path)) {
            Hdf5Arrays.read(path, channel, this);
        } else if (Safetensors.matches(channel)) {
            Safetensors.read(path, channel, this);
        } else {
            String stem = path.getFileName().toString().replaceFirst("\\.npy$", "");
            NpyHeader header = NpyHeader.read(channel, 0, path.toString());
            addNumpy(header, stem, path.toString(), form -> header.numbers(channel, form, 0, channel.size()));
        }
    }

    private static boolean startsAsZip(Path path) throws IOException {
        try (InputStream in = Files.newInputStream(path)) {
            byte[] start = in.readNBytes(2);
            return start.length == 2 && start[0] == 'P' && start[1] == 'K';
        }
    }

    /** How numbers are reached once their form is known. */
    interface Numbers {
        StoredArray of(ArrayForm form) throws IOException;
    }

    /** Adds an array of numpy, or says why it is none that is read. */
    void addNumpy(NpyHeader header, String name, String where, Numbers numbers) throws IOException {
        Optional<ElementType> type = ElementType.ofDescr(header.descr());
        if (type.isEmpty()) {
            leaveOut(name, "holds " + header.descr() + ", which are not numbers that are read");
        } else {
            add(name, where, type.get(), ElementType.orderOfDescr(header.descr()), header.shape(), numbers);
        }
    }

    /** Adds an array of numbers, unless it is a single one. */
    void add(String name, String where, ElementType type, java.nio.ByteOrder order, List<Long> shape, Numbers numbers)
            throws IOException {
        if (shape.isEmpty()) {
            leaveOut(name, "is a single number, without an axis of examples");
            return;
        }
        take(name);
        arrays.add(numbers.of(new ArrayForm(name, where, type, order, shape)));
    }

    /** Notes something that is no array of numbers. */
    void leaveOut(String name, String reason) {
        take(name);
        unread.add(new Unread(name, reason));
    }

    private void take(String name) {
        if (!names.add(name)) {
            throw new LamellaException(path.toString(), "has two arrays called '" + name + "'");
        }
    }

    /** What must stay open as long as the arrays are read. */
    void hold(AutoCloseable resource) {
        held = resource;
    }

    /** The arrays of numbers, in the order of the file. */
    public List<StoredArray> arrays() {
        return Collections.unmodifiableList(arrays);
    }

    /** The arrays that hold something else than rows of numbers. */
    public List<Unread> unread() {
        return Collections.unmodifiableList(unread);
    }

    /** An array by its name. */
    public Optional<StoredArray> array(String name) {
        return arrays.stream().filter(array -> array.name().equals(name)).findFirst();
    }

    /**
     * The strings of an array of an .npz archive, which is none of the {@link #arrays()}.
     *
     * @return empty if there is no such array, or it holds something else
     */
    public Optional<List<String>> texts(String name) {
        return unread.stream().anyMatch(array -> array.name().equals(name)) && isZip()
                ? NpzArchive.texts(path, name)
                : Optional.empty();
    }

    private boolean isZip() {
        try {
            return startsAsZip(path);
        } catch (IOException e) {
            throw new LamellaException(path.toString(), "cannot be read: " + e.getMessage(), e);
        }
    }

    /** Arrays stay readable, except those of HDF5 in chunks. */
    @Override
    public void close() {
        try {
            held.close();
        } catch (Exception e) {
            throw new LamellaException(path.toString(), "cannot be closed: " + e.getMessage(), e);
        }
    }
}

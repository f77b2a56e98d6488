package org.lamella.array;

import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.dataset.DatasetBase;
import io.jhdf.exceptions.HdfException;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.lamella.LamellaException;

/** An HDF5 file of anybody's, opened so that jhdf cannot be led outside of it or around in it. */
public final class Hdf5File implements AutoCloseable {
    private static final byte[] SIGNATURE = {(byte) 0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};

    static {
        BoundedFilter.install();
    }

    private final FileChannel channel;
    private final Hdf5Storage storage;
    private final Group root;

    private Hdf5File(FileChannel channel, Hdf5Storage storage, Group root) {
        this.channel = channel;
        this.storage = storage;
        this.root = root;
    }

    /** Whether a file is HDF5: its signature is at byte 0, or at 512 or a double of it, behind a block of the user's. */
    public static boolean matches(Path path) throws IOException {
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ)) {
            return start(file) >= 0;
        }
    }

    /** Where the signature is; -1 if it is nowhere. */
    private static long start(FileChannel file) throws IOException {
        ByteBuffer start = ByteBuffer.allocate(SIGNATURE.length);
        for (long at = 0; at >= 0 && at < file.size(); at = at == 0 ? 512 : 2 * at) {
            file.read(start.clear(), at);
            if (Arrays.equals(start.array(), SIGNATURE)) {
                return at;
            }
        }
        return -1;
    }

    /**
     * Opens a file; the caller closes it.
     *
     * @throws LamellaException if it is damaged
     */
    public static Hdf5File open(Path path) {
        return guarded(path.toString(), () -> {
            FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
            boolean opened = false;
            try {
                long start = start(channel);
                if (start < 0) {
                    throw new LamellaException(path.toString(), "is not an HDF5 file");
                }
                var storage = new Hdf5Storage(channel, start);
                var file = new Hdf5File(channel, storage, Hdf5Group.root(storage));
                opened = true;
                return file;
            } finally {
                if (!opened) {
                    channel.close();
                }
            }
        });
    }

    /**
     * Whether the root of a file has an attribute.
     *
     * @throws LamellaException if the file is damaged
     */
    public static boolean rootHasAttribute(Path path, String name) {
        return guarded(path.toString(), () -> {
            try (Hdf5File file = open(path)) {
                return file.root().getAttributes().containsKey(name);
            }
        });
    }

    /** The group that holds all others. Its links are not to be followed: they may lead to other files. */
    public Group root() {
        return root;
    }

    /** The file's length in bytes. */
    public long size() {
        return storage.size();
    }

    /**
     * Checks a data set of this file before its numbers are read by jhdf.
     *
     * @param where what it is called in messages
     * @throws LamellaException if it announces more than the file can hold
     */
    public void requireSensible(String where, Dataset dataset) {
        if (dataset instanceof DatasetBase base) {
            Hdf5Chunks.requireSensible(where, base, size());
        }
    }

    long userBlock() {
        return storage.getUserBlockSize();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    /** Work of jhdf, which meets a broken file with any kind of exception. */
    interface Work<T> {
        T run() throws IOException;
    }

    static <T> T guarded(String where, Work<T> work) {
        try {
            return work.run();
        } catch (LamellaException e) {
            throw e;
        } catch (IOException | RuntimeException | StackOverflowError | OutOfMemoryError e) {
            throw new LamellaException(
                    where,
                    "is damaged, or HDF5 of a kind that is not read (" + reason(e)
                            + "); write it again with h5py and libver='earliest', or as .npz",
                    e);
        }
    }

    /**
     * What the innermost failure means. Where jhdf did not foresee it, Java's words about the program are of no use: then the
     * last that jhdf says, and the kind of the failure.
     */
    public static String reason(Throwable failure) {
        Throwable innermost = failure;
        String said = "";
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            innermost = cause;
            if (cause instanceof HdfException && cause.getMessage() != null) {
                said = cause.getMessage().lines().findFirst().orElse("");
            }
        }
        boolean foreseen = innermost instanceof HdfException
                || !(innermost instanceof RuntimeException || innermost instanceof Error);
        if (foreseen && innermost.getMessage() != null) {
            return innermost.getMessage();
        }
        String kind = kind(innermost);
        return said.isEmpty() ? kind : said + ": " + kind;
    }

    private static String kind(Throwable failure) {
        if (failure instanceof StackOverflowError) {
            return "its parts lead back to each other";
        }
        if (failure instanceof OutOfMemoryError) {
            return "a part is said to be larger than memory";
        }
        if (failure instanceof ArithmeticException || failure instanceof NegativeArraySizeException) {
            return "a length is none that can be";
        }
        if (failure instanceof IndexOutOfBoundsException || failure instanceof BufferUnderflowException) {
            return "a part is shorter than it is said to be";
        }
        return "a part is missing or not what it should be";
    }
}

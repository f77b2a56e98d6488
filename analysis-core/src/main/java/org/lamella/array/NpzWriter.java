package org.lamella.array;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Writes small arrays to an .npz archive that numpy opens. The same arrays give the same bytes. */
public final class NpzWriter implements AutoCloseable {
    private final ZipOutputStream zip;

    /** Starts an archive; closing it completes the archive and closes the stream. */
    public NpzWriter(OutputStream out) {
        this.zip = new ZipOutputStream(new BufferedOutputStream(out, 1 << 16));
    }

    /** Adds float64 numbers in C order. */
    public void add(String name, double[] values, int... shape) throws IOException {
        add(name, NpyBytes.of(values, shape));
    }

    /** Adds int64 numbers in C order. */
    public void add(String name, long[] values, int... shape) throws IOException {
        add(name, NpyBytes.of(values, shape));
    }

    /** Adds a list of strings, as numpy's fixed-width Unicode. */
    public void add(String name, List<String> values) throws IOException {
        add(name, NpyBytes.of(values));
    }

    // Stored, not deflated, so that readers can map it; a stored entry needs its size and checksum in advance.
    private void add(String name, NpyBytes bytes) throws IOException {
        var entry = new ZipEntry(name + ".npy");
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(bytes.size());
        entry.setTimeLocal(java.time.LocalDateTime.of(1980, 1, 1, 0, 0));
        var checksum = new CRC32();
        checksum.update(bytes.buffer());
        entry.setCrc(checksum.getValue());
        zip.putNextEntry(entry);
        Channels.newChannel(zip).write(bytes.buffer());
        zip.closeEntry();
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }
}

package org.lamella.array;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Writes float32 arrays to an .npz archive, uncompressed as {@code numpy.savez} does: activations to measure with. */
public final class Float32Archive implements AutoCloseable {
    private final ZipOutputStream zip;

    /** Starts an archive; closing it completes it. */
    public Float32Archive(Path file) throws IOException {
        OutputStream out = Files.newOutputStream(file);
        this.zip = new ZipOutputStream(new BufferedOutputStream(out, 1 << 16));
    }

    /** Adds an array in C order. */
    public void add(String name, float[] values, int... shape) throws IOException {
        byte[] header = NpyBytes.head("<f4", shape);
        ByteBuffer bytes = ByteBuffer.allocate(Math.addExact(header.length, Math.multiplyExact(values.length, 4)))
                .order(ByteOrder.LITTLE_ENDIAN);
        bytes.put(header).asFloatBuffer().put(values);
        var checksum = new CRC32();
        checksum.update(bytes.array());
        var entry = new ZipEntry(name + ".npy");
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(bytes.capacity());
        entry.setCrc(checksum.getValue());
        zip.putNextEntry(entry);
        zip.write(bytes.array());
        zip.closeEntry();
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }
}

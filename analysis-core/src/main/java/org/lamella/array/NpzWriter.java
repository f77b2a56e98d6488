package org.lamella.array;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Writes arrays to an .npz archive that numpy opens. The same arrays give the same bytes. */
public final class NpzWriter implements AutoCloseable {
    private final ZipOutputStream zip;

    /** Starts an archive; closing it completes the archive and closes the stream. */
    public NpzWriter(OutputStream out) {
        this.zip = new ZipOutputStream(new BufferedOutputStream(out, 1 << 16));
    }

    /** Adds float64 numbers in C order. */
    public void add(String name, double[] values, int... shape) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(values.length, Double.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
        bytes.asDoubleBuffer().put(values);
        add(name, "<f8", bytes.array(), shape);
    }

    /** Adds int64 numbers in C order. */
    public void add(String name, long[] values, int... shape) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(values.length, Long.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
        bytes.asLongBuffer().put(values);
        add(name, "<i8", bytes.array(), shape);
    }

    /** Adds a list of strings, as numpy's fixed-width Unicode. */
    public void add(String name, List<String> values) throws IOException {
        List<int[]> points =
                values.stream().map(value -> value.codePoints().toArray()).toList();
        int width = Math.max(
                1, points.stream().mapToInt(letters -> letters.length).max().orElse(1));
        ByteBuffer bytes = ByteBuffer.allocate(
                        Math.multiplyExact(Math.multiplyExact(values.size(), width), Integer.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < points.size(); i++) {
            bytes.position(i * width * Integer.BYTES);
            for (int letter : points.get(i)) {
                bytes.putInt(letter);
            }
        }
        add(name, "<U" + width, bytes.array(), values.size());
    }

    // Stored, not deflated, so that readers can map it; a stored entry needs its size and checksum in advance.
    private void add(String name, String descr, byte[] content, int... shape) throws IOException {
        byte[] header = header(descr, shape);
        var entry = new ZipEntry(name + ".npy");
        entry.setMethod(ZipEntry.STORED);
        entry.setSize((long) header.length + content.length);
        entry.setTimeLocal(java.time.LocalDateTime.of(1980, 1, 1, 0, 0));
        var checksum = new CRC32();
        checksum.update(header);
        checksum.update(content);
        entry.setCrc(checksum.getValue());
        zip.putNextEntry(entry);
        zip.write(header);
        zip.write(content);
        zip.closeEntry();
    }

    /** The head of an array in .npy form, version 1.0: 64 bytes or a multiple of it. */
    static byte[] header(String descr, int... shape) {
        String axes =
                java.util.Arrays.stream(shape).mapToObj(axis -> axis + ",").collect(Collectors.joining(" ", "(", ")"));
        String dictionary = "{'descr': '%s', 'fortran_order': False, 'shape': %s, }".formatted(descr, axes);
        int length = (10 + dictionary.length() + 1 + 63) / 64 * 64;
        ByteBuffer head = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        head.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0}).putShort((short) (length - 10));
        head.put(dictionary.getBytes(StandardCharsets.US_ASCII));
        while (head.position() < length - 1) {
            head.put((byte) ' ');
        }
        return head.put((byte) '\n').array();
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }
}

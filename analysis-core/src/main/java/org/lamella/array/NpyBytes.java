package org.lamella.array;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** A small array as the bytes of an .npy file. */
final class NpyBytes {
    private final ByteBuffer bytes;

    private NpyBytes(ByteBuffer bytes) {
        this.bytes = bytes;
    }

    static NpyBytes of(double[] values, int... shape) {
        ByteBuffer bytes = begin("<f8", Math.multiplyExact(values.length, Double.BYTES), shape);
        bytes.asDoubleBuffer().put(values);
        return new NpyBytes(bytes.rewind());
    }

    static NpyBytes of(long[] values, int... shape) {
        ByteBuffer bytes = begin("<i8", Math.multiplyExact(values.length, Long.BYTES), shape);
        bytes.asLongBuffer().put(values);
        return new NpyBytes(bytes.rewind());
    }

    /** Strings, as numpy's fixed-width Unicode. */
    static NpyBytes of(List<String> values) {
        List<int[]> points =
                values.stream().map(value -> value.codePoints().toArray()).toList();
        int width = Math.max(
                1, points.stream().mapToInt(letters -> letters.length).max().orElse(1));
        int content = Math.multiplyExact(Math.multiplyExact(values.size(), width), Integer.BYTES);
        ByteBuffer bytes = begin("<U" + width, content, values.size());
        int start = bytes.position();
        for (int i = 0; i < points.size(); i++) {
            bytes.position(start + i * width * Integer.BYTES);
            for (int letter : points.get(i)) {
                bytes.putInt(letter);
            }
        }
        return new NpyBytes(bytes.rewind());
    }

    private static ByteBuffer begin(String descr, int content, int... shape) {
        byte[] head = head(descr, shape);
        return ByteBuffer.allocate(Math.addExact(head.length, content))
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(head);
    }

    /** All of it. */
    ByteBuffer buffer() {
        return bytes.duplicate();
    }

    int size() {
        return bytes.capacity();
    }

    /** The head of an array in .npy form, version 1.0: 64 bytes or a multiple of it. */
    static byte[] head(String descr, int... shape) {
        String axes = Arrays.stream(shape).mapToObj(axis -> axis + ",").collect(Collectors.joining(" ", "(", ")"));
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
}

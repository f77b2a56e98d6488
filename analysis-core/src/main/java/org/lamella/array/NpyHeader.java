package org.lamella.array;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.lamella.LamellaException;

/**
 * The head of an array in .npy form, versions 1.0 to 3.0 (numpy enhancement proposal 1).
 *
 * @param descr number format in numpy's words, such as {@code <f4}
 * @param fortranOrder whether the first axis runs fastest
 * @param shape lengths of the axes
 * @param length bytes of the head itself: the numbers start there
 */
record NpyHeader(String descr, boolean fortranOrder, List<Long> shape, int length) {
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final int LONGEST = 1 << 16;
    private static final Pattern DESCR = Pattern.compile("'descr'\\s*:\\s*'([^']*)'");
    private static final Pattern ORDER = Pattern.compile("'fortran_order'\\s*:\\s*(True|False)");
    private static final Pattern SHAPE = Pattern.compile("'shape'\\s*:\\s*\\(([^)]*)\\)");

    NpyHeader {
        shape = List.copyOf(shape);
    }

    /**
     * The head that starts at a byte of a file.
     *
     * @param where what the array is called in messages
     */
    static NpyHeader read(FileChannel file, long start, String where) throws IOException {
        file.position(start);
        return read(new BufferedInputStream(Channels.newInputStream(file), 256), where);
    }

    /**
     * The numbers behind this head.
     *
     * @param start byte in the file at which the head starts
     * @param bytes that head and numbers may take
     * @throws LamellaException if the numbers need more
     */
    StoredArray numbers(FileChannel file, ArrayForm form, long start, long bytes) throws IOException {
        form.requireBytes(bytes - length);
        Bytes numbers = Bytes.of(file, start + length, form);
        return fortranOrder && shape.size() > 1
                ? new ColumnMajorArray(form, numbers)
                : new RowMajorArray(form, numbers);
    }

    /**
     * Reads the head and leaves the stream at the first number.
     *
     * @param where what the array is called in messages
     */
    static NpyHeader read(InputStream in, String where) throws IOException {
        byte[] start = in.readNBytes(8);
        if (start.length < 8 || !java.util.Arrays.equals(start, 0, 6, MAGIC, 0, 6)) {
            throw new LamellaException(where, "is not an array in numpy's .npy form (its first bytes are others)");
        }
        int version = start[6];
        if (version < 1 || version > 3) {
            throw new LamellaException(
                    where, "is in version " + version + " of the .npy form; versions 1 to 3 are read");
        }
        int lengthBytes = version == 1 ? 2 : 4;
        byte[] size = in.readNBytes(lengthBytes);
        long length = 0;
        for (int i = size.length - 1; i >= 0; i--) {
            length = length << 8 | Byte.toUnsignedInt(size[i]);
        }
        if (size.length < lengthBytes || length > LONGEST) {
            throw new LamellaException(where, "is broken: the head of the array has no sensible length");
        }
        byte[] text = in.readNBytes((int) length);
        if (text.length < length) {
            throw new LamellaException(where, "is truncated within the head of the array");
        }
        return parse(new String(text, StandardCharsets.UTF_8), 8 + lengthBytes + (int) length, where);
    }

    private static NpyHeader parse(String text, int length, String where) {
        String descr = find(DESCR, text, where, "simple number format");
        String order = find(ORDER, text, where, "order");
        String shape = find(SHAPE, text, where, "shape");
        List<Long> axes = new ArrayList<>();
        try {
            for (String axis : shape.split(",", -1)) {
                if (!axis.isBlank()) {
                    axes.add(Long.parseLong(axis.strip()));
                }
            }
        } catch (NumberFormatException e) {
            throw new LamellaException(where, "is broken: its shape is (" + shape + ")", e);
        }
        if (axes.stream().anyMatch(axis -> axis < 0)) {
            throw new LamellaException(where, "is broken: its shape is (" + shape + ")");
        }
        return new NpyHeader(descr, order.equals("True"), axes, length);
    }

    private static String find(Pattern pattern, String text, String where, String what) {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.find()) {
            throw new LamellaException(where, "cannot be read: the head of the array names no " + what);
        }
        return matcher.group(1);
    }
}

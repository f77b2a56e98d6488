package org.lamella.fuzz;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/**
 * Damages files: bits and bytes, numbers of two, four and eight bytes in both orders, decimal digits, pieces cut out, doubled,
 * moved, or taken from another file. Half of the time what is packed in a zip or gzip is damaged inside and packed again with
 * right checksums, and mostly those within HDF5 are made right again, so that readers get past them.
 */
final class Mutator {
    private static final long[] TELLING = {
        0,
        1,
        -1,
        2,
        7,
        8,
        127,
        128,
        255,
        256,
        32767,
        65535,
        1 << 20,
        1 << 28,
        Integer.MAX_VALUE,
        Integer.MIN_VALUE,
        0xffffffffL,
        1L << 32,
        1L << 40,
        1L << 52,
        1L << 62,
        Long.MAX_VALUE,
        Long.MIN_VALUE
    };
    private static final int MOST_CHANGES = 6;

    private final Random random;

    Mutator(long seed) {
        this.random = new Random(seed);
    }

    byte[] mutate(List<byte[]> seeds) {
        byte[] seed = seeds.get(random.nextInt(seeds.size()));
        boolean zip = seed.length > 4 && seed[0] == 'P' && seed[1] == 'K';
        boolean gzip = seed.length > 4 && seed[0] == 0x1f && seed[1] == (byte) 0x8b;
        try {
            if ((zip || gzip) && random.nextBoolean()) {
                return zip ? insideZip(seed, seeds) : insideGzip(seed, seeds);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        byte[] bytes = damaged(seed, seeds);
        if (Hdf5Checksums.isHdf5(seed) && random.nextInt(4) > 0) {
            Hdf5Checksums.repair(bytes, seed);
        }
        return bytes;
    }

    private byte[] insideGzip(byte[] seed, List<byte[]> seeds) throws IOException {
        var out = new ByteArrayOutputStream();
        try (var in = new GZIPInputStream(new ByteArrayInputStream(seed));
                var packed = new GZIPOutputStream(out)) {
            packed.write(damaged(in.readAllBytes(), seeds));
        }
        return out.toByteArray();
    }

    private byte[] insideZip(byte[] seed, List<byte[]> seeds) throws IOException {
        var out = new ByteArrayOutputStream();
        try (var in = new ZipInputStream(new ByteArrayInputStream(seed));
                var packed = new ZipOutputStream(out)) {
            int number = 0;
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                byte[] content = in.readAllBytes();
                byte[] changed = random.nextInt(3) == 0 ? damaged(content, seeds) : content;
                // At times a name that would lead elsewhere, if it were followed.
                String name = random.nextInt(40) == 0 ? "../".repeat(1 + number++) + entry.getName() : entry.getName();
                var copy = new ZipEntry(name);
                copy.setTimeLocal(LocalDateTime.of(1990, 1, 1, 0, 0));
                if (random.nextBoolean()) {
                    var sum = new CRC32();
                    sum.update(changed);
                    copy.setMethod(ZipEntry.STORED);
                    copy.setSize(changed.length);
                    copy.setCrc(sum.getValue());
                }
                packed.putNextEntry(copy);
                packed.write(changed);
                packed.closeEntry();
            }
        }
        return out.toByteArray();
    }

    private byte[] damaged(byte[] seed, List<byte[]> seeds) {
        byte[] bytes = seed.clone();
        for (int left = 1 + random.nextInt(MOST_CHANGES); left > 0 && bytes.length > 0; left--) {
            bytes = change(bytes, seeds);
        }
        return bytes;
    }

    private byte[] change(byte[] bytes, List<byte[]> seeds) {
        int at = place(bytes.length);
        switch (random.nextInt(12)) {
            case 0, 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
            case 2 -> bytes[at] = (byte) random.nextInt();
            case 3, 4, 5 -> number(bytes, at);
            case 6, 7 -> digit(bytes, at);
            case 8 -> {
                return Arrays.copyOf(bytes, at);
            }
            case 9 -> {
                return splice(bytes, at, bytes, place(bytes.length), random.nextInt(64));
            }
            case 10 -> {
                int end = Math.min(bytes.length, at + 1 + random.nextInt(64));
                byte[] cut = Arrays.copyOf(bytes, bytes.length - (end - at));
                System.arraycopy(bytes, end, cut, at, bytes.length - end);
                return cut;
            }
            default -> {
                byte[] other = seeds.get(random.nextInt(seeds.size()));
                return splice(bytes, at, other, place(other.length), random.nextInt(256));
            }
        }
        return bytes;
    }

    /** A place in a file; heads come first and directories last, so both ends are more likely than the middle. */
    private int place(int length) {
        int near = Math.min(length, 400);
        return switch (random.nextInt(4)) {
            case 0, 1 -> random.nextInt(near);
            case 2 -> length - 1 - random.nextInt(near);
            default -> random.nextInt(length);
        };
    }

    private void number(byte[] bytes, int at) {
        int size = 2 << random.nextInt(3);
        boolean big = random.nextBoolean();
        long value =
                random.nextInt(4) == 0 ? bytes.length + random.nextInt(9) - 4 : TELLING[random.nextInt(TELLING.length)];
        for (int i = 0; i < size && at + i < bytes.length; i++) {
            bytes[at + i] = (byte) (value >>> 8 * (big ? size - 1 - i : i));
        }
    }

    /** Another digit for the next one from a place on. */
    private void digit(byte[] bytes, int from) {
        for (int at = from; at < bytes.length; at++) {
            if (bytes[at] >= '0' && bytes[at] <= '9') {
                bytes[at] = (byte) "0123456789-9.e,".charAt(random.nextInt(15));
                return;
            }
        }
    }

    private static byte[] splice(byte[] bytes, int at, byte[] from, int start, int length) {
        int count = Math.min(length, from.length - start);
        byte[] longer = Arrays.copyOf(bytes, bytes.length + count);
        System.arraycopy(bytes, at, longer, at + count, bytes.length - at);
        System.arraycopy(from, start, longer, at, count);
        return longer;
    }
}

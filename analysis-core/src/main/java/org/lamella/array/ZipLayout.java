package org.lamella.array;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the stored entries of a zip archive lie, when their sizes are known before their content. Heads and the directory at
 * the end follow the format's specification (APPNOTE 4.3); Zip64 records are there where a number needs them. Content begins
 * at a multiple of 64 bytes, so that mapped numbers are aligned.
 */
final class ZipLayout {
    private static final int ALIGNMENT = 64;
    private static final long LARGEST_32 = 0xffffffffL;
    private static final int LARGEST_16 = 0xffff;
    private static final short UTF_8_NAMES = 0x0800;
    private static final short DAY_ONE = 0x21; // 1 January 1980, so that the same content gives the same bytes
    private static final short VERSION = 45;
    private static final short ZIP64 = 0x0001;
    private static final short PADDING = (short) 0xd935;
    private static final int LOCAL_HEAD = 30;
    private static final int EXTRA_HEAD = 4;

    /** Bytes from the start of a local head to its checksum. */
    static final int CHECKSUM_OFFSET = 14;

    private record Entry(String name, long start, long size) {}

    private final List<Entry> entries = new ArrayList<>();
    private long end;

    /** The head of the next entry, and where it and its content lie. */
    record Place(long headStart, ByteBuffer head, long contentStart) {}

    /** Places an entry behind the last one. Its checksum is still 0. */
    Place add(String name, long size) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        boolean large = size >= LARGEST_32;
        int unpadded = LOCAL_HEAD + bytes.length + (large ? EXTRA_HEAD + 16 : 0) + EXTRA_HEAD;
        int padding = (int) (-(end + unpadded) & ALIGNMENT - 1);
        ByteBuffer head = buffer(unpadded + padding);
        head.putInt(0x04034b50).putShort(VERSION).putShort(UTF_8_NAMES).putShort((short) 0);
        head.putShort((short) 0).putShort(DAY_ONE).putInt(0);
        head.putInt((int) Math.min(size, LARGEST_32)).putInt((int) Math.min(size, LARGEST_32));
        head.putShort((short) bytes.length).putShort((short) (head.capacity() - LOCAL_HEAD - bytes.length));
        head.put(bytes);
        if (large) {
            head.putShort(ZIP64).putShort((short) 16).putLong(size).putLong(size);
        }
        head.putShort(PADDING).putShort((short) padding);
        head.rewind();
        entries.add(new Entry(name, end, size));
        var place = new Place(end, head, end + head.capacity());
        end = place.contentStart() + size;
        return place;
    }

    /** Where the last entry ends and the directory begins. */
    long end() {
        return end;
    }

    /**
     * The directory.
     *
     * @param checksums of the entries
     */
    ByteBuffer directory(List<Integer> checksums) {
        int most = entries.stream()
                        .mapToInt(entry -> 46 + 3 * entry.name().length() + EXTRA_HEAD + 24)
                        .sum()
                + 98;
        ByteBuffer directory = buffer(most);
        for (int i = 0; i < entries.size(); i++) {
            putEntry(entries.get(i), checksums.get(i), directory);
        }
        putEnd(directory, directory.position());
        return directory.flip();
    }

    private static void putEntry(Entry entry, int checksum, ByteBuffer into) {
        byte[] name = entry.name().getBytes(StandardCharsets.UTF_8);
        boolean large = entry.size() >= LARGEST_32;
        boolean far = entry.start() >= LARGEST_32;
        int extra = (large ? 16 : 0) + (far ? 8 : 0);
        into.putInt(0x02014b50).putShort(VERSION).putShort(VERSION).putShort(UTF_8_NAMES);
        into.putShort((short) 0).putShort((short) 0).putShort(DAY_ONE).putInt(checksum);
        into.putInt((int) Math.min(entry.size(), LARGEST_32)).putInt((int) Math.min(entry.size(), LARGEST_32));
        into.putShort((short) name.length).putShort((short) (extra == 0 ? 0 : EXTRA_HEAD + extra));
        into.putShort((short) 0).putShort((short) 0).putShort((short) 0).putInt(0);
        into.putInt((int) Math.min(entry.start(), LARGEST_32)).put(name);
        if (extra > 0) {
            into.putShort(ZIP64).putShort((short) extra);
        }
        if (large) {
            into.putLong(entry.size()).putLong(entry.size());
        }
        if (far) {
            into.putLong(entry.start());
        }
    }

    private void putEnd(ByteBuffer into, long directorySize) {
        if (end >= LARGEST_32 || directorySize >= LARGEST_32 || entries.size() >= LARGEST_16) {
            into.putInt(0x06064b50)
                    .putLong(44)
                    .putShort(VERSION)
                    .putShort(VERSION)
                    .putInt(0)
                    .putInt(0);
            into.putLong(entries.size())
                    .putLong(entries.size())
                    .putLong(directorySize)
                    .putLong(end);
            into.putInt(0x07064b50).putInt(0).putLong(end + directorySize).putInt(1);
        }
        short count = (short) Math.min(entries.size(), LARGEST_16);
        into.putInt(0x06054b50)
                .putShort((short) 0)
                .putShort((short) 0)
                .putShort(count)
                .putShort(count);
        into.putInt((int) Math.min(directorySize, LARGEST_32)).putInt((int) Math.min(end, LARGEST_32));
        into.putShort((short) 0);
    }

    private static ByteBuffer buffer(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }
}

package org.lamella.model;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/**
 * The numbers of the fields of the protobuf message in a file that are messages or bytes themselves; none if the file is not a
 * protobuf message from start to end. Reads only the heads of the fields.
 */
record ProtobufFields(Set<Integer> messages) {
    private static final int MOST_FIELDS = 100_000;
    private static final int LONGEST_HEAD = 20;

    static ProtobufFields of(Path path) throws IOException {
        Set<Integer> found = new HashSet<>();
        try (FileChannel file = FileChannel.open(path)) {
            long at = 0;
            for (int i = 0; at < file.size(); i++) {
                ByteBuffer head = ByteBuffer.allocate(LONGEST_HEAD);
                file.read(head, at);
                head.flip();
                long tag = varint(head);
                long skipped = switch ((int) (tag & 7)) {
                    case 0 -> varint(head) < 0 ? -1 : 0;
                    case 1 -> Long.BYTES;
                    case 2 -> varint(head);
                    case 5 -> Integer.BYTES;
                    default -> -1;
                };
                at += head.position();
                if (tag < 8
                        || tag > Integer.MAX_VALUE
                        || skipped < 0
                        || skipped > file.size() - at
                        || i > MOST_FIELDS) {
                    return new ProtobufFields(Set.of());
                }
                if ((tag & 7) == 2) {
                    found.add((int) (tag >>> 3));
                }
                at += skipped;
            }
        }
        return new ProtobufFields(Set.copyOf(found));
    }

    private static long varint(ByteBuffer bytes) {
        long value = 0;
        for (int shift = 0; shift < 63 && bytes.hasRemaining(); shift += 7) {
            byte part = bytes.get();
            value |= (long) (part & 0x7f) << shift;
            if (part >= 0) {
                return value;
            }
        }
        return -1;
    }

    boolean hasMessage(int field) {
        return messages.contains(field);
    }
}

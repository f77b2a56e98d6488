package org.lamella.samediff;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.lamella.LamellaException;

/**
 * The bytes of a FlatBuffers file. Every place is checked before it is read.
 *
 * <p>A writer puts each table, vector and string into the file once. A hostile file may point to one of them from a million places, so
 * what is read is counted: no more than the file could hold twice.
 */
final class FlatBuffer {
    private final String where;
    private final ByteBuffer bytes;
    private long left;

    /**
     * @param where what error messages call it
     * @param bytes from 0 to the limit
     */
    FlatBuffer(String where, ByteBuffer bytes) {
        this.where = where;
        this.bytes = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        this.left = 2L * bytes.limit() + 1024;
    }

    FlatTable root() {
        return table(0);
    }

    /** The table to which the offset at a place points. */
    FlatTable table(long at) {
        spend(12, at);
        return new FlatTable(this, Math.toIntExact(require(target(at), Integer.BYTES)));
    }

    /** Where the offset at a place points to. */
    long target(long at) {
        return at + Integer.toUnsignedLong(int32(at));
    }

    int int32(long at) {
        return bytes.getInt((int) require(at, Integer.BYTES));
    }

    int uint16(long at) {
        return Short.toUnsignedInt(bytes.getShort((int) require(at, Short.BYTES)));
    }

    byte int8(long at) {
        return bytes.get((int) require(at, 1));
    }

    /**
     * The elements of a vector.
     *
     * @param at of the offset that points to it
     * @param width bytes of an element
     */
    ByteBuffer vector(long at, int width) {
        long start = target(at);
        long length = Integer.toUnsignedLong(int32(start)) * width;
        spend(length + Integer.BYTES, at);
        int first = (int) require(start + Integer.BYTES, length);
        return bytes.slice(first, (int) length).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Where the first element of a vector lies. */
    long firstOf(long at) {
        return target(at) + Integer.BYTES;
    }

    private long require(long at, long length) {
        if (at < 0 || length > bytes.limit() || at > bytes.limit() - length) {
            throw damaged(at);
        }
        return at;
    }

    private void spend(long count, long at) {
        left -= count;
        if (left < 0) {
            throw damaged(at);
        }
    }

    private LamellaException damaged(long at) {
        return new LamellaException(
                where,
                "is a damaged or truncated SameDiff graph: what is at byte %,d leads out of its %,d bytes; save it again"
                        .formatted(at, bytes.limit()));
    }
}

package org.lamella.array;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Optional;
import org.bytedeco.javacpp.BytePointer;
import org.lamella.LamellaException;

/**
 * The bytes of an array in its file: mapped, or read piece by piece where the file is so large that its mapped pages would fill
 * the machine's memory.
 */
interface Bytes {
    /** Files up to this are mapped whole. */
    long LARGEST_MAPPED = 1L << 30;

    /** The most that is asked for at once. */
    int LARGEST_PIECE = 1 << 20;

    /**
     * Some bytes, at the start of a buffer that is good until the same thread asks again.
     *
     * @param length at most {@link #LARGEST_PIECE}
     */
    ByteBuffer at(long offset, int length);

    /** The same as memory that stays, if they are mapped. */
    Optional<BytePointer> memory(long offset);

    /**
     * The numbers of an array, whose file has all of them. Its channel must stay open if it {@linkplain #keeps is kept}.
     *
     * @param start byte of the file at which they begin
     */
    static Bytes of(FileChannel file, long start, ArrayForm form) throws IOException {
        return keeps(file)
                ? new Read(file, start, form.where())
                : new Mapped(file.map(FileChannel.MapMode.READ_ONLY, start, form.bytes()));
    }

    /** Whether arrays of a file go on reading from its channel. It is closed when they are no longer reachable. */
    static boolean keeps(FileChannel file) throws IOException {
        return file.size() > LARGEST_MAPPED;
    }

    /** Bytes in memory. */
    final class Mapped implements Bytes {
        private final ByteBuffer bytes;
        private final BytePointer pointer;

        Mapped(ByteBuffer bytes) {
            this.bytes = bytes;
            this.pointer = new BytePointer(bytes);
        }

        @Override
        public ByteBuffer at(long offset, int length) {
            return bytes.slice((int) offset, length);
        }

        @Override
        public Optional<BytePointer> memory(long offset) {
            return Optional.of(pointer.getPointer(offset));
        }
    }

    /** Bytes that are read when they are asked for. */
    final class Read implements Bytes {
        private static final ThreadLocal<ByteBuffer> PIECE =
                ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(LARGEST_PIECE));

        private final FileChannel file;
        private final long start;
        private final String where;

        Read(FileChannel file, long start, String where) {
            this.file = file;
            this.start = start;
            this.where = where;
        }

        @Override
        public ByteBuffer at(long offset, int length) {
            ByteBuffer piece = PIECE.get().clear().limit(length);
            try {
                while (piece.hasRemaining()) {
                    if (file.read(piece, start + offset + piece.position()) < 0) {
                        throw new EOFException("the file became shorter while it was read");
                    }
                }
            } catch (IOException e) {
                throw new LamellaException(where, "cannot be read: " + e.getMessage(), e);
            }
            return piece.flip();
        }

        @Override
        public Optional<BytePointer> memory(long offset) {
            return Optional.empty();
        }
    }
}

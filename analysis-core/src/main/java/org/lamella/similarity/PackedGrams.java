package org.lamella.similarity;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.lamella.LamellaException;
import org.lamella.linalg.DoubleMatrix;
import org.lamella.linalg.NativeMatrix;

/** Where the numbers of many packed Gram matrices are kept: a row a layer. Layers may be written and read by several threads. */
interface PackedGrams extends AutoCloseable {
    /** Keeps some adjacent numbers of a layer. */
    void write(int layer, long at, double[] from, int count);

    /** Gives some adjacent numbers of a layer back, to an array's position {@code offset}. */
    void read(int layer, long at, double[] into, int offset, int count);

    @Override
    void close();

    /** In memory, as float64. */
    record InDoubles(DoubleMatrix numbers) implements PackedGrams {
        @Override
        public void write(int layer, long at, double[] from, int count) {
            numbers.write(layer, Math.toIntExact(at), from, 0, count);
        }

        @Override
        public void read(int layer, long at, double[] into, int offset, int count) {
            numbers.read(layer, Math.toIntExact(at), into, offset, count);
        }

        @Override
        public void close() {
            numbers.close();
        }
    }

    /** In memory, as float32. */
    record InFloats(NativeMatrix numbers) implements PackedGrams {
        @Override
        public void write(int layer, long at, double[] from, int count) {
            float[] floats = new float[count];
            for (int i = 0; i < count; i++) {
                floats[i] = (float) from[i];
            }
            numbers.write(layer, at, floats, count);
        }

        @Override
        public void read(int layer, long at, double[] into, int offset, int count) {
            float[] floats = new float[count];
            numbers.read(layer, at, floats, 0, count);
            for (int i = 0; i < count; i++) {
                into[offset + i] = floats[i];
            }
        }

        @Override
        public void close() {
            numbers.close();
        }
    }

    /** In a temporary file, as float32. */
    record InFile(FileChannel file, long length) implements PackedGrams {
        static InFile create(int layers, long length) {
            try {
                Path path = Files.createTempFile("lamella-gram", ".tmp");
                long bytes = layers * length * Float.BYTES;
                long free = Files.getFileStore(path).getUsableSpace();
                if (free < bytes) {
                    Files.delete(path);
                    throw new LamellaException(
                            path.toString(),
                            "the Gram matrices of %d layers take %,d bytes, more than memory or this disk (%,d) has room for; take fewer --examples or --layers"
                                    .formatted(layers, bytes, free));
                }
                return new InFile(
                        FileChannel.open(
                                path,
                                StandardOpenOption.READ,
                                StandardOpenOption.WRITE,
                                StandardOpenOption.DELETE_ON_CLOSE),
                        length);
            } catch (IOException e) {
                throw new LamellaException("temporary file", "cannot be made: " + e, e);
            }
        }

        private static ByteBuffer buffer(int count) {
            return ByteBuffer.allocateDirect(count * Float.BYTES).order(ByteOrder.nativeOrder());
        }

        private long place(int layer, long at) {
            return (layer * length + at) * Float.BYTES;
        }

        @Override
        public void write(int layer, long at, double[] from, int count) {
            ByteBuffer bytes = buffer(count);
            for (int i = 0; i < count; i++) {
                bytes.putFloat((float) from[i]);
            }
            bytes.flip();
            try {
                for (long to = place(layer, at); bytes.hasRemaining(); ) {
                    to += file.write(bytes, to);
                }
            } catch (IOException e) {
                throw new LamellaException("temporary file", "cannot be written: " + e, e);
            }
        }

        @Override
        public void read(int layer, long at, double[] into, int offset, int count) {
            ByteBuffer bytes = buffer(count);
            try {
                for (long from = place(layer, at); bytes.hasRemaining(); ) {
                    int got = file.read(bytes, from);
                    if (got < 0) {
                        throw new IOException("it ends early");
                    }
                    from += got;
                }
            } catch (IOException e) {
                throw new LamellaException("temporary file", "cannot be read: " + e, e);
            }
            bytes.flip();
            for (int i = 0; i < count; i++) {
                into[offset + i] = bytes.getFloat();
            }
        }

        @Override
        public void close() {
            try {
                file.close();
            } catch (IOException e) {
                throw new LamellaException("temporary file", "cannot be closed: " + e, e);
            }
        }
    }
}

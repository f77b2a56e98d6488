package org.lamella.onnx;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import onnx.Onnx.ModelProto;
import org.bytedeco.javacpp.BytePointer;
import org.lamella.LamellaException;
import org.nd4j.shade.protobuf.InvalidProtocolBufferException;

/** The bytes of a model: in a file, or in memory where it was made by a conversion. */
sealed interface OnnxContent {
    /** What error messages call it. */
    String where();

    /** The model without running it; its weights are on the heap until it is let go. */
    ModelProto parse();

    /** About the bytes that its weights take, given the names of the files that hold some of them. */
    long size(List<String> weightFiles);

    /** Hands the bytes over, for as long as the call lasts. */
    <T> T read(Reader<T> reader) throws IOException;

    /** The folder in which weights in other files are looked for; empty if there is none. */
    Optional<Path> folder();

    /** The files that it is made of, given the names of those that hold weights; none if it is in memory. */
    List<Path> files(List<String> weightFiles);

    /** Reads a model's bytes. */
    interface Reader<T> {
        T read(ByteBuffer bytes) throws IOException;
    }

    /**
     * A model in a file; weights in other files are looked for beside it, as its producer meant.
     *
     * @param modified when the file was changed for the last time, in milliseconds since 1970
     */
    record InFile(Path path, long modified) implements OnnxContent {
        InFile(Path path) {
            this(path, path.toFile().lastModified());
        }

        @Override
        public String where() {
            return path.toString();
        }

        @Override
        public ModelProto parse() {
            try (InputStream bytes = new BufferedInputStream(Files.newInputStream(path), 1 << 16)) {
                return ModelProto.parseFrom(bytes);
            } catch (InvalidProtocolBufferException
                    | IllegalStateException e) { // the parser's own answers to bad lengths
                throw broken(where(), e);
            } catch (NoSuchFileException e) {
                throw new LamellaException(where(), "there is no such file", e);
            } catch (IOException e) {
                throw new LamellaException(where(), "cannot be read: " + e.getMessage(), e);
            }
        }

        @Override
        public long size(List<String> weightFiles) {
            return files(weightFiles).stream()
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }

        @Override
        public <T> T read(Reader<T> reader) throws IOException {
            try (FileChannel channel = FileChannel.open(path)) {
                if (path.toFile().lastModified() != modified) {
                    throw new LamellaException(where(), "was changed after it had been opened; run again");
                }
                long size = channel.size();
                if (size > Integer.MAX_VALUE) {
                    throw new LamellaException(
                            where(),
                            "has %,d bytes; an ONNX file cannot have more than 2 GiB, keep the weights in a file beside it"
                                    .formatted(size));
                }
                try (BytePointer memory = new BytePointer(size)) {
                    ByteBuffer bytes = memory.asByteBuffer();
                    while (bytes.hasRemaining()) {
                        if (channel.read(bytes) < 0) {
                            throw new EOFException("the file became shorter while it was read");
                        }
                    }
                    return reader.read(bytes.flip());
                }
            }
        }

        @Override
        public Optional<Path> folder() {
            return Optional.ofNullable(path.toAbsolutePath().getParent());
        }

        @Override
        public List<Path> files(List<String> weightFiles) {
            return Stream.concat(Stream.of(path), weightFiles.stream().map(path::resolveSibling))
                    .toList();
        }
    }

    /**
     * A model in memory.
     *
     * @param bytes from position to limit; not modified, and not to be modified by others
     * @param folder with the weights in other files, of a model that was read from a file and changed
     */
    record InMemory(String where, ByteBuffer bytes, Optional<Path> folder) implements OnnxContent {
        InMemory(String where, ByteBuffer bytes) {
            this(where, bytes, Optional.empty());
        }

        @Override
        public ModelProto parse() {
            try {
                return ModelProto.parseFrom(bytes.duplicate());
            } catch (InvalidProtocolBufferException
                    | IllegalStateException e) { // the parser's own answers to bad lengths
                throw broken(where, e);
            }
        }

        @Override
        public long size(List<String> weightFiles) {
            return bytes.remaining()
                    + files(weightFiles).stream()
                            .mapToLong(file -> file.toFile().length())
                            .sum();
        }

        @Override
        public <T> T read(Reader<T> reader) throws IOException {
            return reader.read(bytes.asReadOnlyBuffer());
        }

        @Override
        public List<Path> files(List<String> weightFiles) {
            return folder.stream()
                    .flatMap(in -> weightFiles.stream().map(in::resolve))
                    .toList();
        }
    }

    private static LamellaException broken(String where, Exception e) {
        return new LamellaException(where, "is not an ONNX model, or is cut short; export or copy it again", e);
    }
}

package org.lamella.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.lamella.LamellaException;

/**
 * The binary form of CIFAR-10 and CIFAR-100 (Krizhevsky 2009): records of one or two label bytes and 3 × 32 × 32 pixel bytes,
 * red before green before blue. Pixels become numbers from 0 to 1. Files are mapped.
 */
final class CifarDataset implements Dataset {
    private static final int PIXELS = 3 * 32 * 32;

    private final Kind kind;
    private final Path path;
    private final List<Part> parts;
    private final int size;
    private final List<String> classes;

    /** Which of the data sets, and which of its labels. */
    enum Kind {
        CIFAR10("cifar10", 1, 0, 10, "batches.meta.txt"),
        CIFAR100("cifar100", 2, 1, 100, "fine_label_names.txt"),
        CIFAR100_COARSE("cifar100-coarse", 2, 0, 20, "coarse_label_names.txt");

        private final String code;
        private final int labelBytes;
        private final int label;
        private final int classes;
        private final String names;

        Kind(String code, int labelBytes, int label, int classes, String names) {
            this.code = code;
            this.labelBytes = labelBytes;
            this.label = label;
            this.classes = classes;
            this.names = names;
        }

        private String test() {
            return this == CIFAR10 ? "test_batch.bin" : "test.bin";
        }

        private List<String> training() {
            return this == CIFAR10
                    ? Stream.of(1, 2, 3, 4, 5)
                            .map(part -> "data_batch_" + part + ".bin")
                            .toList()
                    : List.of("train.bin");
        }

        private int record() {
            return labelBytes + PIXELS;
        }

        /** The files read, in order: the test images where they are there, else the training images; or the one file given. */
        List<Path> filesOf(Path path) {
            if (Files.isRegularFile(path)) {
                return List.of(path);
            }
            if (Files.isRegularFile(path.resolve(test()))) {
                return List.of(path.resolve(test()));
            }
            List<Path> found = training().stream()
                    .map(path::resolve)
                    .filter(Files::isRegularFile)
                    .toList();
            if (found.isEmpty()) {
                throw new LamellaException(
                        path.toString(),
                        "has neither %s nor %s; CIFAR is read in its binary form"
                                .formatted(test(), training().get(0)));
            }
            return found;
        }
    }

    private record Part(String file, ByteBuffer records, int first, int count) {}

    private CifarDataset(Kind kind, Path path, List<Part> parts, int size, List<String> classes) {
        this.kind = kind;
        this.path = path;
        this.parts = parts;
        this.size = size;
        this.classes = classes;
    }

    /** Opens the folder that the archive unpacks to, or one of the files in it. */
    static CifarDataset open(Kind kind, Path path) {
        List<Part> parts = new ArrayList<>();
        int size = 0;
        for (Path file : kind.filesOf(path)) {
            ByteBuffer records = map(kind, file);
            int count = records.capacity() / kind.record();
            parts.add(new Part(file.getFileName().toString(), records, size, count));
            size += count;
        }
        return new CifarDataset(kind, path, parts, size, classNames(kind, path));
    }

    private static ByteBuffer map(Kind kind, Path file) {
        int record = kind.record();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long bytes = channel.size();
            if (bytes == 0 || bytes % record != 0 || bytes > Integer.MAX_VALUE) {
                throw new LamellaException(
                        file.toString(),
                        "has %,d bytes, which is no multiple of the %,d of one %s record: not its binary form, or truncated"
                                .formatted(bytes, record, kind.code));
            }
            ByteBuffer records = channel.map(FileChannel.MapMode.READ_ONLY, 0, bytes);
            for (int at = kind.label; at < bytes; at += record) {
                if (Byte.toUnsignedInt(records.get(at)) >= kind.classes) {
                    throw new LamellaException(
                            file.toString(),
                            "record %d has label %d; %s has 0 to %d"
                                    .formatted(
                                            at / record,
                                            Byte.toUnsignedInt(records.get(at)),
                                            kind.code,
                                            kind.classes - 1));
                }
            }
            return records;
        } catch (IOException e) {
            throw new LamellaException(file.toString(), "cannot be read: " + e.getMessage(), e);
        }
    }

    // The names are in the archive too, but are not needed: without that file, or with another one, classes have
    // numbers.
    private static List<String> classNames(Kind kind, Path path) {
        Path names = (Files.isRegularFile(path) ? path.resolveSibling(kind.names) : path.resolve(kind.names));
        if (!Files.isRegularFile(names)) {
            return List.of();
        }
        try (Stream<String> lines = Files.lines(names)) {
            List<String> found = lines.limit(kind.classes + 10L)
                    .map(String::strip)
                    .filter(line -> !line.isEmpty())
                    .toList();
            return found.size() == kind.classes ? found : List.of();
        } catch (IOException | java.io.UncheckedIOException e) {
            throw new LamellaException(names.toString(), "cannot be read: " + e.getMessage(), e);
        }
    }

    @Override
    public String name() {
        return kind.code + ":" + path;
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public List<Integer> shape() {
        return List.of(3, 32, 32);
    }

    @Override
    public void read(int[] examples, FloatBuffer into) {
        float[] image = new float[PIXELS];
        for (int example : examples) {
            Part part = partOf(example);
            int start = (example - part.first()) * kind.record() + kind.labelBytes;
            for (int i = 0; i < PIXELS; i++) {
                image[i] = Byte.toUnsignedInt(part.records().get(start + i)) / 255f;
            }
            into.put(image);
        }
    }

    private Part partOf(int example) {
        return parts.stream()
                .filter(part -> example >= part.first() && example < part.first() + part.count())
                .findFirst()
                .orElseThrow(() -> new IndexOutOfBoundsException(example));
    }

    @Override
    public OptionalInt label(int example) {
        Part part = partOf(example);
        return OptionalInt.of(
                Byte.toUnsignedInt(part.records().get((example - part.first()) * kind.record() + kind.label)));
    }

    @Override
    public List<String> classes() {
        return classes;
    }

    @Override
    public String id(int example) {
        Part part = partOf(example);
        return part.file() + "#" + (example - part.first());
    }
}

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
 * The binary form of CIFAR-10 (Krizhevsky 2009): records of one label byte and 3 × 32 × 32 pixel bytes, red before green
 * before blue. Pixels become numbers from 0 to 1. The test batch is taken where it is there, else the training batches.
 */
final class Cifar10Dataset implements Dataset {
    private static final int PIXELS = 3 * 32 * 32;
    private static final int RECORD = 1 + PIXELS;

    private final Path folder;
    private final List<Part> parts;
    private final int size;

    private record Part(String file, ByteBuffer records, int first, int count) {}

    private Cifar10Dataset(Path folder, List<Part> parts, int size) {
        this.folder = folder;
        this.parts = parts;
        this.size = size;
    }

    /** Opens a folder with {@code test_batch.bin} or {@code data_batch_1.bin} …, or one such file. */
    static Dataset open(Path path) {
        List<Part> parts = new ArrayList<>();
        int size = 0;
        for (Path file : filesOf(path)) {
            ByteBuffer records = map(file);
            int count = records.capacity() / RECORD;
            parts.add(new Part(file.getFileName().toString(), records, size, count));
            size += count;
        }
        return new Cifar10Dataset(path, parts, size);
    }

    /** The files read, in order. */
    static List<Path> filesOf(Path path) {
        if (Files.isRegularFile(path)) {
            return List.of(path);
        }
        if (Files.isRegularFile(path.resolve("test_batch.bin"))) {
            return List.of(path.resolve("test_batch.bin"));
        }
        List<Path> training = Stream.of(1, 2, 3, 4, 5)
                .map(i -> path.resolve("data_batch_" + i + ".bin"))
                .filter(Files::isRegularFile)
                .toList();
        if (training.isEmpty()) {
            throw new LamellaException(
                    path.toString(),
                    "has neither test_batch.bin nor data_batch_1.bin; CIFAR-10 is read in its binary form");
        }
        return training;
    }

    private static ByteBuffer map(Path file) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long bytes = channel.size();
            if (bytes == 0 || bytes % RECORD != 0 || bytes > Integer.MAX_VALUE) {
                throw new LamellaException(
                        file.toString(),
                        "has %,d bytes, which is no multiple of the %,d of one CIFAR-10 record: not its binary form, or truncated"
                                .formatted(bytes, RECORD));
            }
            ByteBuffer records = channel.map(FileChannel.MapMode.READ_ONLY, 0, bytes);
            for (int at = 0; at < bytes; at += RECORD) {
                if (Byte.toUnsignedInt(records.get(at)) > 9) {
                    throw new LamellaException(
                            file.toString(),
                            "record %d has label %d; CIFAR-10 has 0 to 9"
                                    .formatted(at / RECORD, Byte.toUnsignedInt(records.get(at))));
                }
            }
            return records;
        } catch (IOException e) {
            throw new LamellaException(file.toString(), "cannot be read: " + e.getMessage(), e);
        }
    }

    @Override
    public String name() {
        return "cifar10:" + folder;
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
            int start = (example - part.first()) * RECORD + 1;
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
        return OptionalInt.of(Byte.toUnsignedInt(part.records().get((example - part.first()) * RECORD)));
    }

    @Override
    public String id(int example) {
        Part part = partOf(example);
        return part.file() + "#" + (example - part.first());
    }
}

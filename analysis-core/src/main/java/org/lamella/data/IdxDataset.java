package org.lamella.data;

import java.io.ByteArrayInputStream;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.lamella.LamellaException;

/**
 * Images (or vectors) and their labels in the IDX files of MNIST and its relatives.
 *
 * <p>Unsigned bytes are pixels and come as values from 0 to 1; float32 numbers come as they are. Files of three lengths are
 * images of one channel (examples, height, width), of four lengths images of several (examples, channels, height, width),
 * of two lengths vectors. The files' bytes are held in memory.
 */
public final class IdxDataset implements Dataset {
    private static final float PIXEL = 1f / 255f;

    private final String name;
    private final IdxFile images;
    private final @Nullable IdxFile labels;
    private final List<Integer> shape;

    private IdxDataset(String name, IdxFile images, @Nullable IdxFile labels) {
        this.name = name;
        this.images = images;
        this.labels = labels;
        this.shape = shapeOf(images);
    }

    /**
     * Reads both files, plain or gzipped.
     *
     * @param labels one unsigned byte an example, or null if there are none
     * @throws LamellaException if a file is not IDX, is cut off or too long, or if the two do not belong together
     */
    public static Dataset open(Path images, @Nullable Path labels) {
        return of(
                "idx:" + images + (labels == null ? "" : "," + labels),
                IdxFile.read(images),
                labels == null ? null : IdxFile.read(labels));
    }

    /**
     * As {@link #open}, from files that are in memory.
     *
     * @param name the data set's
     */
    public static Dataset of(String name, byte[] images, byte[] labels) {
        return of(
                name,
                IdxFile.read(name + " images", new ByteArrayInputStream(images), images.length),
                IdxFile.read(name + " labels", new ByteArrayInputStream(labels), labels.length));
    }

    private static Dataset of(String name, IdxFile images, @Nullable IdxFile labels) {
        if (images.lengths().size() == 1) {
            throw new LamellaException(
                    images.where(),
                    "holds a list of " + images.shapeText() + " numbers, as label files do, where images are expected");
        }
        requireFinite(images);
        if (labels != null) {
            requireLabelsOf(images, labels);
        }
        return new IdxDataset(name, images, labels);
    }

    private static void requireLabelsOf(IdxFile images, IdxFile labels) {
        if (labels.lengths().size() != 1 || labels.type() != IdxFile.Type.UNSIGNED_BYTE) {
            throw new LamellaException(
                    labels.where(),
                    "holds an array of " + labels.shapeText() + ", where labels, one byte each, are expected");
        }
        int count = labels.lengths().get(0);
        int examples = images.lengths().get(0);
        if (count != examples) {
            throw new LamellaException(
                    labels.where(), "%d labels for the %d images of %s".formatted(count, examples, images.where()));
        }
    }

    private static List<Integer> shapeOf(IdxFile images) {
        List<Integer> lengths = images.lengths();
        return switch (lengths.size()) {
            case 2 -> List.of(lengths.get(1));
            case 3 -> List.of(1, lengths.get(1), lengths.get(2));
            default -> List.copyOf(lengths.subList(1, lengths.size()));
        };
    }

    private static void requireFinite(IdxFile file) {
        if (file.type() == IdxFile.Type.FLOAT) {
            FloatBuffer values = file.values().asFloatBuffer();
            for (int i = 0; i < values.capacity(); i++) {
                if (!Float.isFinite(values.get(i))) {
                    throw new LamellaException(
                            file.where(),
                            "example %d has the value %s".formatted(i / file.sliceLength(), values.get(i)));
                }
            }
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int size() {
        return images.lengths().get(0);
    }

    @Override
    public List<Integer> shape() {
        return shape;
    }

    @Override
    public void read(int[] examples, FloatBuffer into) {
        int length = images.sliceLength();
        float[] numbers = new float[length];
        for (int example : examples) {
            int first = Math.multiplyExact(example, length);
            switch (images.type()) {
                case UNSIGNED_BYTE -> {
                    for (int i = 0; i < length; i++) {
                        numbers[i] = (images.values().get(first + i) & 0xff) * PIXEL;
                    }
                }
                case FLOAT -> images.values().asFloatBuffer().get(first, numbers);
            }
            into.put(numbers);
        }
    }

    @Override
    public OptionalInt label(int example) {
        return labels == null
                ? OptionalInt.empty()
                : OptionalInt.of(labels.values().get(example) & 0xff);
    }

    @Override
    public String id(int example) {
        return Integer.toString(example);
    }
}

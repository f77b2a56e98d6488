package org.lamella.data;

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

    private final IdxFile images;
    private final @Nullable IdxFile labels;
    private final List<Integer> shape;

    private IdxDataset(IdxFile images, @Nullable IdxFile labels) {
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
        IdxFile imageFile = IdxFile.read(images);
        if (imageFile.lengths().size() == 1) {
            throw new LamellaException(
                    images.toString(),
                    "holds a list of " + imageFile.shapeText()
                            + " numbers, as label files do, where images are expected");
        }
        requireFinite(imageFile);
        if (labels == null) {
            return new IdxDataset(imageFile, null);
        }
        IdxFile labelFile = IdxFile.read(labels);
        if (labelFile.lengths().size() != 1 || labelFile.type() != IdxFile.Type.UNSIGNED_BYTE) {
            throw new LamellaException(
                    labels.toString(),
                    "holds an array of " + labelFile.shapeText() + ", where labels, one byte each, are expected");
        }
        if (!labelFile.lengths().get(0).equals(imageFile.lengths().get(0))) {
            throw new LamellaException(
                    labels.toString(),
                    "%d labels for the %d images of %s"
                            .formatted(
                                    labelFile.lengths().get(0),
                                    imageFile.lengths().get(0),
                                    images));
        }
        return new IdxDataset(imageFile, labelFile);
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
                            file.path().toString(),
                            "example %d has the value %s".formatted(i / file.sliceLength(), values.get(i)));
                }
            }
        }
    }

    @Override
    public String name() {
        return "idx:" + images.path() + (labels == null ? "" : "," + labels.path());
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

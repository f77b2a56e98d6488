package org.lamella.data;

import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.lamella.LamellaException;
import org.lamella.array.ArrayFile;
import org.lamella.array.StoredArray;

/**
 * Examples from numpy's files: the rows of array {@code x} of an .npz archive with labels in {@code y} where it has one, or
 * the rows of an .npy file. The numbers are taken as they are.
 */
final class ArrayDataset implements Dataset {
    private final String name;
    private final StoredArray examples;
    private final @Nullable StoredArray labels;

    private ArrayDataset(String name, StoredArray examples, @Nullable StoredArray labels) {
        this.name = name;
        this.examples = examples;
        this.labels = labels;
    }

    static Dataset npz(Path path) {
        try (ArrayFile file = ArrayFile.open(path)) {
            StoredArray x = file.array("x")
                    .orElseThrow(() -> new LamellaException(
                            path.toString(),
                            "has no array 'x' for the examples; it has "
                                    + file.arrays().stream()
                                            .map(StoredArray::name)
                                            .toList()));
            StoredArray y = file.array("y").orElse(null);
            if (y != null && (y.rows() != x.rows() || y.rowLength() != 1)) {
                throw new LamellaException(
                        path.toString(),
                        "array 'x' has %,d examples, so 'y' needs as many labels, not %,d rows of %d"
                                .formatted(x.rows(), y.rows(), y.rowLength()));
            }
            return new ArrayDataset("npz:" + path, x, y);
        }
    }

    static Dataset npy(Path path) {
        try (ArrayFile file = ArrayFile.open(path)) {
            if (file.arrays().size() != 1) {
                throw new LamellaException(path.toString(), "is an archive of several arrays: use npz:FILE");
            }
            return new ArrayDataset("npy:" + path, file.arrays().get(0), null);
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int size() {
        return examples.rows();
    }

    @Override
    public List<Integer> shape() {
        return examples.rowShape();
    }

    @Override
    public void read(int[] wanted, FloatBuffer into) {
        int start = into.position();
        examples.read(wanted, into);
        for (int at = start; at < into.position(); at++) {
            if (!Float.isFinite(into.get(at))) {
                throw new LamellaException(
                        name, "example %d has the value %s".formatted(wanted[(at - start) / features()], into.get(at)));
            }
        }
    }

    @Override
    public OptionalInt label(int example) {
        return labels == null ? OptionalInt.empty() : OptionalInt.of((int) labels.readDouble(example, 0));
    }

    @Override
    public String id(int example) {
        return String.valueOf(example);
    }
}

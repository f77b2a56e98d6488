package org.lamella.data;

import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.lamella.LamellaException;
import org.lamella.array.ArrayFile;
import org.lamella.array.StoredArray;

/**
 * Examples from numpy's files: the rows of an array of an .npz archive with labels in {@code y} where it has them, or the rows
 * of an .npy file. The numbers are taken as they are.
 */
final class ArrayDataset implements Dataset {
    private final String name;
    private final StoredArray examples;
    private final @Nullable StoredArray labels;

    private ArrayDataset(String name, StoredArray examples, @Nullable StoredArray labels) {
        if (examples.rowLength() == 0) {
            throw new LamellaException(name, "an example has no numbers: its shape is " + examples.rowShape());
        }
        this.name = name;
        this.examples = examples;
        this.labels = labels;
    }

    /**
     * The examples of an archive: array {@code x}, or, where there are arrays of other names as well or instead, all of them by
     * their names. Array {@code y} is the labels; without {@code x} only if it holds a whole number an example. What lies beside
     * {@code x} and has another number of rows is no example.
     */
    static Examples npz(Path path) {
        try (ArrayFile file = ArrayFile.open(path)) {
            Map<String, StoredArray> arrays = new LinkedHashMap<>();
            file.arrays().forEach(array -> arrays.put(array.name(), array));
            StoredArray y = arrays.get("y");
            boolean labelled = y != null
                    && (arrays.containsKey("x") || (arrays.size() > 1 && !y.isFloating() && y.rowLength() == 1));
            StoredArray labels = labelled ? arrays.remove("y") : null;
            if (arrays.isEmpty()) {
                throw new LamellaException(path.toString(), "has no array of numbers for the examples");
            }
            StoredArray x = arrays.get("x");
            if (x != null) {
                arrays.values().removeIf(array -> array.rows() != x.rows());
            }
            requireSameExamples(path, arrays, labels);
            Map<String, Dataset> inputs = new LinkedHashMap<>();
            arrays.forEach((input, array) ->
                    inputs.put(input, new ArrayDataset("npz:%s (array '%s')".formatted(path, input), array, labels)));
            return inputs.keySet().equals(java.util.Set.of("x"))
                    ? new ArrayDataset("npz:" + path, arrays.values().iterator().next(), labels)
                    : new NamedInputs("npz:" + path, inputs);
        }
    }

    private static void requireSameExamples(Path path, Map<String, StoredArray> arrays, @Nullable StoredArray labels) {
        StoredArray first = arrays.values().iterator().next();
        for (StoredArray array : arrays.values()) {
            if (array.rows() != first.rows()) {
                throw new LamellaException(
                        path.toString(),
                        "array '%s' has %,d examples and array '%s' has %,d; the first axis of all must be the same examples"
                                .formatted(first.name(), first.rows(), array.name(), array.rows()));
            }
        }
        if (labels != null && (labels.rows() != first.rows() || labels.rowLength() != 1)) {
            throw new LamellaException(
                    path.toString(),
                    "array '%s' has %,d examples, so 'y' needs as many labels, not %,d rows of %d"
                            .formatted(first.name(), first.rows(), labels.rows(), labels.rowLength()));
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

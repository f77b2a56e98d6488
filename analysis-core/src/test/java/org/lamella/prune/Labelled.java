package org.lamella.prune;

import java.nio.FloatBuffer;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;
import org.lamella.data.DataSource;
import org.lamella.data.Dataset;

/** Examples in memory with labels. */
record Labelled(
        String name,
        List<Integer> shape,
        float[] values,
        @Nullable IntUnaryOperator labels) implements Dataset {
    @Override
    public int size() {
        return values.length / features();
    }

    @Override
    public void read(int[] examples, FloatBuffer into) {
        for (int example : examples) {
            into.put(values, example * features(), features());
        }
    }

    @Override
    public OptionalInt label(int example) {
        return labels == null ? OptionalInt.empty() : OptionalInt.of(labels.applyAsInt(example));
    }

    @Override
    public String id(int example) {
        return Integer.toString(example);
    }

    /** With a digest that tells it from others of another name. */
    DataSource source() {
        return new DataSource(name, this, "sha256 of " + name);
    }
}

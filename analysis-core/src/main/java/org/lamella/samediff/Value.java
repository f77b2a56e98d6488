package org.lamella.samediff;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A variable as a tensor of the ONNX graph.
 *
 * @param shape -1 where a length is open; absent where not even the number of axes is known
 * @param known the values of a constant of whole numbers
 */
record Value(
        String tensor,
        NumberType.Family family,
        @Nullable List<Long> shape,
        @Nullable List<Long> known) {
    static final long OPEN = -1;

    Value {
        shape = shape == null ? null : List.copyOf(shape);
        known = known == null ? null : List.copyOf(known);
    }

    static Value floating(String tensor, @Nullable List<Long> shape) {
        return new Value(tensor, NumberType.Family.FLOATING, shape, null);
    }

    /** The same of another name. */
    Value as(String other) {
        return new Value(other, family, shape, known);
    }

    /** Another tensor with numbers of the same family. */
    Value like(String other, @Nullable List<Long> otherShape) {
        return new Value(other, family, otherShape, null);
    }

    /** The shape that two have together, where axes of length 1 are repeated. */
    static @Nullable List<Long> together(@Nullable List<Long> some, @Nullable List<Long> other) {
        if (some == null || other == null) {
            return null;
        }
        List<Long> together = new ArrayList<>();
        int axes = Math.max(some.size(), other.size());
        for (int axis = 0; axis < axes; axis++) {
            long one = length(some, axis - axes + some.size());
            long two = length(other, axis - axes + other.size());
            together.add(one == 1 ? two : two == 1 || one == two ? one : Math.max(one, two));
        }
        return together;
    }

    private static long length(List<Long> shape, int axis) {
        return axis < 0 ? 1 : shape.get(axis);
    }
}

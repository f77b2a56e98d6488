package org.lamella.samediff;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.lamella.convert.Attribute;

/** Operations that take parts of an array. */
final class Slices {
    private Slices() {}

    static List<Value> unstack(OperationWriter to) {
        List<Long> shape = new ArrayList<>(to.shape(0));
        int axis = to.axis(to.integer(0, 0), shape.size());
        shape.remove(axis);
        List<Value> parts = new ArrayList<>();
        for (int i = 0; i < to.operation().outputs().size(); i++) {
            parts.add(to.x()
                    .like(
                            to.node(
                                    "Gather",
                                    List.of(to.x().tensor(), to.integer("index", i)),
                                    Attribute.of("axis", axis)),
                            shape));
        }
        return parts;
    }

    /** Equal parts. */
    static List<Value> split(OperationWriter to) {
        List<Long> shape = new ArrayList<>(to.shape(0));
        int count = (int) to.positive(0);
        int axis = to.axis(to.integer(1, 0), shape.size());
        long length = shape.get(axis);
        if (to.inputs().size() != 1 || length < 0 || length % count != 0) {
            throw to.unconvertible("it makes %d parts of a length of %d".formatted(count, length));
        }
        long part = length / count;
        shape.set(axis, part);
        List<Value> parts = new ArrayList<>();
        for (long i = 0; i < Math.min(count, to.operation().outputs().size()); i++) {
            parts.add(sliced(to, List.of((long) axis), List.of(i * part), List.of((i + 1) * part), List.of(1L), shape));
        }
        return parts;
    }

    private static Value sliced(
            OperationWriter to, List<Long> axes, List<Long> begin, List<Long> end, List<Long> steps, List<Long> shape) {
        String tensor = to.node(
                "Slice",
                List.of(
                        to.x().tensor(),
                        to.integers("begin", begin),
                        to.integers("end", end),
                        to.integers("axes", axes),
                        to.integers("steps", steps)));
        return to.x().like(tensor, shape);
    }

    /** A beginning and a length for each axis; -1 for all that is behind the beginning. */
    static Value slice(OperationWriter to) {
        List<Long> given = to.shape(0);
        int axes = given.size();
        boolean asInputs = to.integers().isEmpty();
        List<Long> begin = asInputs ? to.known(1) : part(to, 0, axes);
        List<Long> size = asInputs ? to.known(2) : part(to, axes, axes);
        List<Long> end = new ArrayList<>();
        List<Long> shape = new ArrayList<>();
        for (int axis = 0; axis < axes; axis++) {
            if (begin.size() != axes || size.size() != axes || begin.get(axis) < 0 || size.get(axis) < -1) {
                throw to.unconvertible("it begins at %s and takes %s".formatted(begin, size));
            }
            boolean rest = size.get(axis) == -1;
            end.add(rest ? Long.valueOf(Integer.MAX_VALUE) : Long.valueOf(begin.get(axis) + size.get(axis)));
            long length = given.get(axis) < 0 ? Value.OPEN : given.get(axis) - begin.get(axis);
            shape.add(rest ? Long.valueOf(length) : size.get(axis));
        }
        return sliced(to, all(axes), begin, end, Collections.nCopies(axes, 1L), shape);
    }

    private static List<Long> part(OperationWriter to, int from, int count) {
        return IntStream.range(from, from + count).mapToObj(to::integer).toList();
    }

    /**
     * A beginning, an end and a step for each axis, from the first axis on. Bits of five masks tell where the beginning or the end is
     * not meant, and which axes of one place vanish.
     */
    static Value stridedSlice(OperationWriter to) {
        List<Long> given = to.shape(0);
        boolean asInputs = to.inputs().size() > 1;
        int count = asInputs ? to.known(1).size() : (to.integers().size() - 5) / 3;
        List<Long> begin = new ArrayList<>(asInputs ? to.known(1) : part(to, 5, count));
        List<Long> end = new ArrayList<>(asInputs ? to.known(2) : part(to, 5 + count, count));
        List<Long> steps = asInputs
                ? to.hasInput(3) ? to.known(3) : Collections.nCopies(count, 1L)
                : part(to, 5 + 2 * count, count);
        if (to.integer(1) != 0 || to.integer(3) != 0 || count < 1 || count > given.size()) {
            throw to.unconvertible("it adds axes, or leaves some unnamed");
        }
        List<Long> shape = new ArrayList<>(given);
        List<Long> vanishing = new ArrayList<>();
        for (int axis = 0; axis < count; axis++) {
            if (end.size() != count || steps.size() != count || steps.get(axis) < 1) {
                throw to.unconvertible("it goes from %s to %s by %s".formatted(begin, end, steps));
            }
            boolean vanishes = bit(to, 4, axis);
            if (bit(to, 0, axis)) {
                begin.set(axis, 0L);
            }
            if (vanishes) {
                vanishing.add((long) axis);
                end.set(axis, begin.get(axis) == -1 ? Long.valueOf(Integer.MAX_VALUE) : begin.get(axis) + 1);
            } else if (bit(to, 2, axis)) {
                end.set(axis, (long) Integer.MAX_VALUE);
            }
            shape.set(axis, between(given.get(axis), begin.get(axis), end.get(axis), steps.get(axis)));
        }
        Value sliced = sliced(to, all(count), begin, end, steps, shape);
        if (vanishing.isEmpty()) {
            return sliced;
        }
        for (int i = vanishing.size() - 1; i >= 0; i--) {
            shape.remove(vanishing.get(i).intValue());
        }
        return sliced.like(to.node("Squeeze", List.of(sliced.tensor(), to.integers("vanishing", vanishing))), shape);
    }

    private static boolean bit(OperationWriter to, int mask, int axis) {
        return (to.integer(mask) >> axis & 1) != 0;
    }

    private static long between(long length, long begin, long end, long step) {
        if (length < 0) {
            return Value.OPEN;
        }
        long from = Math.min(length, begin < 0 ? Math.max(0, begin + length) : begin);
        long to = Math.min(length, end < 0 ? Math.max(0, end + length) : end);
        return Math.max(0, (to - from + step - 1) / step);
    }

    static Value gather(OperationWriter to) {
        List<Long> shape = to.shape(0);
        int axis = to.axis(to.integer(0, 0), shape.size());
        Value indices = to.hasInput(1)
                ? to.cast(to.input(1), NumberType.Family.WHOLE)
                : new Value(
                        to.integers(
                                "indices",
                                to.integers()
                                        .subList(1, Math.max(1, to.integers().size()))),
                        NumberType.Family.WHOLE,
                        List.of((long) to.integers().size() - 1),
                        null);
        @Nullable List<Long> taken = null;
        if (indices.shape() != null) {
            taken = new ArrayList<>(shape);
            taken.remove(axis);
            taken.addAll(axis, indices.shape());
        }
        String tensor = to.node("Gather", List.of(to.x().tensor(), indices.tensor()), Attribute.of("axis", axis));
        return to.x().like(tensor, taken);
    }

    private static List<Long> all(int axes) {
        return IntStream.range(0, axes).mapToObj(axis -> (long) axis).toList();
    }
}

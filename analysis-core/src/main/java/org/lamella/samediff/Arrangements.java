package org.lamella.samediff;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.lamella.convert.Attribute;

/** Operations that arrange numbers anew without computing any. */
final class Arrangements {
    /** How ND4J marks the order in which a reshape reads: minus the letter. */
    private static final long ROWS_FIRST = -'c';

    private static final long COLUMNS_FIRST = -'f';

    private Arrangements() {}

    static Value reshape(OperationWriter to) {
        Value x = to.x();
        if (to.hasInput(1)) {
            Value shape = to.input(1);
            String lengths = to.cast(shape, NumberType.Family.WHOLE).tensor();
            return x.like(
                    to.node("Reshape", List.of(x.tensor(), lengths)),
                    shape.known() == null ? null : lengths(x.shape(), shape.known()));
        }
        List<Long> arguments = new ArrayList<>(to.integers());
        if (arguments.contains(COLUMNS_FIRST)) {
            throw to.unconvertible("it reads columns first");
        }
        arguments.removeIf(number -> number == ROWS_FIRST);
        if (arguments.stream().anyMatch(length -> length < -1)) {
            throw to.unconvertible("its shape is %s".formatted(arguments));
        }
        return x.like(
                to.node("Reshape", List.of(x.tensor(), to.integers("shape", arguments))),
                lengths(x.shape(), arguments));
    }

    /** What -1 stands for is known where nothing else is open; the batch stays where it is kept. */
    private static List<Long> lengths(@Nullable List<Long> given, List<Long> wanted) {
        List<Long> lengths = new ArrayList<>();
        for (int axis = 0; axis < wanted.size(); axis++) {
            lengths.add(
                    wanted.get(axis) == 0 && given != null && axis < given.size()
                            ? given.get(axis)
                            : Long.valueOf(Math.max(-1, wanted.get(axis))));
        }
        int open = lengths.indexOf(Value.OPEN);
        if (given != null && open == lengths.lastIndexOf(Value.OPEN) && open >= 0 && !given.contains(Value.OPEN)) {
            long rest = lengths.stream().filter(length -> length > 0).reduce(1L, (a, b) -> a * b);
            long all = given.stream().reduce(1L, (a, b) -> a * b);
            if (rest > 0 && all % rest == 0) {
                lengths.set(open, all / rest);
            }
        }
        return lengths;
    }

    static Value permute(OperationWriter to) {
        List<Long> order = to.integers();
        if (order.isEmpty() && to.hasInput(1)) {
            order = to.known(1);
        }
        List<Long> shape = to.shape(0);
        if (order.isEmpty()) {
            order = IntStream.range(0, shape.size())
                    .mapToObj(axis -> (long) shape.size() - 1 - axis)
                    .toList();
        }
        List<Long> counted = new ArrayList<>();
        for (long axis : order) {
            counted.add((long) to.axis(axis, shape.size()));
        }
        if (counted.size() != shape.size() || counted.stream().distinct().count() != shape.size()) {
            throw to.unconvertible("it puts %d axes in the order %s".formatted(shape.size(), order));
        }
        List<Long> permuted =
                counted.stream().map(axis -> shape.get(axis.intValue())).toList();
        return to.x().like(to.node("Transpose", to.x().tensor(), Attribute.of("perm", counted)), permuted);
    }

    static Value expand(OperationWriter to) {
        List<Long> shape = new ArrayList<>(to.shape(0));
        long given = to.integers().isEmpty() ? only(to, to.known(1)) : to.integer(0);
        int axis = to.axis(given, shape.size() + 1);
        shape.add(axis, 1L);
        return to.x().like(to.node("Unsqueeze", List.of(to.x().tensor(), to.integers("axes", axis))), shape);
    }

    private static long only(OperationWriter to, List<Long> numbers) {
        if (numbers.size() != 1) {
            throw to.unconvertible("it takes one axis, not %s".formatted(numbers));
        }
        return numbers.get(0);
    }

    static Value squeeze(OperationWriter to) {
        List<Long> given = to.shape(0);
        List<Long> axes = to.integers().isEmpty() && !to.hasInput(1)
                ? IntStream.range(0, given.size())
                        .filter(axis -> given.get(axis) == 1)
                        .mapToObj(axis -> (long) axis)
                        .toList()
                : to.axes(to.integers().isEmpty() ? to.known(1) : to.integers());
        List<Long> shape = IntStream.range(0, given.size())
                .filter(axis -> !axes.contains((long) axis))
                .mapToObj(given::get)
                .toList();
        return to.x().like(to.node("Squeeze", List.of(to.x().tensor(), to.integers("axes", axes))), shape);
    }

    static Value concat(OperationWriter to) {
        boolean axisGiven = to.truth(0) || to.property("isDynamicAxis");
        int count = to.inputs().size() - (axisGiven ? 1 : 0);
        long given = axisGiven ? only(to, to.known(count)) : to.integer(0);
        List<Value> parts = one(to, count);
        List<Long> shape = new ArrayList<>(to.shape(0));
        int axis = to.axis(given, shape.size());
        long length = 0;
        for (int i = 0; i < count; i++) {
            @Nullable List<Long> its = parts.get(i).shape();
            length = its != null && its.size() == shape.size() && its.get(axis) >= 0 && length >= 0
                    ? length + its.get(axis)
                    : Value.OPEN;
        }
        shape.set(axis, length);
        String tensor = to.node("Concat", parts.stream().map(Value::tensor).toList(), Attribute.of("axis", axis));
        return parts.get(0).like(tensor, shape);
    }

    /** The first inputs, all of one family. */
    private static List<Value> one(OperationWriter to, int count) {
        if (count < 1) {
            throw to.unconvertible("it has nothing to put together");
        }
        List<Value> parts = to.inputs().subList(0, count);
        boolean mixed = parts.stream().map(Value::family).distinct().count() > 1;
        return mixed
                ? parts.stream()
                        .map(part -> to.cast(part, NumberType.Family.FLOATING))
                        .toList()
                : parts;
    }

    static Value stack(OperationWriter to) {
        List<Value> parts = one(to, to.inputs().size());
        List<Long> shape = new ArrayList<>(to.shape(0));
        int axis = to.axis(to.integer(0, 0), shape.size() + 1);
        shape.add(axis, (long) parts.size());
        String axes = to.integers("axes", axis);
        List<String> tensors = parts.stream()
                .map(part -> to.node("Unsqueeze", List.of(part.tensor(), axes)))
                .toList();
        return parts.get(0).like(to.node("Concat", tensors, Attribute.of("axis", axis)), shape);
    }

    static Value tile(OperationWriter to) {
        List<Long> shape = to.shape(0);
        List<Long> times = to.integers().isEmpty() ? to.known(1) : to.integers();
        if (times.size() != shape.size() || times.stream().anyMatch(count -> count < 1 || count > 1 << 16)) {
            throw to.unconvertible("it repeats %s times arrays of %d axes".formatted(times, shape.size()));
        }
        List<Long> tiled = IntStream.range(0, shape.size())
                .mapToObj(axis -> shape.get(axis) < 0 ? Value.OPEN : shape.get(axis) * times.get(axis))
                .toList();
        return to.x().like(to.node("Tile", List.of(to.x().tensor(), to.integers("times", times))), tiled);
    }

    /** Rows of a beginning and an end for each axis. */
    static Value pad(OperationWriter to) {
        List<Long> shape = to.shape(0);
        List<Long> given = to.known(1);
        if (given.size() != 2 * shape.size() || given.stream().anyMatch(count -> count < 0 || count > 1 << 16)) {
            throw to.unconvertible("its padding is %s for arrays of %d axes".formatted(given, shape.size()));
        }
        if (to.integer(0, 0) != 0 && to.integer(0) != 1) {
            throw to.unconvertible("it mirrors the border too");
        }
        List<Long> pads = new ArrayList<>();
        List<Long> padded = new ArrayList<>();
        for (int side = 0; side < 2; side++) {
            for (int axis = 0; axis < shape.size(); axis++) {
                pads.add(given.get(2 * axis + side));
            }
        }
        for (int axis = 0; axis < shape.size(); axis++) {
            long length = shape.get(axis);
            padded.add(length < 0 ? Value.OPEN : length + given.get(2 * axis) + given.get(2 * axis + 1));
        }
        String tensor = to.node(
                "Pad",
                List.of(to.floating(0), to.integers("pads", pads), to.number(to.number(0, 0))),
                Attribute.of("mode", to.integer(0, 0) == 0 ? "constant" : "reflect"));
        return Value.floating(tensor, padded);
    }

    /** A row of zeros and a one for each whole number. */
    static Value oneHot(OperationWriter to) {
        @Nullable List<Long> given = to.x().shape();
        if (given == null) {
            throw to.unconvertible("the number of axes of what it takes is not known");
        }
        int axis = to.axis(to.integer(0), given.size() + 1);
        List<Long> shape = new ArrayList<>(given);
        shape.add(axis, to.positive(1));
        String depth = to.integer("depth", to.positive(1));
        String position = to.cast(to.x(), NumberType.Family.WHOLE).tensor();
        // A negative position is none in ND4J, and counts from the end in ONNX.
        String negative = to.node("Less", List.of(position, to.integer("zero", 0)));
        String tensor = to.node(
                "OneHot",
                List.of(
                        to.node("Where", List.of(negative, depth, position)),
                        depth,
                        to.vector("values", (float) to.number(1, 0), (float) to.number(0, 1))),
                Attribute.of("axis", axis));
        return Value.floating(tensor, shape);
    }

    static Value shapeOf(OperationWriter to) {
        @Nullable List<Long> shape = to.x().shape();
        return new Value(
                to.node("Shape", to.x().tensor()),
                NumberType.Family.WHOLE,
                shape == null ? null : List.of((long) shape.size()),
                null);
    }
}

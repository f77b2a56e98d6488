package org.lamella.samediff;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import onnx.Onnx.AttributeProto;
import org.jspecify.annotations.Nullable;
import org.lamella.convert.Attribute;
import org.lamella.convert.GraphWriter;
import org.lamella.convert.UnconvertibleException;

/** Writes the nodes of one operation; the name of its first output begins those of its tensors. */
record OperationWriter(GraphWriter graph, Operation operation, List<Value> inputs) {
    OperationWriter {
        inputs = List.copyOf(inputs);
    }

    UnconvertibleException unconvertible(String reason) {
        return new UnconvertibleException(layer(), operation.kind(), reason);
    }

    private String layer() {
        return operation.outputs().get(0);
    }

    String node(String operator, List<String> tensors, AttributeProto... attributes) {
        return graph.node(layer() + "/" + operator, operator, tensors, List.of(attributes));
    }

    String node(String operator, String tensor, AttributeProto... attributes) {
        return node(operator, List.of(tensor), attributes);
    }

    String number(double value) {
        return graph.floats(layer() + "/number", new float[] {(float) value});
    }

    String vector(String name, float... values) {
        return graph.floats(layer() + "/" + name, values, values.length);
    }

    String integers(String name, long... values) {
        return graph.integers(layer() + "/" + name, values);
    }

    String integers(String name, List<Long> values) {
        return integers(name, values.stream().mapToLong(Long::longValue).toArray());
    }

    String integer(String name, long value) {
        return graph.integers(layer() + "/" + name, new long[] {value}, new long[0]);
    }

    String transposed(String tensor, long... order) {
        return graph.transposed(tensor, layer() + "/transposed", order);
    }

    /** The first input. */
    Value x() {
        return input(0);
    }

    Value input(int position) {
        if (position >= inputs.size()) {
            throw unconvertible("it takes %d inputs and not %d".formatted(position + 1, inputs.size()));
        }
        return inputs.get(position);
    }

    boolean hasInput(int position) {
        return position < inputs.size();
    }

    /** An input as floating-point numbers. */
    String floating(int position) {
        Value value = input(position);
        return value.family() == NumberType.Family.FLOATING
                ? value.tensor()
                : cast(value, NumberType.Family.FLOATING).tensor();
    }

    Value cast(Value value, NumberType.Family family) {
        return value.family() == family
                ? value
                : new Value(
                        node("Cast", value.tensor(), Attribute.of("to", family.onnx())), family, value.shape(), null);
    }

    List<Long> shape(int position) {
        @Nullable List<Long> shape = input(position).shape();
        if (shape == null) {
            throw unconvertible("the number of axes of what it takes is not known");
        }
        return shape;
    }

    /** The values of an input, which must be constant whole numbers. */
    List<Long> known(int position) {
        @Nullable List<Long> known = input(position).known();
        if (known == null) {
            throw unconvertible("its input %d is not constant".formatted(position));
        }
        return known;
    }

    List<Long> integers() {
        return operation.arguments().integers();
    }

    /** @throws UnconvertibleException if there is none at that place */
    long integer(int place) {
        if (place >= integers().size()) {
            throw unconvertible("it has %d whole numbers as arguments and not %d"
                    .formatted(integers().size(), place + 1));
        }
        return integers().get(place);
    }

    long integer(int place, long otherwise) {
        return place < integers().size() ? integers().get(place) : otherwise;
    }

    /** A number at a place that makes sense as a length or a step. */
    long positive(int place) {
        return between(place, 1, 1 << 16);
    }

    long between(int place, long least, long most) {
        long number = integer(place);
        if (number < least || number > most) {
            throw unconvertible("its argument %d is %d".formatted(place, number));
        }
        return number;
    }

    double number(int place, double otherwise) {
        List<Double> numbers = operation.arguments().numbers();
        return place < numbers.size() ? numbers.get(place) : otherwise;
    }

    boolean truth(int place) {
        List<Boolean> truths = operation.arguments().truths();
        return place < truths.size() && truths.get(place);
    }

    boolean property(String name) {
        return operation.arguments().properties().getOrDefault(name, false);
    }

    /** The second operand of an operation with a number. */
    double scalar() {
        @Nullable StoredNumbers scalar = operation.arguments().scalar();
        if (scalar == null || scalar.count() != 1) {
            throw unconvertible("it has no number to compute with");
        }
        return scalar.floats()[0];
    }

    /** An axis counted from the first. */
    int axis(long axis, int axes) {
        long counted = axis < 0 ? axis + axes : axis;
        if (counted < 0 || counted >= axes) {
            throw unconvertible("there is no axis %d among %d".formatted(axis, axes));
        }
        return (int) counted;
    }

    /** The axes of arguments or of a constant second input; all of an unnamed choice. */
    List<Long> axes(List<Long> given) {
        int axes = shape(0).size();
        List<Long> counted = new ArrayList<>();
        for (long axis : given) {
            if (axis == Integer.MAX_VALUE) {
                return all(axes);
            }
            counted.add((long) axis(axis, axes));
        }
        return counted.isEmpty()
                ? all(axes)
                : counted.stream().distinct().sorted().toList();
    }

    private static List<Long> all(int axes) {
        return LongStream.range(0, axes).boxed().toList();
    }
}

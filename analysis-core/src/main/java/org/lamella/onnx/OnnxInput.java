package org.lamella.onnx;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import onnx.Onnx.TensorProto;
import onnx.Onnx.TensorShapeProto;
import onnx.Onnx.TypeProto;
import onnx.Onnx.ValueInfoProto;
import org.jspecify.annotations.Nullable;
import org.lamella.LamellaException;
import org.lamella.data.Dataset;

/**
 * An input of an ONNX graph, in general with examples along its first axis.
 *
 * @param name of the tensor
 * @param type of its numbers, as the file calls it
 * @param element the same; absent for what cannot be fed
 * @param batch length of the first axis, how many examples the graph takes at a time; 0 where it leaves that open, {@link #SCALAR} or
 *     {@link #UNDECLARED} where there is none
 * @param shape of one example; -1 where the graph leaves a length open
 */
record OnnxInput(String name, String type, @Nullable OnnxElement element, int batch, List<Integer> shape) {
    /** The batch of an input that is a single number. */
    static final int SCALAR = -1;

    /** The batch of an input whose axes the file does not declare. */
    static final int UNDECLARED = -2;

    OnnxInput {
        shape = List.copyOf(shape);
    }

    /** An input as a file declares it, whatever it is. */
    static OnnxInput declared(ValueInfoProto value) {
        TypeProto type = value.getType();
        if (!type.hasTensorType()) {
            String name = type.getValueCase().name().replace("_TYPE", "").toLowerCase(Locale.ROOT);
            return new OnnxInput(value.getName(), name, null, UNDECLARED, List.of());
        }
        int number = type.getTensorType().getElemType();
        TensorProto.@Nullable DataType declared = TensorProto.DataType.forNumber(number);
        OnnxElement element = OnnxElement.of(number).orElse(null);
        String name = element != null
                ? element.toString()
                : declared == null ? "type " + number : declared.name().toLowerCase(Locale.ROOT);
        List<Integer> lengths = type.getTensorType().getShape().getDimList().stream()
                .map(OnnxInput::length)
                .toList();
        if (lengths.isEmpty()) {
            int batch = type.getTensorType().hasShape() ? SCALAR : UNDECLARED;
            return new OnnxInput(value.getName(), name, element, batch, lengths);
        }
        int batch = Math.max(0, lengths.get(0));
        return new OnnxInput(value.getName(), name, element, batch, lengths.subList(1, lengths.size()));
    }

    private static int length(TensorShapeProto.Dimension length) {
        // A length that no tensor can have is left to the runtime, which refuses it.
        return length.hasDimValue() && length.getDimValue() > 0
                ? (int) Math.min(Integer.MAX_VALUE, length.getDimValue())
                : -1;
    }

    /** Why it cannot be given anything; empty if it can. */
    Optional<String> obstacle() {
        if (element == null) {
            return Optional.of("its input '%s' is %s, which is not read".formatted(name, type));
        }
        return batch != UNDECLARED
                ? Optional.empty()
                : Optional.of(
                        "its input '%s' has no declared axes; export the model with the shape of its input, examples first"
                                .formatted(name));
    }

    OnnxElement elementToFeed() {
        if (element == null) {
            throw new IllegalStateException(name + " cannot be fed");
        }
        return element;
    }

    boolean isFloating() {
        return element != null && element.isFloating();
    }

    boolean isOpen() {
        return shape.contains(-1);
    }

    /** The shape of one example, with every length that is left open set to one number. */
    List<Integer> shapeOf(int openLength) {
        return shape.stream().map(length -> length < 0 ? openLength : length).toList();
    }

    /** The shape with the first axis, if there is one, of an input whose first axis is not open. */
    List<Integer> wholeShape() {
        Stream<Integer> first = batch == SCALAR ? Stream.of() : Stream.of(batch);
        return Stream.concat(first, shapeOf(1).stream()).toList();
    }

    static long[] shapeOf(int examples, List<Integer> example) {
        return IntStream.concat(IntStream.of(examples), example.stream().mapToInt(Integer::intValue))
                .asLongStream()
                .toArray();
    }

    /**
     * How the examples of a data set go into this input. They go in as they are if the shapes agree (axes of length 1
     * aside) or the input is declared flat; channels move last if only that makes the shapes agree.
     */
    TensorColumn feed(Dataset data, String where) {
        List<Integer> given = data.shape();
        if (accepts(given)) {
            return new TensorColumn(this, data, given, false);
        }
        if (given.size() == 3 && accepts(List.of(given.get(1), given.get(2), given.get(0)))) {
            return new TensorColumn(this, data, List.of(given.get(1), given.get(2), given.get(0)), true);
        }
        boolean flat = shape.size() == 1 && (shape.get(0) < 0 || shape.get(0) == data.features());
        if (flat) {
            return new TensorColumn(this, data, List.of(data.features()), false);
        }
        if (!isOpen() && withoutUnits(shape).equals(withoutUnits(given))) {
            return new TensorColumn(this, data, shape, false);
        }
        throw new LamellaException(
                where,
                "its input '%s' takes examples of %s, but those of %s are %s; give data of the model's shape"
                        .formatted(name, print(shape), data.name(), print(given)));
    }

    private boolean accepts(List<Integer> given) {
        return given.size() == shape.size()
                && IntStream.range(0, given.size())
                        .allMatch(axis -> shape.get(axis) < 0 || shape.get(axis).equals(given.get(axis)));
    }

    private static List<Integer> withoutUnits(List<Integer> lengths) {
        return lengths.stream().filter(length -> length != 1).toList();
    }

    /** As 3 x 32 x 32, with ? where a length is open. */
    static String print(List<Integer> lengths) {
        return lengths.isEmpty()
                ? "one number"
                : lengths.stream()
                        .map(length -> length < 0 ? "?" : length.toString())
                        .collect(Collectors.joining(" x "));
    }

    @Override
    public String toString() {
        return "'%s' %s".formatted(name, type);
    }
}

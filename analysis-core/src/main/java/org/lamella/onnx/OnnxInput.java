package org.lamella.onnx;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.lamella.LamellaException;
import org.lamella.data.Dataset;

/**
 * The input of an ONNX graph: float32, examples along the first axis.
 *
 * @param name of the tensor
 * @param batch how many examples the graph takes at a time; 0 where it leaves that open
 * @param shape of one example; -1 where the graph leaves a length open
 */
record OnnxInput(String name, int batch, List<Integer> shape) {
    OnnxInput {
        shape = List.copyOf(shape);
    }

    boolean isOpen() {
        return shape.contains(-1);
    }

    OnnxInput withBatch(int fixed) {
        return new OnnxInput(name, fixed, shape);
    }

    /** The shape of a batch, with every length that is left open set to one number. */
    long[] shapeOf(int examples, int openLength) {
        return shapeOf(
                examples,
                shape.stream().map(length -> length < 0 ? openLength : length).toList());
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
    OnnxFeed feed(Dataset data, Path file) {
        List<Integer> given = data.shape();
        if (accepts(given)) {
            return new OnnxFeed(data, given, false);
        }
        if (given.size() == 3 && accepts(List.of(given.get(1), given.get(2), given.get(0)))) {
            return new OnnxFeed(data, List.of(given.get(1), given.get(2), given.get(0)), true);
        }
        boolean flat = shape.size() == 1 && (shape.get(0) < 0 || shape.get(0) == data.features());
        if (flat) {
            return new OnnxFeed(data, List.of(data.features()), false);
        }
        if (!isOpen() && withoutUnits(shape).equals(withoutUnits(given))) {
            return new OnnxFeed(data, shape, false);
        }
        throw new LamellaException(
                file.toString(),
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
                        .flatMap(length -> Stream.of(length < 0 ? "?" : length.toString()))
                        .collect(Collectors.joining(" x "));
    }
}

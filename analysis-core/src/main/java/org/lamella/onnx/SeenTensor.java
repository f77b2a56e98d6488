package org.lamella.onnx;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A tensor of a graph as it was when the graph was run on made-up examples, twice: with different numbers of examples, and with
 * different lengths where the graph leaves them open. Two tensors whose shapes agree in both runs have the same shape.
 *
 * @param name what the user knows it by: its layer's name
 * @param type of its numbers
 * @param shape with all axes, in the first run
 * @param otherShape in the second run
 * @param examples in the first run
 */
public record SeenTensor(String name, String type, List<Long> shape, List<Long> otherShape, int examples) {
    public SeenTensor {
        shape = List.copyOf(shape);
        otherShape = List.copyOf(otherShape);
    }

    /** Whether both are arrays of the same shape and type of numbers, whatever they are given. */
    public boolean isLike(SeenTensor other) {
        return type.equals(other.type) && shape.equals(other.shape) && otherShape.equals(other.otherShape);
    }

    /** Numbers in it, in the first run. */
    public long numbers() {
        return shape.stream().reduce(1L, Math::multiplyExact);
    }

    /** The shape in the first run. */
    public String shapeText() {
        return shape.stream().map(String::valueOf).collect(Collectors.joining(" x "));
    }
}

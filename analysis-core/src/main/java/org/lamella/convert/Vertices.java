package org.lamella.convert;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.L2NormalizeVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.ReshapeVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.graph.ShiftVertex;
import org.deeplearning4j.nn.conf.graph.SubsetVertex;

/** Vertices that are no layers. */
final class Vertices {
    private Vertices() {}

    static Value elementWise(LayerWriter to, ElementWiseVertex vertex, List<Value> inputs) {
        if (inputs.size() == 1) {
            return inputs.get(0);
        }
        List<Value> given = together(to, inputs);
        List<String> tensors = given.stream().map(Value::tensor).toList();
        String result = switch (vertex.getOp()) {
            case Add -> to.node(tensors.size() > 2 ? "Sum" : "Add", tensors);
            case Product -> folded(to, "Mul", tensors);
            case Subtract -> {
                if (tensors.size() != 2) {
                    throw to.unconvertible("a difference of %d".formatted(tensors.size()));
                }
                yield to.node("Sub", tensors);
            }
            case Average -> to.node("Div", List.of(folded(to, "Add", tensors), to.number(tensors.size())));
            case Max -> to.node("Max", tensors);
        };
        return new Value(result, broadcast(to, given), given.get(0).channelsMoved());
    }

    private static String folded(LayerWriter to, String operator, List<String> tensors) {
        return tensors.stream()
                .reduce((some, other) -> to.node(operator, List.of(some, other)))
                .orElseThrow();
    }

    /** All in one layout: that of those with channels moved if all have one shape, else Deeplearning4j's own. */
    private static List<Value> together(LayerWriter to, List<Value> inputs) {
        boolean moved = inputs.stream().anyMatch(Value::channelsMoved);
        boolean alike = inputs.stream().map(Value::shape).distinct().count() == 1;
        if (moved && alike) {
            int positions = inputs.get(0).shape().size() - 1;
            return inputs.stream()
                    .map(each -> to.grid(each, ChannelAxis.LAST, positions).value())
                    .toList();
        }
        return plain(to, inputs);
    }

    private static List<Value> plain(LayerWriter to, List<Value> inputs) {
        return inputs.stream()
                .map(each -> new Value(to.plain(each), each.shape(), false))
                .toList();
    }

    private static List<Long> broadcast(LayerWriter to, List<Value> given) {
        List<Long> shape = new ArrayList<>(given.get(0).shape());
        for (Value each : given) {
            if (each.shape().size() != shape.size()) {
                throw to.unconvertible("arrays of different numbers of axes");
            }
            for (int i = 0; i < shape.size(); i++) {
                shape.set(i, Math.max(shape.get(i), each.shape().get(i)));
            }
        }
        return shape;
    }

    static Value merge(LayerWriter to, MergeVertex vertex, List<Value> inputs) {
        if (inputs.size() == 1) {
            return inputs.get(0);
        }
        int rank = inputs.get(0).rank();
        if (inputs.stream().anyMatch(each -> each.rank() != rank)) {
            throw to.unconvertible("arrays of different numbers of axes");
        }
        int axis = vertex.getMergeAxis() < 0 ? vertex.getMergeAxis() + rank : vertex.getMergeAxis();
        boolean moved = inputs.stream().allMatch(Value::channelsMoved);
        List<Value> given = moved ? inputs : plain(to, inputs);
        // Behind the batch, channels that were moved come first and the other axes move up by one.
        int written = !moved || axis == 0 ? axis : axis == rank - 1 ? 1 : axis + 1;
        if (axis == 0) {
            throw to.unconvertible("it merges along the batch");
        }
        List<Long> shape = new ArrayList<>(given.get(0).shape());
        shape.set(
                axis - 1,
                given.stream().mapToLong(each -> each.shape().get(axis - 1)).sum());
        String tensor =
                to.node("Concat", given.stream().map(Value::tensor).toList(), Attribute.of("axis", (long) written));
        return new Value(tensor, shape, moved);
    }

    static Value scale(LayerWriter to, ScaleVertex vertex, List<Value> inputs) {
        Value input = inputs.get(0);
        return input.as(to.node("Mul", List.of(input.tensor(), to.number(vertex.getScaleFactor()))));
    }

    static Value shift(LayerWriter to, ShiftVertex vertex, List<Value> inputs) {
        Value input = inputs.get(0);
        return input.as(to.node("Add", List.of(input.tensor(), to.number(vertex.getShiftFactor()))));
    }

    /** Along the axis behind the batch, whatever it means. */
    static Value subset(LayerWriter to, SubsetVertex vertex, List<Value> inputs) {
        Value input = inputs.get(0);
        long first = vertex.getFrom();
        long end = vertex.getTo() + 1L;
        String tensor = to.node(
                "Slice",
                List.of(
                        to.plain(input),
                        to.integers("starts", first),
                        to.integers("ends", end),
                        to.integers("axes", 1)));
        List<Long> shape = new ArrayList<>(input.shape());
        shape.set(0, end - first);
        return new Value(tensor, shape, false);
    }

    static Value unitLength(LayerWriter to, L2NormalizeVertex vertex, List<Value> inputs) {
        if (vertex.getDimension() != null && vertex.getDimension().length > 0) {
            throw to.unconvertible("lengths along chosen axes");
        }
        Value input = inputs.get(0);
        String norm = to.node(
                "ReduceL2",
                List.of(input.tensor()),
                Attribute.of("axes", LongStream.range(1, input.rank()).toArray()),
                Attribute.of("keepdims", 1L));
        String divisor = to.node("Max", List.of(norm, to.number(vertex.getEps())));
        return input.as(to.node("Div", List.of(input.tensor(), divisor)));
    }

    static Value reshape(LayerWriter to, ReshapeVertex vertex, List<Value> inputs) {
        int[] shape = vertex.getNewShape();
        if (vertex.getReshapeOrder() != 'c' || shape.length < 2 || shape[0] != -1) {
            throw to.unconvertible("a new shape that is not one of each example, row by row");
        }
        List<Long> lengths = new ArrayList<>();
        for (int i = 1; i < shape.length; i++) {
            lengths.add((long) shape[i]);
        }
        return to.reshaped(inputs.get(0), lengths);
    }

    /** Leaves out the first row and the first column. */
    static Value withoutFirst(LayerWriter to, List<Value> inputs) {
        return Grids.cropped(to, to.grid(inputs.get(0), ChannelAxis.FIRST, 2), new long[] {1, 1}, new long[] {0, 0});
    }
}

package org.lamella.convert;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import onnx.Onnx.AttributeProto;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Writes the nodes of one layer, whose name begins those of its tensors. */
record LayerWriter(GraphWriter graph, String layer, String kind, Map<String, INDArray> parameters) {
    UnconvertibleException unconvertible(String reason) {
        return new UnconvertibleException(layer, kind, reason);
    }

    String node(String operator, List<String> inputs, AttributeProto... attributes) {
        return graph.node(layer + "/" + operator, operator, inputs, List.of(attributes));
    }

    String number(double value) {
        return graph.floats(layer + "/number", new float[] {(float) value});
    }

    String integers(String name, long... values) {
        return graph.integers(layer + "/" + name, values);
    }

    boolean has(String parameter) {
        return parameters.containsKey(parameter);
    }

    INDArray parameter(String name) {
        INDArray parameter = parameters.get(name);
        if (parameter == null) {
            throw unconvertible("it has no parameter " + name);
        }
        return parameter;
    }

    /** Numbers in the order of the axes. */
    String weights(String name, INDArray values, long... lengths) {
        INDArray ordered = values.dup('c');
        try {
            return graph.floats(layer + "/" + name, ordered.data().asFloat(), lengths);
        } finally {
            ordered.close();
        }
    }

    String weights(String name, INDArray values) {
        return weights(name, values, values.shape());
    }

    /** A parameter that is a row, as a vector. */
    String vector(String name) {
        INDArray row = parameter(name);
        return weights(name, row, row.length());
    }

    /** The tensor with the axes in the order of Deeplearning4j's array. */
    String plain(Value value) {
        if (!value.channelsMoved()) {
            return value.tensor();
        }
        int rank = value.rank();
        long[] order = LongStream.range(0, rank).toArray();
        for (int axis = 1; axis < rank; axis++) {
            order[axis] = axis == rank - 1 ? 1 : axis + 1;
        }
        return graph.transposed(value.tensor(), layer + "/channels_last", order);
    }

    /** The tensor with its channels first. */
    Grid grid(Value value, ChannelAxis axis, int axesOfPositions) {
        if (value.shape().size() != axesOfPositions + 1) {
            throw unconvertible("it is given arrays of %d axes".formatted(value.rank()));
        }
        List<Long> lengths = new ArrayList<>(value.shape());
        long channels = lengths.remove(axis == ChannelAxis.FIRST ? 0 : axesOfPositions);
        boolean last = axis == ChannelAxis.LAST;
        String tensor = value.channelsMoved() == last
                ? value.tensor()
                : last ? channelsFirst(value.tensor(), value.rank()) : plain(value);
        return new Grid(tensor, channels, lengths, axis);
    }

    private String channelsFirst(String tensor, int rank) {
        long[] order = LongStream.range(0, rank).toArray();
        for (int axis = 1; axis < rank; axis++) {
            order[axis] = axis == 1 ? rank - 1 : axis - 1;
        }
        return graph.transposed(tensor, layer + "/channels_first", order);
    }

    /** The tensor in another shape, its numbers in the order of Deeplearning4j's array. */
    Value reshaped(Value value, List<Long> shape) {
        long[] lengths = LongStream.concat(LongStream.of(-1), shape.stream().mapToLong(Long::longValue))
                .toArray();
        String tensor = node("Reshape", List.of(plain(value), integers("shape", lengths)));
        return new Value(tensor, shape, false);
    }
}

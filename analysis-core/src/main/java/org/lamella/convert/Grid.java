package org.lamella.convert;

import java.util.ArrayList;
import java.util.List;

/**
 * A tensor of channels over positions, channels first as ONNX wants them: images, or sequences.
 *
 * @param lengths of the axes of positions: height and width, or time
 * @param axis where Deeplearning4j's array has the channels
 */
record Grid(String tensor, long channels, List<Long> lengths, ChannelAxis axis) {
    Grid {
        lengths = List.copyOf(lengths);
    }

    Grid with(String other, long otherChannels, List<Long> otherLengths) {
        return new Grid(other, otherChannels, otherLengths, axis);
    }

    Grid with(String other) {
        return with(other, channels, lengths);
    }

    Value value() {
        List<Long> shape = new ArrayList<>(lengths);
        shape.add(axis == ChannelAxis.FIRST ? 0 : lengths.size(), channels);
        return new Value(tensor, shape, axis == ChannelAxis.LAST);
    }
}

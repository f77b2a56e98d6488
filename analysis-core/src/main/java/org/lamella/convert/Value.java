package org.lamella.convert;

import java.util.List;

/**
 * What a vertex gives, as a tensor of the graph being written.
 *
 * @param tensor its name
 * @param shape of one example in Deeplearning4j's array, without the batch axis
 * @param channelsMoved whether the tensor has its channels first where Deeplearning4j's array has them last
 */
record Value(String tensor, List<Long> shape, boolean channelsMoved) {
    Value {
        shape = List.copyOf(shape);
    }

    /** The same numbers in the same layout, in another tensor. */
    Value as(String other) {
        return new Value(other, shape, channelsMoved);
    }

    /** Number of axes, the batch among them. */
    int rank() {
        return shape.size() + 1;
    }

    long length() {
        return shape.stream().mapToLong(Long::longValue).reduce(1, Math::multiplyExact);
    }
}

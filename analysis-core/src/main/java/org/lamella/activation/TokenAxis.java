package org.lamella.activation;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The axis of one example's activation that is reduced: {@code before} blocks of {@code positions} times {@code after} adjacent
 * numbers.
 *
 * @param positions -1 where it follows the length of the text
 * @param kept shape of what is left when the axis is gone
 */
record TokenAxis(int before, int positions, int after, List<Integer> kept) {
    /**
     * The axis of a layer that has at most one open length; empty if the layer is taken as it is.
     *
     * @param followsText whether the lengths that are tokens are open; if not, the axes beside the channels' are positions
     * @param channels where these are; where that is not known two axes are tokens x features, more are channels x positions
     */
    static Optional<TokenAxis> of(Layer layer, boolean followsText, ChannelOrder channels) {
        List<Integer> shape = layer.shape();
        if (followsText) {
            int axis = shape.indexOf(-1);
            return axis < 0 ? Optional.empty() : at(shape, axis, axis + 1, -1);
        }
        int axes = shape.size();
        if (axes < 2) {
            return Optional.empty();
        }
        boolean last = channels == ChannelOrder.LAST || (channels == ChannelOrder.UNKNOWN && axes == 2);
        return last
                ? at(shape, 0, axes - 1, product(shape.subList(0, axes - 1)))
                : at(shape, 1, axes, product(shape.subList(1, axes)));
    }

    private static Optional<TokenAxis> at(List<Integer> shape, int from, int to, int positions) {
        List<Integer> head = shape.subList(0, from);
        List<Integer> tail = shape.subList(to, shape.size());
        List<Integer> kept = Stream.concat(head.stream(), tail.stream()).toList();
        return Optional.of(new TokenAxis(product(head), positions, product(tail), kept));
    }

    private static int product(List<Integer> lengths) {
        return lengths.stream().reduce(1, Math::multiplyExact);
    }

    /** The same with a known number of positions. */
    TokenAxis of(int length) {
        return new TokenAxis(before, length, after, kept);
    }

    /** Numbers of one example that are left. */
    int features() {
        return Math.multiplyExact(before, after);
    }

    /** Numbers of one example before the reduction. */
    int length() {
        return Math.multiplyExact(features(), positions);
    }
}

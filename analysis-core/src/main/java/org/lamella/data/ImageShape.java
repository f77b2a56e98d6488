package org.lamella.data;

import java.util.List;
import java.util.Optional;

/**
 * The images that a model takes.
 *
 * @param channels -1 where any number will do
 * @param height likewise
 * @param width likewise
 */
public record ImageShape(int channels, int height, int width) {
    /**
     * What a shape of three lengths means: the axis of 1 or 3 is the channels', and the first one if both the first and the last are.
     *
     * @param shape of one example as the model takes it, -1 where a length is open
     * @return empty if it is no shape of an image
     */
    public static Optional<ImageShape> of(List<Integer> shape) {
        if (shape.size() != 3) {
            return Optional.empty();
        }
        boolean channelsLast = !isChannels(shape.get(0)) && isChannels(shape.get(2));
        return Optional.of(
                channelsLast
                        ? new ImageShape(shape.get(2), shape.get(0), shape.get(1))
                        : new ImageShape(shape.get(0), shape.get(1), shape.get(2)));
    }

    private static boolean isChannels(int length) {
        return length == 1 || length == 3;
    }

    /** Whether images must have one size. */
    boolean isOfOneSize() {
        return height > 0 && width > 0;
    }
}

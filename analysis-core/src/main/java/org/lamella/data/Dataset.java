package org.lamella.data;

import java.nio.FloatBuffer;
import java.util.List;
import org.lamella.LamellaException;

/** Examples that are float32 tensors of one shape. */
public non-sealed interface Dataset extends Examples {
    /** Shape of one example; images are channels, height, width. */
    List<Integer> shape();

    /**
     * Copies examples into a buffer, one after the other, and advances its position.
     *
     * @param examples indices from 0 to {@link #size()}, in the order wanted
     */
    void read(int[] examples, FloatBuffer into);

    /**
     * Examples that must be tensors of one shape. Of several tensors each, the one called {@code x} is taken, or the only one.
     *
     * @param where what needs them, for the message
     * @throws LamellaException if they are something else
     */
    static Dataset of(Examples examples, String where) {
        if (examples instanceof Dataset tensors) {
            return tensors;
        }
        if (examples instanceof NamedInputs several) {
            Dataset only = several.inputs().size() == 1
                    ? several.inputs().values().iterator().next()
                    : several.inputs().get("x");
            if (only != null) {
                return only;
            }
            throw new LamellaException(
                    where,
                    "takes one tensor, and the examples of %s are several: %s; call the one for it x"
                            .formatted(examples.name(), several.inputs().keySet()));
        }
        throw new LamellaException(where, "takes tensors, and the examples of %s are texts".formatted(examples.name()));
    }

    /** Numbers in one example. */
    default int features() {
        return shape().stream().mapToInt(Integer::intValue).reduce(1, Math::multiplyExact);
    }

    /**
     * The same examples with every number less a mean, over a standard deviation.
     *
     * @param mean one number, or one for each channel
     * @param deviation likewise
     */
    default Dataset normalized(List<Double> mean, List<Double> deviation) {
        return new NormalizedDataset(this, mean, deviation);
    }

    /**
     * The same images in another size.
     *
     * @throws LamellaException if the examples are no images: channels, height, width
     */
    default Dataset resized(Resize resize) {
        return new ResizedDataset(this, resize);
    }

    /**
     * The same images with so many channels: 3 for grey images with their channel three times, 1 for colour images made grey.
     *
     * @throws LamellaException if the examples have other than 1 or 3 channels, or another number is asked for
     */
    default Dataset withChannels(int channels) {
        return new ChannelsDataset(this, channels);
    }

    /** The same images as channels, height, width, where they are in another layout. */
    default Dataset channelsFirst(Layout from) {
        return from == Layout.NCHW ? this : new ChannelsFirstDataset(this);
    }
}

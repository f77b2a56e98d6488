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
     * Examples that must be tensors of one shape.
     *
     * @param where what needs them, for the message
     * @throws LamellaException if they are something else
     */
    static Dataset of(Examples examples, String where) {
        if (examples instanceof Dataset tensors) {
            return tensors;
        }
        throw new LamellaException(
                where,
                "takes tensors, and the examples of %s are %s"
                        .formatted(
                                examples.name(), examples instanceof TextDataset ? "texts" : "several tensors each"));
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
}

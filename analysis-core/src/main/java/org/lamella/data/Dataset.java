package org.lamella.data;

import java.nio.FloatBuffer;
import java.util.List;
import java.util.OptionalInt;

/** Examples in a fixed order, each a float32 tensor of one shape, with a label where the files have one. */
public interface Dataset {
    /** How it was named by the user: kind and path. */
    String name();

    /** Number of examples. */
    int size();

    /** Shape of one example; images are channels, height, width. */
    List<Integer> shape();

    /**
     * Copies examples into a buffer, one after the other, and advances its position.
     *
     * @param examples indices from 0 to {@link #size()}, in the order wanted
     */
    void read(int[] examples, FloatBuffer into);

    /** The class of an example, from 0; empty where the data have no labels. */
    OptionalInt label(int example);

    /** What the user knows the example by: a row, an index or a file name. */
    String id(int example);

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

package org.lamella.samples.training;

import java.nio.FloatBuffer;
import java.util.Arrays;
import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The numbers of an array of examples × channels × height × width, image by image; with two axes an image is one number. */
final class ChannelImages {
    /** Kept so that its memory is not given back. */
    private final INDArray array;

    private final FloatBuffer numbers;
    private final int pixels;

    private ChannelImages(INDArray array) {
        this.array = array;
        this.numbers = ((FloatPointer) array.data().addressPointer())
                .capacity(array.length())
                .asByteBuffer()
                .asFloatBuffer();
        this.pixels = Math.toIntExact(array.length() / (array.size(0) * array.size(1)));
    }

    /** To read: of the array itself if its numbers lie in this order, else of a copy. */
    static ChannelImages of(INDArray array) {
        return new ChannelImages(isInOrder(array) ? array : array.dup('c'));
    }

    /** To write, into an array that was made in this order. */
    static ChannelImages into(INDArray array) {
        if (!isInOrder(array)) {
            throw new IllegalArgumentException("the strides are " + Arrays.toString(array.stride()));
        }
        return new ChannelImages(array);
    }

    private static boolean isInOrder(INDArray array) {
        long expected = 1;
        for (int axis = array.rank() - 1; axis >= 0; axis--) {
            // The stride of an axis of one element is any number.
            if (array.size(axis) > 1 && array.stride(axis) != expected) {
                return false;
            }
            expected *= array.size(axis);
        }
        return true;
    }

    int examples() {
        return (int) array.size(0);
    }

    int channels() {
        return (int) array.size(1);
    }

    /** Numbers in an image. */
    int pixels() {
        return pixels;
    }

    void get(int example, int channel, float[] image) {
        numbers.get(start(example, channel), image);
    }

    void put(int example, int channel, float[] image) {
        numbers.put(start(example, channel), image);
    }

    private int start(int example, int channel) {
        return (example * channels() + channel) * pixels;
    }
}

package org.lamella.onnx;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import org.lamella.LamellaException;
import org.lamella.data.Dataset;

/**
 * The examples of a data set in the form of one input of a graph.
 *
 * @param shape of one example as the graph takes it, every length known
 * @param channelsLast whether images are given to the graph as height, width, channels
 */
record TensorColumn(OnnxInput input, Dataset data, List<Integer> shape, boolean channelsLast) {
    private static final int PIECE = 32;

    TensorColumn {
        shape = List.copyOf(shape);
    }

    /**
     * Writes examples one after the other, from the buffer's position on.
     *
     * @throws LamellaException if a number is none that the input's type has
     */
    void read(int[] examples, ByteBuffer into) {
        boolean asTheyAre = !channelsLast && input.element() == OnnxElement.FLOAT32;
        if (asTheyAre) {
            data.read(examples, into.asFloatBuffer());
            return;
        }
        // Several at a time, as a folder of images decodes them side by side, and few, as this is a copy more.
        for (int from = 0; from < examples.length; from += PIECE) {
            int[] piece = Arrays.copyOfRange(examples, from, Math.min(from + PIECE, examples.length));
            FloatBuffer values = FloatBuffer.allocate(piece.length * data.features());
            data.read(piece, values);
            values.flip();
            float[] one = new float[data.features()];
            for (int example : piece) {
                values.get(one);
                check(example, one);
                put(one, into);
            }
        }
    }

    private void check(int example, float[] values) {
        for (float value : values) {
            if (!input.elementToFeed().has(value)) {
                throw new LamellaException(
                        data.name(),
                        "example %d has the value %s, which the model's input '%s' (%s) cannot take"
                                .formatted(example, value, input.name(), input.type()));
            }
        }
    }

    private void put(float[] values, ByteBuffer into) {
        OnnxElement element = input.elementToFeed();
        if (!channelsLast) {
            for (float value : values) {
                element.put(value, into);
            }
            return;
        }
        int channels = shape.get(2);
        int pixels = shape.get(0) * shape.get(1);
        for (int pixel = 0; pixel < pixels; pixel++) {
            for (int channel = 0; channel < channels; channel++) {
                element.put(values[channel * pixels + pixel], into);
            }
        }
    }
}

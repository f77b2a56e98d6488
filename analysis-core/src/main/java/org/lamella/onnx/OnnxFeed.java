package org.lamella.onnx;

import java.nio.FloatBuffer;
import java.util.List;
import org.lamella.data.Dataset;

/**
 * The examples of a data set in the layout of a graph's input.
 *
 * @param shape of one example as the graph takes it, every length known
 * @param channelsLast whether images are given to the graph as height, width, channels
 */
record OnnxFeed(Dataset data, List<Integer> shape, boolean channelsLast) {
    int features() {
        return data.features();
    }

    /** Writes examples one after the other, from the buffer's position on. */
    void read(int[] examples, FloatBuffer into) {
        if (!channelsLast) {
            data.read(examples, into);
            return;
        }
        int channels = shape.get(2);
        int pixels = shape.get(0) * shape.get(1);
        float[] planes = new float[channels * pixels];
        for (int example : examples) {
            data.read(new int[] {example}, FloatBuffer.wrap(planes));
            for (int pixel = 0; pixel < pixels; pixel++) {
                for (int channel = 0; channel < channels; channel++) {
                    into.put(planes[channel * pixels + pixel]);
                }
            }
        }
    }
}

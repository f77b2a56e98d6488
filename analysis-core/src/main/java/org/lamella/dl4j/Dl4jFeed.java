package org.lamella.dl4j;

import java.nio.FloatBuffer;
import java.util.List;
import java.util.OptionalInt;
import org.lamella.data.Dataset;

/**
 * A data set as a network takes it.
 *
 * @param data images are channels, height, width
 * @param shape of one example as the network takes it
 * @param channelsLast whether the network takes height, width, channels
 */
record Dl4jFeed(Dataset data, List<Integer> shape, boolean channelsLast) implements Dataset {
    Dl4jFeed {
        shape = List.copyOf(shape);
    }

    @Override
    public String name() {
        return data.name();
    }

    @Override
    public int size() {
        return data.size();
    }

    @Override
    public OptionalInt label(int example) {
        return data.label(example);
    }

    @Override
    public String id(int example) {
        return data.id(example);
    }

    @Override
    public void read(int[] examples, FloatBuffer into) {
        if (!channelsLast) {
            data.read(examples, into);
            return;
        }
        int channels = shape.get(2);
        int pixels = shape.get(0) * shape.get(1);
        float[] planes = new float[channels * pixels];
        float[] points = new float[channels * pixels];
        for (int example : examples) {
            data.read(new int[] {example}, FloatBuffer.wrap(planes));
            for (int pixel = 0; pixel < pixels; pixel++) {
                for (int channel = 0; channel < channels; channel++) {
                    points[pixel * channels + channel] = planes[channel * pixels + pixel];
                }
            }
            into.put(points);
        }
    }
}

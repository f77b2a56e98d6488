package org.lamella.data;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.lamella.LamellaException;

/** Another data set with every number less a mean, over a standard deviation, by channel. */
final class NormalizedDataset implements Dataset {
    private final Dataset raw;
    private final float[] mean;
    private final float[] deviation;
    private final int channelLength;

    /**
     * @param mean one number, or one for each channel (the first axis of an example)
     * @param deviation likewise; none is zero
     */
    NormalizedDataset(Dataset raw, List<Double> mean, List<Double> deviation) {
        this.raw = raw;
        int channels = raw.shape().isEmpty() ? 1 : raw.shape().get(0);
        this.mean = perChannel(mean, channels, "mean");
        this.deviation = perChannel(deviation, channels, "std");
        for (float value : this.deviation) {
            if (!(value > 0)) {
                throw new LamellaException("--normalize", "a std must be above zero, not " + value);
            }
        }
        this.channelLength = raw.features() / channels;
    }

    private static float[] perChannel(List<Double> given, int channels, String what) {
        if (given.size() != 1 && given.size() != channels) {
            throw new LamellaException(
                    "--normalize",
                    "%s has %d numbers, and an example has %d channels".formatted(what, given.size(), channels));
        }
        float[] values = new float[channels];
        for (int c = 0; c < channels; c++) {
            values[c] = given.get(given.size() == 1 ? 0 : c).floatValue();
        }
        return values;
    }

    @Override
    public String name() {
        return raw.name() + " (mean " + Arrays.toString(mean) + ", std " + Arrays.toString(deviation) + ")";
    }

    @Override
    public int size() {
        return raw.size();
    }

    @Override
    public List<Integer> shape() {
        return raw.shape();
    }

    @Override
    public void read(int[] examples, FloatBuffer into) {
        int start = into.position();
        raw.read(examples, into);
        float[] channel = new float[channelLength];
        for (int at = start, c = 0; at < into.position(); at += channelLength, c = (c + 1) % mean.length) {
            into.get(at, channel);
            for (int i = 0; i < channelLength; i++) {
                channel[i] = (channel[i] - mean[c]) / deviation[c];
            }
            into.put(at, channel);
        }
    }

    @Override
    public OptionalInt label(int example) {
        return raw.label(example);
    }

    @Override
    public List<String> classes() {
        return raw.classes();
    }

    @Override
    public String id(int example) {
        return raw.id(example);
    }
}

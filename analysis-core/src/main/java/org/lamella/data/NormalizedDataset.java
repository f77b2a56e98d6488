package org.lamella.data;

import java.util.Arrays;
import java.util.List;
import org.lamella.LamellaException;

/** Another data set with every number less a mean, over a standard deviation, by channel. */
final class NormalizedDataset extends DerivedDataset {
    private final float[] mean;
    private final float[] deviation;
    private final int channelLength;

    /**
     * @param mean one number, or one for each channel (the first axis of an example)
     * @param deviation likewise; none is zero
     */
    NormalizedDataset(Dataset raw, List<Double> mean, List<Double> deviation) {
        super(raw, raw.shape());
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
    float[] prepared(float[] example) {
        for (int i = 0; i < example.length; i++) {
            int channel = i / channelLength;
            example[i] = (example[i] - mean[channel]) / deviation[channel];
        }
        return example;
    }

    @Override
    String how() {
        return "mean " + Arrays.toString(mean) + ", std " + Arrays.toString(deviation);
    }
}

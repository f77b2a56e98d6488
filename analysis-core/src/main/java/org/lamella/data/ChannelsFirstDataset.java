package org.lamella.data;

import java.util.List;
import org.lamella.LamellaException;

/** Images that lie as height, width, channels, as channels, height, width. */
final class ChannelsFirstDataset extends DerivedDataset {
    private final int pixels;
    private final int channels;

    ChannelsFirstDataset(Dataset raw) {
        super(raw, shape(raw));
        this.channels = raw.shape().get(2);
        this.pixels = raw.shape().get(0) * raw.shape().get(1);
    }

    private static List<Integer> shape(Dataset raw) {
        List<Integer> given = raw.shape();
        if (given.size() != 3) {
            throw new LamellaException(
                    "--layout nhwc",
                    "takes images, height x width x channels; the examples of %s are %s"
                            .formatted(raw.name(), Shapes.print(given)));
        }
        return List.of(given.get(2), given.get(0), given.get(1));
    }

    @Override
    float[] prepared(float[] example) {
        float[] planes = new float[example.length];
        for (int pixel = 0; pixel < pixels; pixel++) {
            for (int channel = 0; channel < channels; channel++) {
                planes[channel * pixels + pixel] = example[pixel * channels + channel];
            }
        }
        return planes;
    }

    @Override
    String how() {
        return Layout.NHWC.toString();
    }
}

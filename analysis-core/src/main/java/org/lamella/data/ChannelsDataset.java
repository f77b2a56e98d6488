package org.lamella.data;

import java.util.List;
import org.lamella.LamellaException;

/** Images with another number of channels: grey repeated three times, or colours made grey. */
final class ChannelsDataset extends DerivedDataset {
    private final int channels;

    ChannelsDataset(Dataset raw, int channels) {
        super(raw, shape(raw, channels));
        this.channels = channels;
    }

    private static List<Integer> shape(Dataset raw, int channels) {
        List<Integer> given = raw.shape();
        boolean possible =
                given.size() == 3 && (channels == 1 || channels == 3) && (given.get(0) == 1 || given.get(0) == 3);
        if (!possible) {
            throw new LamellaException(
                    "--channels " + channels,
                    "makes 3 channels of 1 or 1 of 3; the examples of %s are %s"
                            .formatted(raw.name(), Shapes.print(given)));
        }
        return List.of(channels, given.get(1), given.get(2));
    }

    @Override
    float[] prepared(float[] example) {
        int pixels = features() / channels;
        if (example.length == features()) {
            return example;
        }
        float[] planes = new float[features()];
        for (int pixel = 0; pixel < pixels; pixel++) {
            if (channels == 3) {
                planes[pixel] = planes[pixels + pixel] = planes[2 * pixels + pixel] = example[pixel];
            } else {
                planes[pixel] = grey(example[pixel], example[pixels + pixel], example[2 * pixels + pixel]);
            }
        }
        return planes;
    }

    @Override
    String how() {
        return channels + " channels";
    }

    /** How bright a colour is: luma of ITU-R BT.601, as Pillow's mode L has it. */
    static float grey(float red, float green, float blue) {
        return 0.299f * red + 0.587f * green + 0.114f * blue;
    }
}

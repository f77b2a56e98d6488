package org.lamella.data;

import java.util.List;
import org.lamella.LamellaException;

/** Images brought to another size. */
final class ResizedDataset extends DerivedDataset {
    private final List<Integer> from;
    private final Resize resize;

    ResizedDataset(Dataset raw, Resize resize) {
        super(raw, shape(raw, resize));
        this.from = raw.shape();
        this.resize = resize;
    }

    private static List<Integer> shape(Dataset raw, Resize resize) {
        if (raw.shape().size() != 3) {
            throw new LamellaException(
                    "--resize",
                    "takes images, channels x height x width; the examples of %s are %s"
                            .formatted(raw.name(), Shapes.print(raw.shape())));
        }
        return List.of(raw.shape().get(0), resize.cropHeight(), resize.cropWidth());
    }

    @Override
    float[] prepared(float[] example) {
        return Resampling.resized(PixelRows.of(example, from.get(0), from.get(1), from.get(2)), resize);
    }

    @Override
    String how() {
        return resize.toString();
    }
}

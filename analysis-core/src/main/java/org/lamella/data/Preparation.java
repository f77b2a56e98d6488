package org.lamella.data;

import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.lamella.LamellaException;

/**
 * What is done to a data set before a model sees it, in this order: arrays are read in their layout, channels made, images resized,
 * numbers normalized. What is absent is not done, except that images from files become what the model's input takes.
 *
 * @param layout how the arrays of an npz or npy file lie
 * @param channels 1 or 3
 */
public record Preparation(
        @Nullable Layout layout,
        @Nullable Integer channels,
        @Nullable Resize resize,
        @Nullable Normalization normalization) {
    /** Nothing but what the model's input takes. */
    public static Preparation none() {
        return new Preparation(null, null, null, null);
    }

    /** The same with every number less a mean, over a standard deviation. */
    public Preparation normalized(Normalization by) {
        return new Preparation(layout, channels, resize, by);
    }

    /** The same with images in another size. */
    public Preparation resized(Resize to) {
        return new Preparation(layout, channels, to, normalization);
    }

    /** The same with 1 or 3 channels. */
    public Preparation withChannels(int count) {
        return new Preparation(layout, count, resize, normalization);
    }

    /** The same for arrays in a layout. */
    public Preparation ofLayout(Layout given) {
        return new Preparation(given, channels, resize, normalization);
    }

    /** What is said here, and where nothing is said, what a more general preparation says. */
    public Preparation over(Preparation general) {
        return new Preparation(
                layout == null ? general.layout : layout,
                channels == null ? general.channels : channels,
                resize == null ? general.resize : resize,
                normalization == null ? general.normalization : normalization);
    }

    /**
     * A data set, prepared.
     *
     * @param model whose input it is for, for messages
     * @param wanted what the model takes, where it takes images and says of what size
     * @param note told what was decided without being asked, in one line
     * @throws LamellaException if the data are not of a kind that this can be done to
     */
    public DataSource of(DataSource data, String model, Optional<ImageShape> wanted, Consumer<String> note) {
        DataSource prepared = layout == null ? data : data.channelsFirst(layout);
        if (channels != null) {
            prepared = prepared.withChannels(channels);
        } else if (wanted.isPresent()) {
            prepared = withChannels(prepared, wanted.get().channels(), model);
        }
        if (resize != null) {
            prepared = prepared.resized(wanted.map(this::cropped).orElse(resize));
        } else if (prepared.examples() instanceof ImageFolder images
                && wanted.filter(shape -> shape.isOfOneSize() && !images.isOf(shape))
                        .isPresent()) {
            Resize fitting = Resize.covering(wanted.get().height(), wanted.get().width());
            prepared = prepared.resized(fitting);
            note.accept("the images of %s are brought to the size its input takes: %s (--resize says otherwise)"
                    .formatted(data.source(), fitting));
        }
        return normalization == null ? prepared : prepared.normalized(normalization);
    }

    // What is larger than the model's images is cut to them; what is smaller is left for the model to refuse.
    private Resize cropped(ImageShape wanted) {
        Resize to = java.util.Objects.requireNonNull(resize);
        return wanted.isOfOneSize() && wanted.height() <= to.height() && wanted.width() <= to.width()
                ? to.croppedTo(wanted.height(), wanted.width())
                : to;
    }

    private static DataSource withChannels(DataSource data, int wanted, String model) {
        if (!(data.examples() instanceof Dataset images)) {
            return data;
        }
        int given = images instanceof ImageFolder folder
                ? folder.channels()
                : images.shape().size() == 3 ? images.shape().get(0) : wanted;
        boolean differ = wanted + given == 4 && wanted != given; // 1 and 3
        if (differ && wanted == 3 && images instanceof ImageFolder) {
            return data.withChannels(3);
        }
        if (differ) {
            throw new LamellaException(
                    model,
                    "it takes images of %d channel%s, and those of %s have %d; --channels %d %s"
                            .formatted(
                                    wanted,
                                    wanted == 1 ? "" : "s",
                                    data.source(),
                                    given,
                                    wanted,
                                    wanted == 1 ? "makes them grey" : "repeats the one"));
        }
        return data;
    }
}

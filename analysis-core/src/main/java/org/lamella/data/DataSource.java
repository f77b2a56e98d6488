package org.lamella.data;

import java.util.List;
import org.lamella.LamellaException;

/**
 * A data set and where it came from.
 *
 * @param source as the user named it: {@code KIND:PATH}
 * @param sha256 of its files, in order; for a folder of images, of the listing of their digests and names
 * @param preparation what was done to the numbers since they were read; empty for nothing
 */
public record DataSource(String source, Examples examples, String sha256, String preparation) {
    /** A data set as it was read. */
    public DataSource(String source, Examples examples, String sha256) {
        this(source, examples, sha256, "");
    }

    /** The same with every number less a mean, over a standard deviation: one number each, or one for each channel. */
    public DataSource normalized(List<Double> mean, List<Double> deviation) {
        return normalized(new Normalization(mean, deviation));
    }

    /** As {@link #normalized(List, List)}. */
    public DataSource normalized(Normalization by) {
        return with(Dataset.of(examples, "--normalize").normalized(by.mean(), by.deviation()), by.toString());
    }

    /** The same images in another size. */
    public DataSource resized(Resize resize) {
        return with(Dataset.of(examples, "--resize").resized(resize), resize.toString());
    }

    /** The same images with 1 or 3 channels. */
    public DataSource withChannels(int channels) {
        return with(Dataset.of(examples, "--channels").withChannels(channels), channels + " channels");
    }

    /**
     * The same images as channels, height, width.
     *
     * @param from how the arrays of an npz or npy file lie
     * @throws LamellaException for data of other kinds, which know how they lie
     */
    public DataSource channelsFirst(Layout from) {
        Dataset images = Dataset.of(examples, "--layout");
        if (!(images instanceof ArrayDataset)) {
            throw new LamellaException(
                    "--layout",
                    "is for arrays (npz, npy); images of " + source + " are known to be channels x height x width");
        }
        return from == Layout.NCHW ? this : with(images.channelsFirst(from), from.toString());
    }

    private DataSource with(Dataset prepared, String how) {
        return new DataSource(source, prepared, sha256, preparation.isEmpty() ? how : preparation + "; " + how);
    }
}

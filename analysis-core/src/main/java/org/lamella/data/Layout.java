package org.lamella.data;

/** How the images of an array lie: which of their axes is which. */
public enum Layout {
    /** Channels, height, width. */
    NCHW,
    /** Height, width, channels. */
    NHWC;

    /** In words. */
    @Override
    public String toString() {
        return this == NCHW ? "channels first" : "from channels last";
    }
}

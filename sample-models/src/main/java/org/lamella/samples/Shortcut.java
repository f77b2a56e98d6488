package org.lamella.samples;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What a residual block adds to its output where the stage changes size and number of channels (He et al. 2015, 3.3). */
public enum Shortcut {
    /** A 1 × 1 convolution of stride 2 (option B); the one layer more is a projection. */
    @JsonProperty("projection")
    PROJECTION,
    /** Every second pixel, and zeros for the channels that are new (option A); no parameters. */
    @JsonProperty("identity")
    IDENTITY
}

package org.lamella.samples.network;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What a block adds to its output, and how where the stage changes size and number of channels (He et al. 2015, 3.3). */
public enum Shortcut {
    /** The block's input; a 1 × 1 convolution of stride 2 where the size changes (option B). */
    @JsonProperty("projection")
    PROJECTION,
    /** The block's input; every second pixel, and zeros for the channels that are new, where the size changes (option A). */
    @JsonProperty("identity")
    IDENTITY,
    /** Nothing: a plain network. */
    @JsonProperty("none")
    NONE
}

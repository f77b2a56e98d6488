package org.lamella.activation;

/** Where a layer's activation has its channels (the features of a position), among the axes of one example. */
public enum ChannelOrder {
    /** Channels x positions, as in 16 x 28 x 28. */
    FIRST,
    /** Positions x channels, as in 28 x 28 x 16. */
    LAST,
    /** The model does not tell. */
    UNKNOWN
}

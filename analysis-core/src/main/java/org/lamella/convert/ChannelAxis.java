package org.lamella.convert;

import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.RNNFormat;

/** Where Deeplearning4j's arrays have their channels: before the positions or after them. */
enum ChannelAxis {
    FIRST,
    LAST;

    static ChannelAxis of(CNN2DFormat format) {
        return format == CNN2DFormat.NHWC ? LAST : FIRST;
    }

    static ChannelAxis of(RNNFormat format) {
        return format == RNNFormat.NWC ? LAST : FIRST;
    }
}

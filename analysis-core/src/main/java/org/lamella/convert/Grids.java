package org.lamella.convert;

import java.util.List;
import java.util.stream.LongStream;
import org.deeplearning4j.nn.conf.layers.LocalResponseNormalization;
import org.deeplearning4j.nn.conf.layers.SpaceToDepthLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling1D;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;
import org.deeplearning4j.nn.conf.layers.ZeroPadding1DLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping1D;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping2D;

/** Layers that move numbers about in images and sequences, and normalisation across neighbouring channels. */
final class Grids {
    private Grids() {}

    /** Padding: top, bottom, left, right. */
    static Value padded(LayerWriter to, ZeroPaddingLayer layer, Value input) {
        int[] padding = layer.getPadding();
        return padded(
                to,
                to.grid(input, ChannelAxis.of(layer.getDataFormat()), 2),
                new long[] {padding[0], padding[2]},
                new long[] {padding[1], padding[3]});
    }

    static Value paddedInTime(LayerWriter to, ZeroPadding1DLayer layer, Value input) {
        int[] padding = layer.getPadding();
        return padded(to, to.grid(input, ChannelAxis.FIRST, 1), new long[] {padding[0]}, new long[] {padding[1]});
    }

    private static Value padded(LayerWriter to, Grid grid, long[] before, long[] after) {
        int axes = before.length;
        long[] pads = new long[2 * (2 + axes)];
        long[] lengths = new long[axes];
        for (int i = 0; i < axes; i++) {
            pads[2 + i] = before[i];
            pads[4 + axes + i] = after[i];
            lengths[i] = grid.lengths().get(i) + before[i] + after[i];
        }
        String tensor = to.node("Pad", List.of(grid.tensor(), to.integers("pads", pads)));
        return grid.with(tensor, grid.channels(), boxed(lengths)).value();
    }

    /** Cropping: top, bottom, left, right. */
    static Value cropped(LayerWriter to, Cropping2D layer, Value input) {
        int[] cropping = layer.getCropping();
        return cropped(
                to,
                to.grid(input, ChannelAxis.of(layer.getDataFormat()), 2),
                new long[] {cropping[0], cropping[2]},
                new long[] {cropping[1], cropping[3]});
    }

    static Value croppedInTime(LayerWriter to, Cropping1D layer, Value input) {
        int[] cropping = layer.getCropping();
        return cropped(to, to.grid(input, ChannelAxis.FIRST, 1), new long[] {cropping[0]}, new long[] {cropping[1]});
    }

    static Value cropped(LayerWriter to, Grid grid, long[] before, long[] after) {
        int axes = before.length;
        long[] ends = new long[axes];
        long[] lengths = new long[axes];
        for (int i = 0; i < axes; i++) {
            ends[i] = grid.lengths().get(i) - after[i];
            lengths[i] = ends[i] - before[i];
        }
        String tensor = to.node(
                "Slice",
                List.of(
                        grid.tensor(),
                        to.integers("starts", before),
                        to.integers("ends", ends),
                        to.integers("axes", LongStream.range(2, 2 + axes).toArray())));
        return grid.with(tensor, grid.channels(), boxed(lengths)).value();
    }

    static Value enlarged(LayerWriter to, Upsampling2D layer, Value input) {
        return enlarged(to, to.grid(input, ChannelAxis.of(layer.getFormat()), 2), layer.getSize());
    }

    static Value enlargedInTime(LayerWriter to, Upsampling1D layer, Value input) {
        return enlarged(to, to.grid(input, ChannelAxis.FIRST, 1), layer.getSize());
    }

    private static Value enlarged(LayerWriter to, Grid grid, int[] size) {
        int axes = grid.lengths().size();
        float[] scales = new float[2 + axes];
        scales[0] = 1;
        scales[1] = 1;
        long[] lengths = new long[axes];
        for (int i = 0; i < axes; i++) {
            scales[2 + i] = size[i];
            lengths[i] = grid.lengths().get(i) * size[i];
        }
        String tensor = to.node(
                "Resize",
                List.of(grid.tensor(), "", to.graph().floats(to.layer() + "/scales", scales, scales.length)),
                Attribute.of("mode", "nearest"),
                Attribute.of("coordinate_transformation_mode", "asymmetric"),
                Attribute.of("nearest_mode", "floor"));
        return grid.with(tensor, grid.channels(), boxed(lengths)).value();
    }

    static Value spaceToDepth(LayerWriter to, SpaceToDepthLayer layer, Value input) {
        Grid grid = to.grid(input, ChannelAxis.of(layer.getDataFormat()), 2);
        long block = layer.getBlockSize();
        String tensor = to.node("SpaceToDepth", List.of(grid.tensor()), Attribute.of("blocksize", block));
        return grid.with(
                        tensor,
                        grid.channels() * block * block,
                        grid.lengths().stream().map(length -> length / block).toList())
                .value();
    }

    /** Deeplearning4j takes n / 2 channels on either side and does not divide by their number; ONNX does. */
    static Value normalizedAcrossChannels(LayerWriter to, LocalResponseNormalization layer, Value input) {
        Grid grid = to.grid(input, ChannelAxis.of(layer.getDataFormat()), 2);
        long size = 2 * ((long) layer.getN() / 2) + 1;
        return grid.with(to.node(
                        "LRN",
                        List.of(grid.tensor()),
                        Attribute.of("size", size),
                        Attribute.of("alpha", layer.getAlpha() * size),
                        Attribute.of("beta", layer.getBeta()),
                        Attribute.of("bias", layer.getK())))
                .value();
    }

    private static List<Long> boxed(long[] lengths) {
        return LongStream.of(lengths).boxed().toList();
    }
}

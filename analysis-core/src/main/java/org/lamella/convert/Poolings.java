package org.lamella.convert;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import onnx.Onnx.AttributeProto;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.Subsampling1DLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;

/** Pooling in windows and over all positions. */
final class Poolings {
    private Poolings() {}

    static Value images(LayerWriter to, SubsamplingLayer layer, Value input) {
        return pooled(to, layer, to.grid(input, ChannelAxis.of(layer.getCnn2dDataFormat()), 2));
    }

    static Value overTime(LayerWriter to, Subsampling1DLayer layer, Value input) {
        if (layer.getCnn2dDataFormat() != CNN2DFormat.NCHW) {
            throw to.unconvertible("sequences with their channels last");
        }
        return pooled(to, layer, to.grid(input, ChannelAxis.FIRST, 1));
    }

    private static Value pooled(LayerWriter to, SubsamplingLayer layer, Grid given) {
        Window window = Window.of(
                given.lengths().size(),
                layer.getKernelSize(),
                layer.getStride(),
                layer.getDilation(),
                layer.getPadding(),
                layer.getConvolutionMode());
        if (window.mode() == ConvolutionMode.Causal) {
            throw to.unconvertible("causal pooling");
        }
        if (window.isDilated() && layer.getPoolingType() != PoolingType.MAX) {
            throw to.unconvertible("dilated pooling that is not the maximum");
        }
        List<AttributeProto> attributes = new ArrayList<>(List.of(
                Attribute.of("kernel_shape", window.kernel()),
                Attribute.of("strides", window.stride()),
                Attribute.of("pads", window.pads(given.lengths()))));
        String operator = switch (layer.getPoolingType()) {
            case MAX -> {
                attributes.add(Attribute.of("dilations", window.dilation()));
                yield "MaxPool";
            }
            case AVG -> {
                attributes.add(Attribute.of("count_include_pad", layer.isAvgPoolIncludePadInDivisor() ? 1L : 0L));
                yield "AveragePool";
            }
            case PNORM -> {
                attributes.add(Attribute.of("p", (long) layer.getPnorm()));
                yield "LpPool";
            }
            case SUM -> throw to.unconvertible("sums in windows");
        };
        String tensor = to.node(operator, List.of(given.tensor()), attributes.toArray(AttributeProto[]::new));
        return given.with(tensor, given.channels(), window.over(given.lengths()))
                .value();
    }

    /** Deeplearning4j pools over axes 2 and on unless told otherwise, wherever the channels are. */
    static Value global(LayerWriter to, GlobalPoolingLayer layer, Value input) {
        int rank = input.rank();
        int[] axes = layer.getPoolingDimensions();
        if (axes == null) {
            axes = IntStream.range(2, rank).toArray();
        }
        int[] pooled = IntStream.of(axes)
                .map(axis -> axis < 0 ? axis + rank : axis)
                .sorted()
                .toArray();
        int[] positions = input.channelsMoved()
                ? IntStream.range(1, rank - 1).toArray()
                : IntStream.range(2, rank).toArray();
        List<Long> kept = IntStream.range(1, rank)
                .filter(axis -> Arrays.binarySearch(pooled, axis) < 0)
                .mapToObj(axis -> input.shape().get(axis - 1))
                .toList();
        Value reduced;
        if (rank > 2 && Arrays.equals(pooled, positions)) {
            reduced = new Value(overPositions(to, layer, input.tensor(), rank), kept, false);
        } else {
            long[] plainAxes = Arrays.stream(pooled).asLongStream().toArray();
            reduced = new Value(reduced(to, layer, to.plain(input), plainAxes), kept, false);
        }
        if (layer.isCollapseDimensions()) {
            return reduced;
        }
        List<Long> shape = new ArrayList<>(input.shape().subList(0, 1));
        IntStream.range(2, rank).forEach(axis -> shape.add(1L));
        return to.reshaped(reduced, shape);
    }

    /** The runtimes know the usual two as operators of their own, in any layout that they choose. */
    private static String overPositions(LayerWriter to, GlobalPoolingLayer layer, String tensor, int rank) {
        return switch (layer.getPoolingType()) {
            case AVG, MAX -> {
                String operator = layer.getPoolingType() == PoolingType.AVG ? "GlobalAveragePool" : "GlobalMaxPool";
                yield to.node("Flatten", List.of(to.node(operator, List.of(tensor))), Attribute.of("axis", 1L));
            }
            case SUM, PNORM ->
                reduced(
                        to,
                        layer,
                        tensor,
                        IntStream.range(2, rank).asLongStream().toArray());
        };
    }

    private static String reduced(LayerWriter to, GlobalPoolingLayer layer, String tensor, long[] axes) {
        AttributeProto flat = Attribute.of("keepdims", 0L);
        return switch (layer.getPoolingType()) {
            case AVG -> to.node("ReduceMean", List.of(tensor), Attribute.of("axes", axes), flat);
            case MAX -> to.node("ReduceMax", List.of(tensor), Attribute.of("axes", axes), flat);
            case SUM -> to.node("ReduceSum", List.of(tensor, to.integers("axes", axes)), flat);
            case PNORM -> {
                String powers = to.node("Pow", List.of(to.node("Abs", List.of(tensor)), to.number(layer.getPnorm())));
                String sums = to.node("ReduceSum", List.of(powers, to.integers("axes", axes)), flat);
                yield to.node("Pow", List.of(sums, to.number(1.0 / layer.getPnorm())));
            }
        };
    }
}

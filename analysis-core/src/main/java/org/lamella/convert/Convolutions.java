package org.lamella.convert;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Convolutions. */
final class Convolutions {
    private static final Window POINT =
            new Window(List.of(1L, 1L), List.of(1L, 1L), List.of(1L, 1L), List.of(0L, 0L), ConvolutionMode.Truncate);

    private Convolutions() {}

    /** Deeplearning4j's weights are outputs, inputs, height, width. */
    static Value plain(LayerWriter to, ConvolutionLayer layer, Value input) {
        INDArray weights = to.parameter("W");
        Kernels kernels = new Kernels(to.weights("W", weights), weights.size(0), 1);
        return activated(
                to, layer, convolved(to, image(to, layer, input), window(to, layer, 2), kernels, bias(to, layer)));
    }

    /** Deeplearning4j says that its weights are outputs, inputs, time, 1, and reads the same numbers as time, inputs, outputs. */
    static Value overTime(LayerWriter to, Convolution1DLayer layer, Value input) {
        Grid sequence = to.grid(input, ChannelAxis.of(layer.getRnnDataFormat()), 1);
        INDArray weights = to.parameter("W");
        INDArray read = weights.reshape(weights.ordering(), weights.size(2), weights.size(1), weights.size(0))
                .permute(2, 1, 0);
        Kernels kernels = new Kernels(to.weights("W", read), read.size(0), 1);
        return activated(to, layer, convolved(to, sequence, window(to, layer, 1), kernels, bias(to, layer)));
    }

    /** Deeplearning4j's weights are height, width, inputs, outputs of each input. */
    static Value depthwise(LayerWriter to, DepthwiseConvolution2D layer, Value input) {
        Kernels kernels = Kernels.ofEachInput(to, to.parameter("W").permute(2, 3, 0, 1));
        return activated(
                to, layer, convolved(to, image(to, layer, input), window(to, layer, 2), kernels, bias(to, layer)));
    }

    /**
     * Deeplearning4j's weights are outputs of each input, inputs, height, width; then, for single points, outputs, inputs, 1, 1.
     */
    static Value separable(LayerWriter to, SeparableConvolution2D layer, Value input) {
        Kernels deep = Kernels.ofEachInput(to, to.parameter("W").permute(1, 0, 2, 3));
        INDArray weights = to.parameter("pW");
        Kernels point = new Kernels(to.weights("pW", weights), weights.size(0), 1);
        Grid between = convolved(to, image(to, layer, input), window(to, layer, 2), deep, List.of());
        return activated(to, layer, convolved(to, between, POINT, point, bias(to, layer)));
    }

    /** Deeplearning4j's weights are inputs, outputs, height, width. */
    static Value transposed(LayerWriter to, Deconvolution2D layer, Value input) {
        Grid image = image(to, layer, input);
        Window window = window(to, layer, 2);
        long[] pads = new long[4];
        long[] more = new long[2];
        List<Long> lengths = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            long given = image.lengths().get(i);
            long whole = (given - 1) * window.stride().get(i) + window.extent(i);
            long kept = window.mode() == ConvolutionMode.Same
                    ? given * window.stride().get(i)
                    : whole - 2 * window.padding().get(i);
            long cut = Math.max(0, whole - kept);
            pads[i] = cut / 2;
            pads[2 + i] = cut - cut / 2;
            more[i] = Math.max(0, kept - whole);
            lengths.add(kept);
        }
        INDArray weights = to.parameter("W");
        List<String> inputs = new ArrayList<>(List.of(image.tensor(), to.weights("W", weights)));
        inputs.addAll(bias(to, layer));
        String tensor = to.node(
                "ConvTranspose",
                inputs,
                Attribute.of("kernel_shape", window.kernel()),
                Attribute.of("strides", window.stride()),
                Attribute.of("dilations", window.dilation()),
                Attribute.of("pads", pads),
                Attribute.of("output_padding", more));
        return activated(to, layer, image.with(tensor, weights.size(1), lengths));
    }

    /** @param groups how many parts the inputs are in that do not meet */
    private record Kernels(String weights, long outputs, long groups) {
        /** @param weights inputs, outputs of each input, height, width */
        static Kernels ofEachInput(LayerWriter to, INDArray weights) {
            long inputs = weights.size(0);
            long outputs = inputs * weights.size(1);
            return new Kernels(to.weights("W", weights, outputs, 1, weights.size(2), weights.size(3)), outputs, inputs);
        }
    }

    private static Grid image(LayerWriter to, ConvolutionLayer layer, Value input) {
        return to.grid(input, ChannelAxis.of(layer.getCnn2dDataFormat()), 2);
    }

    private static List<String> bias(LayerWriter to, ConvolutionLayer layer) {
        return layer.hasBias() ? List.of(to.vector("b")) : List.of();
    }

    private static Window window(LayerWriter to, ConvolutionLayer layer, int axes) {
        if (layer.getConvolutionMode() == ConvolutionMode.Causal && axes > 1) {
            throw to.unconvertible("a causal convolution of images");
        }
        return Window.of(
                axes,
                layer.getKernelSize(),
                layer.getStride(),
                layer.getDilation(),
                layer.getPadding(),
                layer.getConvolutionMode());
    }

    private static Grid convolved(LayerWriter to, Grid image, Window window, Kernels kernels, List<String> bias) {
        List<String> inputs = new ArrayList<>(List.of(image.tensor(), kernels.weights()));
        inputs.addAll(bias);
        String tensor = to.node(
                "Conv",
                inputs,
                Attribute.of("kernel_shape", window.kernel()),
                Attribute.of("strides", window.stride()),
                Attribute.of("dilations", window.dilation()),
                Attribute.of("pads", window.pads(image.lengths())),
                Attribute.of("group", kernels.groups()));
        return image.with(tensor, kernels.outputs(), window.over(image.lengths()));
    }

    private static Value activated(LayerWriter to, ConvolutionLayer layer, Grid grid) {
        return ActivationFunctions.apply(to, layer.getActivationFn(), grid.value());
    }
}

package org.lamella.convert;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Layers of single units: dense and output layers, batch normalisation, activation functions of their own. */
final class Units {
    private Units() {}

    static Value dense(LayerWriter to, DenseLayer layer, Value input) {
        if (layer.hasLayerNorm()) {
            throw to.unconvertible("layer normalisation");
        }
        return dense(to, layer, input, layer.hasBias());
    }

    static Value output(LayerWriter to, OutputLayer layer, Value input) {
        return dense(to, layer, input, layer.hasBias());
    }

    /** Weights: inputs, outputs. */
    static Value dense(LayerWriter to, FeedForwardLayer layer, Value input, boolean bias) {
        INDArray weights = to.parameter("W");
        if (input.shape().size() != 1) {
            throw to.unconvertible("it is given arrays of %d axes".formatted(input.rank()));
        }
        List<String> inputs = new ArrayList<>(List.of(input.tensor(), to.weights("W", weights)));
        if (bias) {
            inputs.add(to.vector("b"));
        }
        Value summed = new Value(to.node("Gemm", inputs), List.of(weights.size(1)), false);
        return ActivationFunctions.apply(to, layer.getActivationFn(), summed);
    }

    static Value activation(LayerWriter to, ActivationLayer layer, Value input) {
        return ActivationFunctions.apply(to, layer.getActivationFn(), input);
    }

    static Value loss(LayerWriter to, LossLayer layer, Value input) {
        return ActivationFunctions.apply(to, layer.getActivationFn(), input);
    }

    /** Deeplearning4j puts the channels last before it applies the function. */
    static Value imageLoss(LayerWriter to, CnnLossLayer layer, Value input) {
        Grid image = to.grid(input, ChannelAxis.of(layer.getFormat()), 2);
        Value last = new Grid(image.tensor(), image.channels(), image.lengths(), ChannelAxis.LAST).value();
        return image.with(ActivationFunctions.apply(to, layer.getActivationFn(), last)
                        .tensor())
                .value();
    }

    /** With a fixed scale and shift Deeplearning4j applies them only if neither is neutral. */
    static Value batchNormalization(LayerWriter to, BatchNormalization layer, Value input) {
        int units = Math.toIntExact(to.parameter("mean").length());
        String scale;
        String shift;
        if (layer.isLockGammaBeta()) {
            boolean applied = layer.getGamma() != 1 && layer.getBeta() != 0;
            scale = constant(to, "gamma", applied ? layer.getGamma() : 1, units);
            shift = constant(to, "beta", applied ? layer.getBeta() : 0, units);
        } else {
            scale = to.vector("gamma");
            shift = to.vector("beta");
        }
        List<String> statistics =
                List.of(scale, shift, to.vector("mean"), layer.isUseLogStd() ? variance(to) : to.vector("var"));
        Value given = input;
        if (input.rank() == 4) {
            given = to.grid(input, ChannelAxis.of(layer.getCnn2DFormat()), 2).value();
        } else if (input.rank() != 2) {
            throw to.unconvertible("it is given arrays of %d axes".formatted(input.rank()));
        }
        List<String> inputs = new ArrayList<>(List.of(given.tensor()));
        inputs.addAll(statistics);
        return given.as(to.node("BatchNormalization", inputs, Attribute.of("epsilon", layer.getEps())));
    }

    private static String constant(LayerWriter to, String name, double value, int length) {
        float[] values = new float[length];
        Arrays.fill(values, (float) value);
        return to.graph().floats(to.layer() + "/" + name, values, length);
    }

    /** Some networks keep the decimal logarithm of the standard deviation. */
    private static String variance(LayerWriter to) {
        float[] logarithms = to.parameter("log10stdev").dup('c').data().asFloat();
        float[] variance = new float[logarithms.length];
        for (int i = 0; i < variance.length; i++) {
            double deviation = Math.pow(10, logarithms[i]);
            variance[i] = (float) (deviation * deviation);
        }
        return to.graph().floats(to.layer() + "/var", variance, variance.length);
    }

    /** Slopes have the shape of one example, with 1 for the axes that share them. */
    static Value prelu(LayerWriter to, PReLULayer layer, Value input) {
        INDArray slopes = to.parameter("W");
        int axes = input.shape().size();
        if (slopes.rank() != axes) {
            slopes = slopes.reshape('c', slopesShape(to, slopes, axes));
        }
        if (input.channelsMoved()) {
            int[] order = IntStream.range(0, axes)
                    .map(axis -> axis == 0 ? axes - 1 : axis - 1)
                    .toArray();
            slopes = slopes.permute(order);
        }
        return input.as(to.node("PRelu", List.of(input.tensor(), to.weights("W", slopes))));
    }

    private static long[] slopesShape(LayerWriter to, INDArray slopes, int axes) {
        long[] shape = slopes.shape();
        int surplus = shape.length - axes;
        if (surplus != 1 || shape[0] != 1) {
            throw to.unconvertible("slopes of shape " + Arrays.toString(shape));
        }
        return Arrays.copyOfRange(shape, 1, shape.length);
    }
}

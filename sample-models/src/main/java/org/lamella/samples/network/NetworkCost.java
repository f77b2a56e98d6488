package org.lamella.samples.network;

import static java.util.Objects.requireNonNull;

import java.util.Map;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.inputs.InputType.InputTypeConvolutional;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.LossLayer;

/**
 * What a network takes.
 *
 * @param parameters trainable numbers
 * @param multiplyAdds of the convolutions and dense layers for one example, forward
 * @param activations numbers that one example makes in all layers together; each takes 4 bytes
 */
public record NetworkCost(long parameters, long multiplyAdds, long activations) {
    /** Counts without making the network. */
    public static NetworkCost of(Network network) {
        ComputationGraphConfiguration graph = network.configuration();
        Map<String, InputType> types = graph.getLayerActivationTypes(network.input());
        long parameters = 0;
        long multiplyAdds = 0;
        long activations = 0;
        for (Map.Entry<String, GraphVertex> entry : graph.getVertices().entrySet()) {
            InputType output = requireNonNull(types.get(entry.getKey()));
            parameters += trainable(entry.getValue());
            multiplyAdds += multiplyAdds(entry.getValue(), output);
            activations += isLoss(entry.getValue())
                    ? requireNonNull(types.get(
                                    requireNonNull(graph.getVertexInputs().get(entry.getKey()))
                                            .get(0)))
                            .arrayElementsPerExample()
                    : output.arrayElementsPerExample();
        }
        return new NetworkCost(parameters, multiplyAdds, activations);
    }

    // A loss layer says that it has no size; it has that of its input.
    private static boolean isLoss(GraphVertex vertex) {
        return vertex instanceof LayerVertex layer && layer.getLayerConf().getLayer() instanceof LossLayer;
    }

    /** Bytes of the parameters as float32. */
    public long bytes() {
        return parameters * Float.BYTES;
    }

    // Deeplearning4j counts running mean and variance as parameters; nothing trains them.
    private static long trainable(GraphVertex vertex) {
        long all = vertex.numParams(true);
        return vertex instanceof LayerVertex layer
                        && layer.getLayerConf().getLayer() instanceof BatchNormalization normalization
                ? all - 2 * normalization.getNOut()
                : all;
    }

    private static long multiplyAdds(GraphVertex vertex, InputType output) {
        if (!(vertex instanceof LayerVertex layer)
                || !(layer.getLayerConf().getLayer() instanceof FeedForwardLayer weighted)) {
            return 0;
        }
        long pairs = weighted.getNIn() * weighted.getNOut();
        if (weighted instanceof ConvolutionLayer convolution && output instanceof InputTypeConvolutional image) {
            int[] kernel = convolution.getKernelSize();
            return pairs * kernel[0] * kernel[1] * image.getHeight() * image.getWidth();
        }
        return weighted instanceof DenseLayer ? pairs : 0;
    }
}

package org.lamella.dl4j;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.conf.layers.BaseRecurrentLayer;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnLossLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossBinaryXENT;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;
import org.nd4j.linalg.lossfunctions.impl.LossMSE;

/**
 * Losses for the outputs of a network that was imported without them: Deeplearning4j trains only what ends in layers with a loss. A
 * dense layer that gives vectors, and an activation layer of vectors, sequences or images, gets the loss that goes with its activation
 * function: cross-entropy with softmax and sigmoid, else the mean squared error. What the layer computes, its name and its parameters
 * stay; other outputs stay without a loss.
 */
final class OutputLosses {
    private OutputLosses() {}

    /**
     * Gives the outputs losses.
     *
     * @param structure is changed
     * @param ranks of what its vertices give
     * @return the outputs that are still without
     */
    static List<String> give(ComputationGraphConfiguration structure, VertexRanks ranks) {
        List<String> without = new ArrayList<>();
        for (String output : structure.getNetworkOutputs()) {
            boolean hasLoss = structure.getVertices().get(output) instanceof LayerVertex vertex
                    && (hasLoss(vertex.getLayerConf().getLayer()) || give(vertex, output, ranks.of(output), structure));
            if (!hasLoss) {
                without.add(output);
            }
        }
        return without;
    }

    /** Losses of images and sequences are layers of their own kinds, told by what they are called. */
    private static boolean hasLoss(Layer layer) {
        return layer instanceof BaseOutputLayer
                || layer instanceof LossLayer
                || layer.getClass().getSimpleName().matches(".*(Loss|Output)Layer");
    }

    private static boolean give(LayerVertex vertex, String name, int rank, ComputationGraphConfiguration structure) {
        Layer layer = vertex.getLayerConf().getLayer();
        Layer withLoss = null;
        if (layer instanceof DenseLayer dense && !dense.hasLayerNorm() && (rank == VertexRanks.VECTOR || rank == 0)) {
            // Of the two that a dense layer may give, vectors are the rule.
            withLoss = output(dense, name);
        } else if (layer instanceof ActivationLayer activation) {
            withLoss = switch (rank) {
                case VertexRanks.VECTOR -> vectors(activation.getActivationFn(), name);
                case VertexRanks.SEQUENCE -> sequences(activation.getActivationFn(), name, format(structure));
                case VertexRanks.IMAGE -> images(activation.getActivationFn(), name, channels(structure));
                default -> null;
            };
        }
        if (withLoss == null) {
            return false;
        }
        vertex.getLayerConf().setLayer(withLoss);
        vertex.setOutputVertex(true);
        return true;
    }

    private static Layer vectors(IActivation function, String name) {
        return new LossLayer.Builder(loss(function))
                .activation(function)
                .name(name)
                .build();
    }

    private static Layer sequences(IActivation function, String name, RNNFormat format) {
        return new RnnLossLayer.Builder(loss(function))
                .activation(function)
                .dataFormat(format)
                .name(name)
                .build();
    }

    private static Layer images(IActivation function, String name, CNN2DFormat format) {
        return new CnnLossLayer.Builder(loss(function))
                .activation(function)
                .format(format)
                .name(name)
                .build();
    }

    /** A network has all its images in one order. */
    private static CNN2DFormat channels(ComputationGraphConfiguration structure) {
        return layers(structure).anyMatch(OutputLosses::hasChannelsLast) ? CNN2DFormat.NHWC : CNN2DFormat.NCHW;
    }

    private static boolean hasChannelsLast(Layer layer) {
        return (layer instanceof ConvolutionLayer convolution && convolution.getCnn2dDataFormat() == CNN2DFormat.NHWC)
                || (layer instanceof SubsamplingLayer pooling && pooling.getCnn2dDataFormat() == CNN2DFormat.NHWC);
    }

    /** And all its sequences. */
    private static RNNFormat format(ComputationGraphConfiguration structure) {
        return layers(structure).anyMatch(OutputLosses::hasFeaturesLast) ? RNNFormat.NWC : RNNFormat.NCW;
    }

    private static boolean hasFeaturesLast(Layer layer) {
        return (layer instanceof BaseRecurrentLayer recurrent && recurrent.getRnnDataFormat() == RNNFormat.NWC)
                || (layer instanceof Convolution1DLayer convolution && convolution.getRnnDataFormat() == RNNFormat.NWC);
    }

    private static Stream<Layer> layers(ComputationGraphConfiguration structure) {
        return structure.getVertices().values().stream()
                .filter(LayerVertex.class::isInstance)
                .map(vertex -> ((LayerVertex) vertex).getLayerConf().getLayer());
    }

    private static OutputLayer output(DenseLayer dense, String name) {
        OutputLayer output = new OutputLayer.Builder(loss(dense.getActivationFn()))
                .nIn((int) dense.getNIn())
                .nOut((int) dense.getNOut())
                .hasBias(dense.hasBias())
                .activation(dense.getActivationFn())
                .name(name)
                .build();
        output.setWeightInitFn(dense.getWeightInitFn());
        output.setBiasInit(dense.getBiasInit());
        output.setGainInit(dense.getGainInit());
        output.setRegularization(dense.getRegularization());
        output.setRegularizationBias(dense.getRegularizationBias());
        output.setIUpdater(dense.getIUpdater());
        output.setBiasUpdater(dense.getBiasUpdater());
        output.setWeightNoise(dense.getWeightNoise());
        output.setGradientNormalization(dense.getGradientNormalization());
        output.setGradientNormalizationThreshold(dense.getGradientNormalizationThreshold());
        output.setIDropout(dense.getIDropout());
        output.setConstraints(dense.getConstraints());
        return output;
    }

    private static ILossFunction loss(IActivation activation) {
        if (activation instanceof ActivationSoftmax) {
            return new LossMCXENT();
        }
        return activation instanceof ActivationSigmoid ? new LossBinaryXENT() : new LossMSE();
    }
}

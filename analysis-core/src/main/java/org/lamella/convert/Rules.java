package org.lamella.convert;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.FrozenVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.L2NormalizeVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.PoolHelperVertex;
import org.deeplearning4j.nn.conf.graph.PreprocessorVertex;
import org.deeplearning4j.nn.conf.graph.ReshapeVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.graph.ShiftVertex;
import org.deeplearning4j.nn.conf.graph.SubsetVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.CenterLossOutputLayer;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.Convolution1D;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.Convolution2D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LocalResponseNormalization;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.Pooling1D;
import org.deeplearning4j.nn.conf.layers.Pooling2D;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.SpaceToDepthLayer;
import org.deeplearning4j.nn.conf.layers.Subsampling1DLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling1D;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;
import org.deeplearning4j.nn.conf.layers.ZeroPadding1DLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping1D;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping2D;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;

/**
 * Which kinds of layers and vertices can be written, and by what. A kind is a class and not its subclasses, which may compute
 * something else.
 */
final class Rules {
    /** Writes layers of one kind. */
    @FunctionalInterface
    interface LayerRule<L> {
        Value write(LayerWriter to, L layer, Value input);
    }

    /** Writes vertices of one kind. */
    @FunctionalInterface
    interface VertexRule<V> {
        Value write(LayerWriter to, V vertex, List<Value> inputs);
    }

    private static final Map<Class<?>, LayerRule<Layer>> LAYERS = new HashMap<>();
    private static final Map<Class<?>, VertexRule<GraphVertex>> VERTICES = new HashMap<>();

    static {
        layer(ConvolutionLayer.class, Convolutions::plain);
        layer(Convolution2D.class, Convolutions::plain);
        layer(Convolution1DLayer.class, Convolutions::overTime);
        layer(Convolution1D.class, Convolutions::overTime);
        layer(DepthwiseConvolution2D.class, Convolutions::depthwise);
        layer(SeparableConvolution2D.class, Convolutions::separable);
        layer(Deconvolution2D.class, Convolutions::transposed);
        layer(SubsamplingLayer.class, Poolings::images);
        layer(Pooling2D.class, Poolings::images);
        layer(Subsampling1DLayer.class, Poolings::overTime);
        layer(Pooling1D.class, Poolings::overTime);
        layer(GlobalPoolingLayer.class, Poolings::global);
        layer(ZeroPaddingLayer.class, Grids::padded);
        layer(ZeroPadding1DLayer.class, Grids::paddedInTime);
        layer(Cropping2D.class, Grids::cropped);
        layer(Cropping1D.class, Grids::croppedInTime);
        layer(Upsampling2D.class, Grids::enlarged);
        layer(Upsampling1D.class, Grids::enlargedInTime);
        layer(SpaceToDepthLayer.class, Grids::spaceToDepth);
        layer(LocalResponseNormalization.class, Grids::normalizedAcrossChannels);
        layer(DenseLayer.class, Units::dense);
        layer(OutputLayer.class, Units::output);
        layer(CenterLossOutputLayer.class, (to, layer, input) -> Units.dense(to, layer, input, layer.hasBias()));
        layer(BatchNormalization.class, Units::batchNormalization);
        layer(ActivationLayer.class, Units::activation);
        layer(PReLULayer.class, Units::prelu);
        layer(LossLayer.class, Units::loss);
        layer(CnnLossLayer.class, Units::imageLoss);
        layer(DropoutLayer.class, (to, layer, input) -> input);
        layer(FrozenLayer.class, (to, layer, input) -> write(to, layer.getLayer(), input));
        layer(FrozenLayerWithBackprop.class, (to, layer, input) -> write(to, layer.getUnderlying(), input));

        vertex(LayerVertex.class, Rules::layerVertex);
        vertex(ElementWiseVertex.class, Vertices::elementWise);
        vertex(MergeVertex.class, Vertices::merge);
        vertex(ScaleVertex.class, Vertices::scale);
        vertex(ShiftVertex.class, Vertices::shift);
        vertex(SubsetVertex.class, Vertices::subset);
        vertex(L2NormalizeVertex.class, Vertices::unitLength);
        vertex(ReshapeVertex.class, Vertices::reshape);
        vertex(PoolHelperVertex.class, (to, vertex, inputs) -> Vertices.withoutFirst(to, inputs));
        vertex(
                PreprocessorVertex.class,
                (to, vertex, inputs) -> Preprocessors.apply(to, vertex.getPreProcessor(), inputs.get(0)));
        vertex(FrozenVertex.class, (to, vertex, inputs) -> write(to, vertex.getUnderlying(), inputs));
    }

    private Rules() {}

    private static <L extends Layer> void layer(Class<L> kind, LayerRule<? super L> rule) {
        LAYERS.put(kind, (to, layer, input) -> rule.write(to, kind.cast(layer), input));
    }

    private static <V extends GraphVertex> void vertex(Class<V> kind, VertexRule<? super V> rule) {
        VERTICES.put(kind, (to, vertex, inputs) -> rule.write(to, kind.cast(vertex), inputs));
    }

    /** @throws UnconvertibleException if there is no rule for the vertex, or none for what it is set to */
    static Value write(LayerWriter to, GraphVertex vertex, List<Value> inputs) {
        VertexRule<GraphVertex> rule = VERTICES.get(vertex.getClass());
        if (rule == null) {
            throw to.unconvertible("vertices of this kind are not written in ONNX");
        }
        return rule.write(to, vertex, inputs);
    }

    private static Value layerVertex(LayerWriter to, LayerVertex vertex, List<Value> inputs) {
        Value input = inputs.get(0);
        if (vertex.getPreProcessor() != null) {
            input = Preprocessors.apply(to, vertex.getPreProcessor(), input);
        }
        return write(to, vertex.getLayerConf().getLayer(), input);
    }

    private static Value write(LayerWriter to, Layer layer, Value input) {
        LayerRule<Layer> rule = LAYERS.get(layer.getClass());
        if (rule == null) {
            throw to.unconvertible("layers of this kind are not written in ONNX");
        }
        return rule.write(to, layer, input);
    }
}

package org.lamella.dl4j;

import static java.util.Objects.requireNonNull;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.graph.ShiftVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.AutoEncoder;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnnPreProcessor;
import org.lamella.LamellaException;
import org.lamella.data.Dataset;

/** What a network takes in, as far as the layers that take it tell. */
sealed interface Dl4jInput {

    /** Vectors. An example of any shape with as many numbers is one, channel by channel and row by row. */
    record Vectors(long features) implements Dl4jInput {
        @Override
        public String text() {
            return "vectors of " + features;
        }

        @Override
        public boolean takes(List<Integer> shape) {
            return product(shape) == features;
        }

        @Override
        public List<Integer> arranged(List<Integer> shape) {
            return List.of(Math.toIntExact(features));
        }

        @Override
        public InputType type(List<Integer> shape) {
            return InputType.feedForward(features);
        }
    }

    /**
     * Images.
     *
     * @param channels -1 if any number will do
     * @param height -1 if any will do, as in {@code width}
     */
    record Images(long channels, long height, long width, CNN2DFormat format) implements Dl4jInput {
        @Override
        public String text() {
            return "images of " + text(channels) + " x " + text(height) + " x " + text(width);
        }

        private static String text(long length) {
            return length < 0 ? "any" : Long.toString(length);
        }

        @Override
        public boolean takes(List<Integer> shape) {
            return shape.size() == 3
                    && fits(channels, shape.get(0))
                    && fits(height, shape.get(1))
                    && fits(width, shape.get(2));
        }

        private static boolean fits(long wanted, int given) {
            return wanted < 0 || wanted == given;
        }

        @Override
        public List<Integer> arranged(List<Integer> shape) {
            return channelsLast() ? List.of(shape.get(1), shape.get(2), shape.get(0)) : shape;
        }

        @Override
        public boolean channelsLast() {
            return format == CNN2DFormat.NHWC;
        }

        @Override
        public InputType type(List<Integer> shape) {
            return InputType.convolutional(shape.get(1), shape.get(2), shape.get(0), format);
        }
    }

    /** Whatever the data are: the layers that take it do not tell what they need. */
    record Anything() implements Dl4jInput {
        @Override
        public String text() {
            return "anything";
        }

        @Override
        public boolean takes(List<Integer> shape) {
            return true;
        }

        @Override
        public List<Integer> arranged(List<Integer> shape) {
            return shape;
        }

        @Override
        public InputType type(List<Integer> shape) {
            return switch (shape.size()) {
                case 1 -> InputType.feedForward(shape.get(0));
                case 2 -> InputType.recurrent(shape.get(0), shape.get(1));
                case 3 -> InputType.convolutional(shape.get(1), shape.get(2), shape.get(0));
                default -> throw new IllegalArgumentException("no input type has the shape " + shape);
            };
        }
    }

    /** For messages. */
    String text();

    /** Whether examples of this shape can be given to the network. */
    boolean takes(List<Integer> shape);

    /** The shape in which an example of this shape is given. */
    List<Integer> arranged(List<Integer> shape);

    /** Whether images are given as height, width, channels. */
    default boolean channelsLast() {
        return false;
    }

    /** The data as the network takes them. */
    default Dl4jFeed feed(Dataset data) {
        return new Dl4jFeed(data, arranged(data.shape()), channelsLast());
    }

    /** The same in Deeplearning4j's words. */
    InputType type(List<Integer> shape);

    /** @throws LamellaException if examples of the data cannot be given to the network */
    default void require(String model, Dataset data) {
        if (!takes(data.shape())) {
            throw new LamellaException(
                    model,
                    "it takes %s, but an example of %s is %s"
                            .formatted(
                                    text(),
                                    data.name(),
                                    data.shape().stream().map(String::valueOf).collect(Collectors.joining(" x "))));
        }
    }

    private static long product(List<Integer> shape) {
        return shape.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
    }

    /** What the first layers on the input's paths say that tell anything. */
    static Dl4jInput of(ComputationGraphConfiguration graph) {
        return takenFrom(graph, graph.getNetworkInputs().get(0), new HashSet<>());
    }

    private static Dl4jInput takenFrom(ComputationGraphConfiguration graph, String source, Set<String> seen) {
        for (Map.Entry<String, List<String>> connection :
                graph.getVertexInputs().entrySet()) {
            String name = connection.getKey();
            if (connection.getValue().contains(source) && seen.add(name)) {
                GraphVertex vertex = requireNonNull(graph.getVertices().get(name));
                Dl4jInput taken = leavesShape(vertex) ? takenFrom(graph, name, seen) : takenBy(vertex);
                if (!(taken instanceof Anything)) {
                    return taken;
                }
            }
        }
        return new Anything();
    }

    private static boolean leavesShape(GraphVertex vertex) {
        if (vertex instanceof LayerVertex layerVertex) {
            Layer layer = layerVertex.getLayerConf().getLayer();
            return layerVertex.getPreProcessor() == null
                    && (layer instanceof ActivationLayer
                            || layer instanceof DropoutLayer
                            || layer instanceof BatchNormalization);
        }
        return vertex instanceof ElementWiseVertex || vertex instanceof ScaleVertex || vertex instanceof ShiftVertex;
    }

    private static Dl4jInput takenBy(GraphVertex vertex) {
        if (!(vertex instanceof LayerVertex layerVertex)) {
            return new Anything();
        }
        InputPreProcessor before = layerVertex.getPreProcessor();
        if (before instanceof FeedForwardToCnnPreProcessor toImage) {
            return new Vectors(Math.multiplyExact(
                    Math.multiplyExact(toImage.getInputHeight(), toImage.getInputWidth()), toImage.getNumChannels()));
        }
        if (before instanceof CnnToFeedForwardPreProcessor flatten) {
            return new Images(
                    flatten.getNumChannels(), flatten.getInputHeight(), flatten.getInputWidth(), flatten.getFormat());
        }
        return before == null ? takenBy(layerVertex.getLayerConf().getLayer()) : new Anything();
    }

    private static Dl4jInput takenBy(Layer layer) {
        if (layer instanceof Convolution1DLayer || layer instanceof Convolution3D) {
            return new Anything();
        }
        if (layer instanceof ConvolutionLayer convolution) {
            return new Images(convolution.getNIn(), -1, -1, convolution.getCnn2dDataFormat());
        }
        if (layer.getClass() == SubsamplingLayer.class) {
            return new Images(-1, -1, -1, ((SubsamplingLayer) layer).getCnn2dDataFormat());
        }
        if (layer instanceof ZeroPaddingLayer padding) {
            return new Images(-1, -1, -1, padding.getDataFormat());
        }
        if (layer instanceof Upsampling2D upsampling) {
            return new Images(-1, -1, -1, upsampling.getFormat());
        }
        if (layer instanceof DenseLayer || layer.getClass() == OutputLayer.class || layer instanceof AutoEncoder) {
            return new Vectors(((FeedForwardLayer) layer).getNIn());
        }
        return new Anything();
    }
}

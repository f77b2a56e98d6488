package org.lamella.dl4j;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToLongFunction;
import java.util.stream.LongStream;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.inputs.InputType.InputTypeConvolutional;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.jspecify.annotations.Nullable;
import org.lamella.activation.ChannelOrder;
import org.lamella.activation.Layer;

/** Describes the layers of a network from its configuration alone; the native library is not needed. */
final class Dl4jStructure {
    /** Image sizes tried in the search for the one that fits the network's flattening. */
    private static final int LARGEST_IMAGE = 1024;

    /** Two sizes that any network can shrink, so different that what depends on the size shows. */
    private static final int[] PROBES = {512, 768};

    private final ComputationGraphConfiguration graph;
    private final Dl4jInput input;

    private final List<Integer> inputShape;

    private Dl4jStructure(ComputationGraphConfiguration graph, List<Integer> inputShape) {
        this.graph = graph;
        this.inputShape = inputShape;
        this.input = Dl4jInput.of(graph);
    }

    /** The input and every vertex, in the order in which they are computed. */
    static List<Layer> layers(SavedNetwork saved) {
        ComputationGraphConfiguration graph = saved.configuration();
        // Asking for shapes lets Deeplearning4j change a configuration, so it is asked on a copy.
        Map<String, List<Integer>> shapes =
                new Dl4jStructure(Dl4jConfiguration.copy(graph), saved.inputShape()).shapes();
        List<Layer> layers = new ArrayList<>();
        for (String name : graph.getTopologicalOrderStr()) {
            GraphVertex vertex = graph.getVertices().get(name);
            layers.add(new Layer(
                    layers.size(),
                    name,
                    vertex == null ? "Input" : kind(vertex),
                    shapes.getOrDefault(name, List.of(-1)),
                    vertex == null ? 0 : trainable(vertex)));
        }
        return List.copyOf(layers);
    }

    /**
     * Where vertices have their channels, as Deeplearning4j infers it; missing where it does not, or infers other shapes than were seen.
     *
     * @param example shape of one example, channels first
     * @param seen shapes of what the vertices gave for it
     */
    static Map<String, ChannelOrder> channels(
            SavedNetwork saved, List<Integer> example, Map<String, List<Integer>> seen) {
        Dl4jStructure structure = new Dl4jStructure(Dl4jConfiguration.copy(saved.configuration()), List.of());
        Map<String, InputType> types =
                example.size() > 3 || structure.graph.getNetworkInputs().size() != 1
                        ? Map.of()
                        : structure.types(structure.input.type(example));
        Map<String, List<Integer>> inferred = lengths(types);
        Map<String, ChannelOrder> channels = new HashMap<>();
        types.forEach((name, type) -> {
            if (Objects.equals(inferred.get(name), seen.get(name))) {
                channels.put(name, order(type));
            }
        });
        return channels;
    }

    private static ChannelOrder order(InputType type) {
        if (type instanceof InputTypeConvolutional image) {
            return image.getFormat() == CNN2DFormat.NHWC ? ChannelOrder.LAST : ChannelOrder.FIRST;
        }
        if (type instanceof InputType.InputTypeRecurrent sequence) {
            return sequence.getFormat() == RNNFormat.NWC ? ChannelOrder.LAST : ChannelOrder.FIRST;
        }
        return ChannelOrder.UNKNOWN;
    }

    static String kind(GraphVertex vertex) {
        if (vertex instanceof LayerVertex layer) {
            return layer.getLayerConf().getLayer().getClass().getSimpleName();
        }
        String kind = vertex.getClass().getSimpleName();
        return vertex instanceof ElementWiseVertex elementWise ? kind + "(" + elementWise.getOp() + ")" : kind;
    }

    /** Deeplearning4j counts the running mean and variance of a batch normalisation as parameters; they are not trained. */
    private static long trainable(GraphVertex vertex) {
        long all = vertex.numParams(true);
        return vertex instanceof LayerVertex layer
                        && layer.getLayerConf().getLayer() instanceof BatchNormalization normalization
                ? all - 2 * normalization.getNOut()
                : all;
    }

    private Map<String, List<Integer>> shapes() {
        if (graph.getNetworkInputs().size() != 1) {
            return Map.of();
        }
        if (!(input instanceof Dl4jInput.Images images)) {
            return input instanceof Dl4jInput.Vectors vectors ? lengths(types(vectors.type(List.of()))) : Map.of();
        }
        if (images.channels() < 0) {
            return Map.of();
        }
        if (inputShape.size() == 3) {
            int first = images.channelsLast() ? 0 : 1;
            return lengths(types(image(images, inputShape.get(first), inputShape.get(first + 1))));
        }
        long height = images.height();
        long width = images.width();
        for (int side = 1; side <= LARGEST_IMAGE && (height < 0 || width < 0) && flattens(); side++) {
            Map<String, InputType> types = types(image(images, side, side));
            if (height < 0
                    && fits(types, InputTypeConvolutional::getHeight, CnnToFeedForwardPreProcessor::getInputHeight)) {
                height = side;
            }
            if (width < 0
                    && fits(types, InputTypeConvolutional::getWidth, CnnToFeedForwardPreProcessor::getInputWidth)) {
                width = side;
            }
        }
        if (height > 0 && width > 0) {
            return lengths(types(image(images, height, width)));
        }
        return common(
                lengths(types(image(images, PROBES[0], PROBES[0]))),
                lengths(types(image(images, PROBES[1], PROBES[1]))));
    }

    private static InputType image(Dl4jInput.Images images, long height, long width) {
        return InputType.convolutional(height, width, images.channels(), images.format());
    }

    /** Deeplearning4j's inference; empty where it finds that the input does not fit. */
    private Map<String, InputType> types(InputType type) {
        try {
            Map<String, InputType> types = new LinkedHashMap<>(graph.getLayerActivationTypes(true, false, type));
            // It takes a loss layer's number of outputs from the file, where it is 0.
            types.replaceAll((name, given) -> isLoss(name) ? requireNonNull(types.get(source(name))) : given);
            return types;
        } catch (RuntimeException e) {
            return Map.of();
        }
    }

    private boolean isLoss(String name) {
        return graph.getVertices().get(name) instanceof LayerVertex layer
                && layer.getLayerConf().getLayer() instanceof LossLayer;
    }

    private String source(String name) {
        return requireNonNull(graph.getVertexInputs().get(name)).get(0);
    }

    private boolean flattens() {
        return graph.getVertices().values().stream().anyMatch(vertex -> flattening(vertex) != null);
    }

    private static @Nullable CnnToFeedForwardPreProcessor flattening(GraphVertex vertex) {
        return vertex instanceof LayerVertex layer
                        && layer.getPreProcessor() instanceof CnnToFeedForwardPreProcessor flattening
                ? flattening
                : null;
    }

    /** Whether every flattening gets the length it was made for. */
    private boolean fits(
            Map<String, InputType> types,
            ToLongFunction<InputTypeConvolutional> arriving,
            ToLongFunction<CnnToFeedForwardPreProcessor> expected) {
        return !types.isEmpty()
                && graph.getVertices().entrySet().stream().allMatch(entry -> {
                    CnnToFeedForwardPreProcessor flattening = flattening(entry.getValue());
                    return flattening == null
                            || (types.get(source(entry.getKey())) instanceof InputTypeConvolutional image
                                    && arriving.applyAsLong(image) == expected.applyAsLong(flattening));
                });
    }

    private static Map<String, List<Integer>> common(
            Map<String, List<Integer>> some, Map<String, List<Integer>> others) {
        Map<String, List<Integer>> common = new HashMap<>();
        some.forEach((name, shape) -> {
            List<Integer> other = others.getOrDefault(name, List.of());
            if (other.size() == shape.size()) {
                List<Integer> lengths = new ArrayList<>();
                for (int i = 0; i < shape.size(); i++) {
                    lengths.add(shape.get(i).equals(other.get(i)) ? shape.get(i) : -1);
                }
                common.put(name, lengths);
            }
        });
        return common;
    }

    private static Map<String, List<Integer>> lengths(Map<String, InputType> types) {
        Map<String, List<Integer>> shapes = new HashMap<>();
        types.forEach((name, type) -> shapes.put(
                name,
                LongStream.of(shape(type))
                        .mapToObj(length -> length > 0 && length <= Integer.MAX_VALUE ? (int) length : -1)
                        .toList()));
        return shapes;
    }

    private static long[] shape(InputType type) {
        if (type instanceof InputType.InputTypeFeedForward vector) {
            return new long[] {vector.getSize()};
        }
        if (type instanceof InputType.InputTypeConvolutionalFlat flat) {
            return new long[] {flat.getFlattenedSize()};
        }
        if (type instanceof InputType.InputTypeRecurrent sequence) {
            return new long[] {sequence.getSize(), sequence.getTimeSeriesLength()};
        }
        if (type instanceof InputTypeConvolutional image) {
            return image.getFormat() == CNN2DFormat.NHWC
                    ? new long[] {image.getHeight(), image.getWidth(), image.getChannels()}
                    : new long[] {image.getChannels(), image.getHeight(), image.getWidth()};
        }
        return new long[] {-1};
    }
}

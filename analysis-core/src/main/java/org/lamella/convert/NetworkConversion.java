package org.lamella.convert;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import onnx.Onnx.ModelProto;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.lamella.Version;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Writes a network as an ONNX graph (operator set {@value GraphWriter#OPERATOR_SET}) that computes the same, vertex by vertex.
 *
 * <p>Images that have their channels last are kept with channels first from layer to layer, as ONNX's convolutions want them, and
 * are turned only where a vertex depends on the order: a flattening, say, or a layer that is to be delivered (1). A layer's tensor
 * and node have the layer's name; helping tensors are called {@code layer/Operator}. The batch is open; all other lengths are fixed
 * to those given, because paddings depend on them.
 */
public final class NetworkConversion {
    /** Protocol buffers end at 2 GiB; some of it is structure. */
    private static final long LARGEST = 2_000_000_000;

    private final ComputationGraphConfiguration configuration;
    private final ComputationGraph network;
    private final Map<String, List<Long>> shapes;

    /**
     * @param configuration as it was read; a network that has run may have changed its own
     * @param network holds the parameters
     * @param shapes of one example at the inputs and at every vertex, as Deeplearning4j gives it, without the batch axis
     */
    public NetworkConversion(
            ComputationGraphConfiguration configuration, ComputationGraph network, Map<String, List<Long>> shapes) {
        this.configuration = configuration;
        this.network = network;
        this.shapes = Map.copyOf(shapes);
    }

    /** The vertices that some need, and these themselves, in the order in which they are computed. */
    public static List<String> neededFor(ComputationGraphConfiguration configuration, Collection<String> vertices) {
        List<String> order = configuration.getTopologicalOrderStr();
        Set<String> needed = new HashSet<>(vertices);
        for (int i = order.size() - 1; i >= 0; i--) {
            if (needed.contains(order.get(i))) {
                needed.addAll(configuration.getVertexInputs().getOrDefault(order.get(i), List.of()));
            }
        }
        return order.stream().filter(needed::contains).toList();
    }

    /**
     * Writes what some layers need.
     *
     * @param delivered layers whose tensor must have the axes in Deeplearning4j's order. Those of them that nothing takes are the
     *     outputs of the graph
     * @throws UnconvertibleException if a layer has no form in ONNX, or the weights are too many for one file
     */
    public ModelProto write(Set<String> delivered) {
        List<String> needed = neededFor(configuration, delivered);
        GraphWriter graph = new GraphWriter(needed);
        Map<String, Value> values = new HashMap<>();
        Set<String> taken = new HashSet<>();
        long numbers = 0;
        for (String name : needed) {
            List<String> sources = configuration.getVertexInputs().getOrDefault(name, List.of());
            taken.addAll(sources);
            GraphVertex vertex = configuration.getVertices().get(name);
            if (vertex == null) {
                graph.input(name, shape(name));
                values.put(name, new Value(name, shape(name), false));
                continue;
            }
            LayerWriter to = new LayerWriter(graph, name, kind(vertex), parameters(name));
            numbers += to.parameters().values().stream()
                    .mapToLong(INDArray::length)
                    .sum();
            if (numbers * Float.BYTES > LARGEST) {
                throw to.unconvertible("with its weights the graph is larger than 2 GiB, the limit of the format");
            }
            int start = graph.position();
            Value value =
                    Rules.write(to, vertex, sources.stream().map(values::get).toList());
            if (!value.shape().equals(shape(name))) {
                throw to.unconvertible(
                        "in ONNX it would have the shape %s, not %s".formatted(value.shape(), shape(name)));
            }
            values.put(name, named(to, value, start, delivered.contains(name)));
        }
        for (String name : needed) {
            boolean output = configuration.getNetworkOutputs().contains(name) || !taken.contains(name);
            if (output
                    && delivered.contains(name)
                    && configuration.getVertices().containsKey(name)) {
                graph.output(name, shape(name));
            }
        }
        return graph.model("lamella", Version.current());
    }

    /** Gives the vertex's tensor the vertex's name; one that is to be delivered gets its axes in order first. */
    private static Value named(LayerWriter to, Value value, int start, boolean delivered) {
        String tensor = delivered ? to.plain(value) : value.tensor();
        boolean own = to.graph().rename(tensor, to.layer(), start);
        if (!own && delivered) {
            to.graph().reservedNode(to.layer(), "Identity", List.of(tensor));
        }
        return own && tensor.equals(value.tensor()) ? value.as(to.layer()) : value;
    }

    private List<Long> shape(String name) {
        List<Long> shape = shapes.get(name);
        if (shape == null) {
            throw new IllegalArgumentException("the shape of " + name + " is not given");
        }
        return shape;
    }

    private Map<String, INDArray> parameters(String name) {
        Layer layer = network.getVertex(name).getLayer();
        Map<String, INDArray> parameters = layer == null ? null : layer.paramTable();
        return parameters == null ? Map.of() : parameters;
    }

    private static String kind(GraphVertex vertex) {
        Object described =
                vertex instanceof LayerVertex layer ? layer.getLayerConf().getLayer() : vertex;
        return described.getClass().getSimpleName();
    }
}

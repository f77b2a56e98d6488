package org.lamella.dl4j;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.ReshapeVertex;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.lamella.LamellaException;
import org.nd4j.shade.jackson.databind.exc.InvalidTypeIdException;
import org.nd4j.shade.jackson.databind.exc.MismatchedInputException;

/** Reads the structure of a network from the text of {@code configuration.json}. */
final class Dl4jConfiguration {
    private static final List<String> TRUSTED_PACKAGES = List.of("org.deeplearning4j.", "org.nd4j.");

    private Dl4jConfiguration() {}

    /** What the first look at the text finds: the names of its outermost fields. */
    private enum Form {
        LAYERS("confs"),
        GRAPH("vertices");

        final String field;

        Form(String field) {
            this.field = field;
        }
    }

    /** The network as a graph; a chain of layers becomes one, its layers named as {@link Dl4jCheckpoint} says. */
    static ComputationGraphConfiguration parse(Path path, String json) {
        Form form = formOf(path, json);
        try {
            ComputationGraphConfiguration graph = switch (form) {
                case LAYERS -> chain(MultiLayerConfiguration.fromJson(json));
                case GRAPH -> ComputationGraphConfiguration.fromJson(json);
            };
            requireWhole(path, graph);
            return graph;
        } catch (LamellaException e) {
            throw e;
        } catch (RuntimeException | LinkageError e) {
            throw new LamellaException(
                    path.toString(), "configuration.json is not a network that can be read: " + firstLine(e), e);
        }
    }

    /** A copy that can be modified. Deeplearning4j's own forgets the order of the vertices, and half of what some are set to. */
    static ComputationGraphConfiguration copy(ComputationGraphConfiguration graph) {
        ComputationGraphConfiguration copy = graph.clone();
        copy.setTopologicalOrder(graph.getTopologicalOrder());
        copy.setTopologicalOrderStr(graph.getTopologicalOrderStr());
        graph.getVertices().forEach((name, vertex) -> {
            if (vertex instanceof MergeVertex merge && copy.getVertices().get(name) instanceof MergeVertex copied) {
                copied.setMergeAxis(merge.getMergeAxis());
                copied.setModified(merge.isModified());
            } else if (vertex instanceof ReshapeVertex reshape) {
                copy.getVertices()
                        .put(
                                name,
                                new ReshapeVertex(
                                        reshape.getReshapeOrder(), reshape.getNewShape(), reshape.getMaskShape()));
            }
        });
        return copy;
    }

    /** Numbers in the network's row of parameters, running statistics among them. */
    static long parameters(Path path, ComputationGraphConfiguration graph) {
        try {
            long sum = 0;
            for (GraphVertex vertex : graph.getVertices().values()) {
                long count = vertex.numParams(true);
                if (count < 0) {
                    throw new ArithmeticException("a layer with " + count + " parameters");
                }
                sum = Math.addExact(sum, count);
            }
            return sum;
        } catch (RuntimeException e) {
            throw new LamellaException(
                    path.toString(), "the parameters of its layers cannot be counted: " + firstLine(e), e);
        }
    }

    /** The first line of the innermost message, for one-line errors. */
    static String firstLine(Throwable failure) {
        Throwable innermost = failure;
        while (innermost.getCause() != null) {
            innermost = innermost.getCause();
        }
        if (innermost instanceof NullPointerException) {
            return "a part that it must have is missing";
        }
        if (innermost instanceof ClassCastException) {
            return "a part of it is of another kind than it must be";
        }
        // Of an unknown class the message names it; of a value in the wrong place it names only Java's types.
        if (innermost instanceof MismatchedInputException mismatch && !(mismatch instanceof InvalidTypeIdException)) {
            return mismatch.getPath().stream()
                    .map(part -> part.getFieldName() == null ? "[" + part.getIndex() + "]" : part.getFieldName())
                    .collect(Collectors.joining(" / ", "its part ", " is of another kind than it must be"));
        }
        if (innermost instanceof EOFException) {
            return "it ends too early";
        }
        String message = innermost.getMessage();
        return message == null || message.isBlank()
                ? innermost.getClass().getSimpleName()
                : message.strip().lines().findFirst().orElseThrow();
    }

    /**
     * Looks the text through before any class is made from it. Classes named in it must be Deeplearning4j's own: what a file
     * names is instantiated, and a file is not to choose among everything on the class path. Jackson limits the depth.
     */
    private static Form formOf(Path path, String json) {
        Set<String> outermost = new HashSet<>();
        try (JsonParser parser = new JsonFactory().createParser(json)) {
            int depth = 0;
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token.isStructStart()) {
                    depth++;
                } else if (token.isStructEnd()) {
                    depth--;
                } else if (token == JsonToken.FIELD_NAME && depth == 1) {
                    outermost.add(parser.currentName());
                } else if (token == JsonToken.VALUE_STRING && "@class".equals(parser.currentName())) {
                    requireTrusted(path, parser.getText());
                }
            }
        } catch (IOException e) {
            throw new LamellaException(path.toString(), "configuration.json is not JSON: " + firstLine(e), e);
        }
        for (Form form : Form.values()) {
            if (outermost.contains(form.field)) {
                return form;
            }
        }
        throw new LamellaException(
                path.toString(), "configuration.json describes neither layers (confs) nor a graph (vertices)");
    }

    private static void requireTrusted(Path path, String name) {
        if (TRUSTED_PACKAGES.stream().noneMatch(name::startsWith)) {
            throw new LamellaException(
                    path.toString(),
                    "its configuration names the class " + name + ", which is not Deeplearning4j's own");
        }
    }

    private static ComputationGraphConfiguration chain(MultiLayerConfiguration layers) {
        GraphBuilder graph = new NeuralNetConfiguration.Builder()
                .dataType(layers.getDataType())
                .graphBuilder()
                .validateOutputLayerConfig(false);
        Set<String> names = new HashSet<>();
        for (NeuralNetConfiguration each : layers.getConfs()) {
            if (each.getLayer() == null) {
                throw new IllegalArgumentException("one of its confs has no layer");
            }
            names.add(String.valueOf(each.getLayer().getLayerName()));
        }
        String last = names.contains("input") ? "network input" : "input";
        graph.addInputs(last);
        Set<String> used = new HashSet<>();
        for (int i = 0; i < layers.getConfs().size(); i++) {
            Layer layer = layers.getConf(i).getLayer();
            String name = layer.getLayerName() == null ? "layer" + i : layer.getLayerName();
            while (!used.add(name)) {
                name = name + "." + i;
            }
            graph.addLayer(name, layer, layers.getInputPreProcess(i), last);
            last = name;
        }
        return graph.setOutputs(last).build();
    }

    /** Deeplearning4j's reader leaves out what a damaged text lacks, to stumble over it later. */
    private static void requireWhole(Path path, ComputationGraphConfiguration graph) {
        if (graph.getNetworkInputs() == null || graph.getVertices() == null || graph.getVertexInputs() == null) {
            throw new LamellaException(
                    path.toString(), "configuration.json lacks the inputs, vertices or connections of its graph");
        }
        if (graph.getDefaultConfiguration() == null) {
            throw new LamellaException(path.toString(), "configuration.json lacks the settings that all layers share");
        }
        graph.getVertices().forEach((name, vertex) -> {
            if (vertex instanceof LayerVertex layer
                    && (layer.getLayerConf() == null || layer.getLayerConf().getLayer() == null)) {
                throw new LamellaException(path.toString(), "the vertex " + name + " of its graph has no layer");
            }
        });
        Set<String> known = new HashSet<>(graph.getNetworkInputs());
        known.addAll(graph.getVertices().keySet());
        graph.getVertices().forEach((name, vertex) -> {
            List<String> inputs = graph.getVertexInputs().get(name);
            if (vertex == null || inputs == null || inputs.isEmpty() || !known.containsAll(inputs)) {
                throw new LamellaException(
                        path.toString(),
                        "the vertex " + name + " of its graph takes "
                                + (inputs == null || inputs.isEmpty() ? "nothing" : "what is not there: " + inputs));
            }
        });
        requireOrder(path, graph, known);
    }

    /** The order decides which parameters are whose, so a file's own is kept; Deeplearning4j makes one where it has none. */
    private static void requireOrder(Path path, ComputationGraphConfiguration graph, Set<String> known) {
        new ComputationGraph(graph).calculateIndices();
        List<String> order = graph.getTopologicalOrderStr();
        Set<String> before = new HashSet<>(graph.getNetworkInputs());
        for (String name : order) {
            if (!before.containsAll(graph.getVertexInputs().getOrDefault(name, List.of()))) {
                throw new LamellaException(
                        path.toString(), "the order of its graph puts the vertex " + name + " before what it takes");
            }
            before.add(name);
        }
        if (!before.equals(known) || order.size() != known.size()) {
            throw new LamellaException(path.toString(), "the order of its graph is not one of all its vertices");
        }
    }
}

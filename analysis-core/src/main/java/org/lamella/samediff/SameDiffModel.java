package org.lamella.samediff;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import onnx.Onnx.ModelProto;
import org.jspecify.annotations.Nullable;
import org.lamella.AtomicFile;
import org.lamella.LamellaException;
import org.lamella.activation.ActivationSource;
import org.lamella.activation.Layer;
import org.lamella.activation.LeftOut;
import org.lamella.data.Examples;
import org.lamella.onnx.OnnxModel;

/**
 * A graph that SameDiff has saved, written as an ONNX graph and run by ONNX Runtime. ND4J is not loaded.
 *
 * <p>Its layers are the placeholders that take examples (kind {@code Input}) and what its operations compute from them, with the
 * examples along the first axis, by the names of the variables; a layer's kind is ND4J's name of its operation. Losses, whatever
 * needs labels, operations that have no form in ONNX and all that follows from those are left out, each with the reason. The
 * parameters of a layer are the trained variables that its operation is the first to use. Activations are float32.
 */
public final class SameDiffModel {
    private final Path path;
    private final ModelProto graph;
    private final OnnxModel model;
    private final List<Layer> layers;
    private final List<LeftOut> leftOut;
    private final Map<String, Layer> inModel = new HashMap<>();
    private final List<String> remarks;

    private SameDiffModel(GraphFile file, GraphConversion conversion, ModelProto graph) {
        this.path = file.path();
        this.graph = graph;
        this.model = OnnxModel.of(path.toString(), graph);
        Map<String, Long> parameters = parameters(file, conversion.operations());
        this.layers = new ArrayList<>();
        for (Layer layer : model.layers()) {
            @Nullable String kind = kind(layer.name(), layer.kind(), conversion);
            if (kind != null) {
                inModel.put(layer.name(), layer);
                layers.add(new Layer(
                        layers.size(), layer.name(), kind, layer.shape(), parameters.getOrDefault(layer.name(), 0L)));
            }
        }
        this.leftOut = new ArrayList<>(conversion.leftOut());
        for (LeftOut tensor : model.leftOut()) {
            @Nullable String kind = kind(tensor.name(), tensor.kind(), conversion);
            if (kind != null) {
                leftOut.add(new LeftOut(tensor.name(), kind, tensor.reason()));
            }
        }
        this.remarks = remarks(file, conversion);
    }

    /** Whether a file's content is that of a SameDiff graph, as far as its head tells. */
    public static boolean matches(Path path) throws IOException {
        return GraphFile.matches(path);
    }

    /**
     * Reads a graph, and runs it on a few made-up examples to see the shapes of its arrays.
     *
     * @throws LamellaException if the file is damaged or nothing of the graph can be run
     */
    public static SameDiffModel open(Path path) {
        GraphFile file = GraphFile.read(path);
        GraphConversion conversion = convert(file);
        return new SameDiffModel(file, conversion, requireNonNull(conversion.model()));
    }

    /** @throws LamellaException if nothing of the graph has a form in ONNX */
    static GraphConversion convert(GraphFile file) {
        Roles roles = Roles.of(file);
        String path = file.path().toString();
        if (roles.inputs().isEmpty()) {
            throw new LamellaException(path, "is a SameDiff graph without a placeholder that takes examples");
        }
        GraphConversion conversion = GraphConversion.of(file, roles);
        if (conversion.model() == null) {
            LeftOut first = conversion.leftOut().stream()
                    .filter(left -> !left.kind().equals("Input"))
                    .findFirst()
                    .orElseThrow();
            throw new LamellaException(
                    path,
                    "has no operation that can be run: %s; store its activations in Java, a file a layer: %s, and give the folder"
                            .formatted(
                                    first,
                                    "Nd4j.writeAsNumpy(graph.outputSingle(inputs, \"layer\"), new File(\"acts/layer.npy\"))"));
        }
        return conversion;
    }

    private static @Nullable String kind(String name, String inGraph, GraphConversion conversion) {
        if (inGraph.equals("Input")) {
            return inGraph;
        }
        @Nullable Operation operation = conversion.operations().get(name);
        return operation == null ? null : operation.kind();
    }

    /** Each trained variable at the first operation that uses it; one that the input does not reach hands it on. */
    private static Map<String, Long> parameters(GraphFile file, Map<String, Operation> operations) {
        Map<String, Long> waiting = new HashMap<>();
        file.variables().values().forEach(variable -> {
            if (variable.kind() == Variable.Kind.TRAINED && variable.numbers() != null) {
                waiting.put(variable.name(), (long) variable.numbers().count());
            }
        });
        Set<String> reached = new HashSet<>();
        file.variables().values().stream()
                .filter(variable -> variable.kind() == Variable.Kind.PLACEHOLDER)
                .forEach(variable -> reached.add(variable.name()));
        Map<String, Long> parameters = new HashMap<>();
        operations.forEach((output, operation) -> {
            long count = 0;
            for (String input : operation.inputs()) {
                @Nullable Long numbers = waiting.remove(input);
                count += numbers == null ? 0 : numbers;
            }
            if (operation.inputs().stream().anyMatch(reached::contains)) {
                reached.add(output);
                parameters.put(output, count);
            } else if (count > 0) {
                waiting.put(output, count);
            }
        });
        return parameters;
    }

    private static List<String> remarks(GraphFile file, GraphConversion conversion) {
        List<String> remarks = new ArrayList<>();
        Set<String> known = file.variables().keySet();
        String unwritten = conversion.leftOut().stream()
                .filter(left -> !left.kind().equals("Input")
                        && known.contains(left.name())
                        && !left.reason().equals(GraphConversion.NEEDS_LABELS)
                        && !left.reason().startsWith("follows from"))
                .map(left -> "%s (%s)".formatted(left.name(), left.kind()))
                .limit(4)
                .collect(Collectors.joining(", "));
        if (!unwritten.isEmpty()) {
            remarks.add(
                    "operations that are not run, and what follows from them, are left out: %s; 'lamella inspect --all' lists all"
                            .formatted(unwritten));
        }
        String dropped = conversion.operations().entrySet().stream()
                .filter(entry -> entry.getValue().kind().contains("dropout"))
                .map(Map.Entry::getKey)
                .collect(Collectors.joining(", "));
        if (!dropped.isEmpty()) {
            remarks.add("dropout does nothing outside training: %s".formatted(dropped));
        }
        return remarks;
    }

    /** The placeholders that take examples, then what the operations compute. */
    public List<Layer> layers() {
        return List.copyOf(layers);
    }

    /** What the graph holds that is no layer. */
    public List<LeftOut> leftOut() {
        return List.copyOf(leftOut);
    }

    /** Why the graph cannot be run; empty if it can. */
    public Optional<String> obstacle() {
        return model.obstacle();
    }

    /** Writes the graph in ONNX, whole or not at all. */
    public void save(Path file) {
        AtomicFile.write(file, graph::writeTo);
    }

    /**
     * The activations of some layers on examples.
     *
     * @param name of the model in a run
     * @param threads on which examples are run side by side
     * @param memory bytes outside the heap that the activations of a batch may take, with what the runtime needs beside them
     * @throws LamellaException if the examples do not fit the placeholders, or the graph cannot be run
     */
    public ActivationSource on(Examples examples, List<Layer> chosen, String name, int threads, long memory) {
        List<Layer> wanted = chosen.stream()
                .map(layer -> requireNonNull(inModel.get(layer.name())))
                .toList();
        return new SameDiffSource(model.on(examples, wanted, name, threads, memory), chosen, remarks);
    }
}

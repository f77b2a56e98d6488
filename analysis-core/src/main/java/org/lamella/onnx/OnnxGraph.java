package org.lamella.onnx;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import onnx.Onnx.GraphProto;
import onnx.Onnx.ModelProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.OperatorSetIdProto;
import onnx.Onnx.StringStringEntryProto;
import onnx.Onnx.TensorProto;
import onnx.Onnx.ValueInfoProto;
import org.lamella.LamellaException;
import org.lamella.activation.LeftOut;

/**
 * What an ONNX file says of its graph: the inputs, and every tensor that a node computes, in the order of the file, which is the order
 * of computation. Reading it runs nothing and loads no native library; the weights are not kept.
 *
 * @param inputs what the graph must be given; what it has a default for is no input, but a weight
 * @param outputs the tensors that nodes compute and the graph returns as it is
 * @param inner the nodes that hold graphs of their own, which are not looked into
 * @param weightFiles names of the files beside the model that hold weights
 * @param channels what the operators tell of the order of axes
 * @param operatorSet version of the standard operators; 0 where the file names none
 */
record OnnxGraph(
        List<OnnxInput> inputs,
        List<OnnxTap> taps,
        OnnxNodes nodes,
        List<String> outputs,
        List<LeftOut> inner,
        List<String> weightFiles,
        OnnxChannels channels,
        long operatorSet) {
    /** Operators whose result follows from the shape of what they are given, not from its values. */
    private static final Set<String> SHAPE_ONLY = Set.of("Shape", "Size");

    OnnxGraph {
        inputs = List.copyOf(inputs);
        taps = List.copyOf(taps);
        outputs = List.copyOf(outputs);
        inner = List.copyOf(inner);
        weightFiles = List.copyOf(weightFiles);
    }

    /** @throws LamellaException if the content is not a whole ONNX model */
    static OnnxGraph read(OnnxContent content) {
        return of(content.parse(), content.where());
    }

    /** @throws LamellaException if there is no graph in it */
    static OnnxGraph of(ModelProto model, String where) {
        GraphProto graph = model.getGraph();
        if (graph.getNodeCount() == 0) {
            throw new LamellaException(where, "holds no graph: it is not an ONNX model, or not a whole one");
        }
        // Files of the first format versions name every initializer as an input too.
        Set<String> initializers =
                graph.getInitializerList().stream().map(TensorProto::getName).collect(Collectors.toSet());
        List<OnnxInput> required = graph.getInputList().stream()
                .filter(value -> !initializers.contains(value.getName()))
                .map(OnnxInput::declared)
                .toList();
        List<LeftOut> inner = new ArrayList<>();
        OnnxNodes nodes = OnnxNodes.of(graph);
        List<OnnxTap> taps =
                taps(graph, nodes, required.stream().map(OnnxInput::name).collect(Collectors.toSet()), inner);
        return new OnnxGraph(
                required,
                taps,
                nodes,
                outputs(graph, taps),
                inner,
                weightFiles(graph, where),
                OnnxChannels.of(graph),
                operatorSet(model));
    }

    /** Whether the scale of whole numbers is that of the largest number of all examples of a run, so that they are not independent. */
    boolean quantizesExamplesTogether() {
        return taps.stream().anyMatch(tap -> tap.kind().startsWith("DynamicQuantize"));
    }

    private static List<String> outputs(GraphProto graph, List<OnnxTap> taps) {
        Set<String> computed = taps.stream().map(OnnxTap::tensor).collect(Collectors.toSet());
        return graph.getOutputList().stream()
                .map(ValueInfoProto::getName)
                .filter(computed::contains)
                .toList();
    }

    private static long operatorSet(ModelProto model) {
        return model.getOpsetImportList().stream()
                .filter(set -> set.getDomain().isEmpty() || set.getDomain().equals("ai.onnx"))
                .mapToLong(OperatorSetIdProto::getVersion)
                .findFirst()
                .orElse(0);
    }

    /**
     * Names of the files beside the model that hold weights of its outer graph.
     *
     * @throws LamellaException if one lies elsewhere: a model is not to choose among all files of the machine
     */
    private static List<String> weightFiles(GraphProto graph, String where) {
        List<String> names = graph.getInitializerList().stream()
                .flatMap(weights -> weights.getExternalDataList().stream())
                .filter(entry -> entry.getKey().equals("location"))
                .map(StringStringEntryProto::getValue)
                .distinct()
                .toList();
        for (String name : names) {
            if (!isBeside(name)) {
                throw new LamellaException(
                        where, "takes weights from '%s', which is not in the model's own folder".formatted(name));
            }
        }
        return names;
    }

    private static boolean isBeside(String name) {
        try {
            Path path = Path.of(name).normalize();
            return !name.isEmpty() && !path.isAbsolute() && !path.startsWith("..");
        } catch (InvalidPathException e) {
            return false;
        }
    }

    private static List<OnnxTap> taps(GraphProto graph, OnnxNodes nodes, Set<String> inputs, List<LeftOut> inner) {
        OnnxNames names = new OnnxNames(graph);
        OnnxWeights weights = new OnnxWeights(graph);
        Set<String> reached = new HashSet<>(inputs);
        Set<String> valued = new HashSet<>(inputs);
        Map<String, OnnxTap> taps = new HashMap<>();
        List<OnnxTap> ordered = new ArrayList<>();
        for (int i = 0; i < graph.getNodeCount(); i++) {
            NodeProto node = graph.getNode(i);
            OnnxNodes.Node flow = nodes.nodes().get(i);
            boolean isReached = flow.sources().stream().anyMatch(reached::contains);
            boolean isValued = !SHAPE_ONLY.contains(node.getOpType())
                    && flow.sources().stream().anyMatch(valued::contains);
            long parameters = weights.take(node, isReached);
            for (String tensor : node.getOutputList()) {
                if (tensor.isEmpty()) {
                    continue;
                }
                if (isReached) {
                    reached.add(tensor);
                }
                if (isValued) {
                    valued.add(tensor);
                }
                OnnxTap tap = new OnnxTap(
                        names.of(node, tensor), tensor, node.getOpType(), flow.sources(), parameters, isValued);
                parameters = 0;
                if (taps.put(tensor, tap) == null) {
                    ordered.add(tap);
                }
            }
            if (flow.inner() > 0) {
                inner.add(new LeftOut(
                        names.of(node, node.getOutputCount() == 0 ? "" : node.getOutput(0)),
                        node.getOpType(),
                        "the %d nodes of its inner graphs are not looked into".formatted(flow.inner())));
            }
        }
        return ordered;
    }
}

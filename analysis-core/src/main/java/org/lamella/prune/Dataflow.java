package org.lamella.prune;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import onnx.Onnx.GraphProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.TensorProto;
import onnx.Onnx.ValueInfoProto;
import org.lamella.onnx.OnnxNodes;

/**
 * Who computes and who takes each tensor of a graph. Nodes are known by their position, and positions are in the order of computation,
 * as ONNX demands.
 *
 * <p>A tensor has a <em>value</em> if its numbers follow from the numbers that the graph is given. Weights have none, nor has what
 * follows from the shape of a tensor alone: cutting a branch leaves shapes as they are.
 */
final class Dataflow {
    /** Operators that look at the shape of what they take, not at its numbers. */
    private static final Set<String> SHAPE_ONLY = Set.of("Shape", "Size");

    /** Operators that multiply by weights. Attention of other operator sets has its weights inside. */
    private static final Set<String> WEIGHTED = Set.of(
            "Conv",
            "ConvTranspose",
            "ConvInteger",
            "QLinearConv",
            "FusedConv",
            "Gemm",
            "FusedGemm",
            "MatMul",
            "FusedMatMul",
            "MatMulInteger",
            "MatMulIntegerToFloat",
            "DynamicQuantizeMatMul",
            "QLinearMatMul",
            "MatMulNBits",
            "Einsum",
            "LSTM",
            "GRU",
            "RNN",
            "Attention",
            "QAttention");

    private final List<NodeProto> nodes;
    private final List<OnnxNodes.Node> flow;
    private final List<String> inputs;
    private final List<String> outputs;
    private final Map<String, Integer> producers = new HashMap<>();
    private final Map<String, List<Integer>> consumers = new HashMap<>();
    private final Set<String> valued = new HashSet<>();
    /** Weights of two axes or more, by the tensors without a value that they come through. */
    private final Map<String, Set<String>> matrices = new HashMap<>();

    Dataflow(GraphProto graph) {
        this.nodes = graph.getNodeList();
        this.flow = OnnxNodes.of(graph).nodes();
        this.outputs =
                graph.getOutputList().stream().map(ValueInfoProto::getName).toList();
        Set<String> weights = new HashSet<>();
        for (TensorProto tensor : graph.getInitializerList()) {
            weights.add(tensor.getName());
            if (tensor.getDimsCount() > 1) {
                matrices.put(tensor.getName(), Set.of(tensor.getName()));
            }
        }
        this.inputs = graph.getInputList().stream()
                .map(ValueInfoProto::getName)
                .filter(name -> !weights.contains(name))
                .toList();
        valued.addAll(inputs);
        for (int i = 0; i < nodes.size(); i++) {
            follow(i);
        }
    }

    private void follow(int node) {
        OnnxNodes.Node edges = flow.get(node);
        boolean hasValue = !SHAPE_ONLY.contains(nodes.get(node).getOpType())
                && edges.sources().stream().anyMatch(valued::contains);
        Set<String> carried = hasValue ? Set.of() : carriedBy(node);
        edges.sources().stream()
                .distinct()
                .filter(tensor -> !tensor.isEmpty())
                .forEach(tensor -> consumers
                        .computeIfAbsent(tensor, unknown -> new ArrayList<>())
                        .add(node));
        for (String tensor : edges.outputs()) {
            if (tensor.isEmpty()) {
                continue;
            }
            producers.put(tensor, node);
            if (hasValue) {
                valued.add(tensor);
            } else if (!carried.isEmpty()) {
                matrices.put(tensor, carried);
            }
        }
    }

    private Set<String> carriedBy(int node) {
        NodeProto constant = nodes.get(node);
        boolean isMatrix = constant.getOpType().equals("Constant")
                && constant.getAttributeList().stream()
                        .anyMatch(attribute -> attribute.getT().getDimsCount() > 1);
        if (isMatrix) {
            return Set.of(constant.getOutput(0));
        }
        Set<String> carried = new LinkedHashSet<>();
        flow.get(node).sources().forEach(source -> carried.addAll(matrices.getOrDefault(source, Set.of())));
        return carried;
    }

    int size() {
        return nodes.size();
    }

    NodeProto node(int position) {
        return nodes.get(position);
    }

    List<String> inputs() {
        return inputs;
    }

    List<String> outputs() {
        return outputs;
    }

    /** Tensors with a value that a node takes, each once. */
    List<String> takenBy(int node) {
        return flow.get(node).sources().stream()
                .filter(valued::contains)
                .distinct()
                .toList();
    }

    List<String> givenBy(int node) {
        return flow.get(node).outputs().stream()
                .filter(tensor -> !tensor.isEmpty())
                .toList();
    }

    /** Whether a node's outputs have values. */
    boolean isValued(int node) {
        return givenBy(node).stream().anyMatch(valued::contains);
    }

    boolean hasValue(String tensor) {
        return valued.contains(tensor);
    }

    /** The node that gives a tensor; -1 for inputs and weights. */
    int producerOf(String tensor) {
        return producers.getOrDefault(tensor, -1);
    }

    /** The nodes that take a tensor, those that look at its shape only among them. */
    List<Integer> takersOf(String tensor) {
        return consumers.getOrDefault(tensor, List.of());
    }

    /** The matrices that a node multiplies by, by their names in the file; none for nodes that do not. */
    Set<String> weightsOf(int node) {
        if (!WEIGHTED.contains(nodes.get(node).getOpType())) {
            return Set.of();
        }
        Set<String> weights = new LinkedHashSet<>();
        flow.get(node).sources().forEach(source -> weights.addAll(matrices.getOrDefault(source, Set.of())));
        return weights;
    }

    /** The nodes whose values a tensor's value follows from. */
    BitSet upstream(String tensor) {
        BitSet found = new BitSet();
        Integer last = producers.get(tensor);
        if (last == null || !valued.contains(tensor)) {
            return found;
        }
        found.set(last);
        for (int i = last; i >= 0; i = found.previousSetBit(i - 1)) {
            for (String source : takenBy(i)) {
                Integer producer = producers.get(source);
                if (producer != null) {
                    found.set(producer);
                }
            }
        }
        return found;
    }

    /** The nodes whose values follow from a tensor's. */
    BitSet downstream(String tensor) {
        BitSet found = new BitSet();
        Set<String> reached = new HashSet<>(Set.of(tensor));
        List<Integer> first = takersOf(tensor);
        for (int i = first.isEmpty() ? nodes.size() : first.get(0); i < nodes.size(); i++) {
            if (isValued(i) && flow.get(i).sources().stream().anyMatch(reached::contains)) {
                found.set(i);
                reached.addAll(givenBy(i));
            }
        }
        return found;
    }

    /** Whether a tensor's numbers enter one of some nodes. */
    boolean feeds(String tensor, BitSet into) {
        return takersOf(tensor).stream().anyMatch(node -> into.get(node) && isValued(node));
    }

    /** The nodes that the graph's outputs need, all tensors in place. */
    BitSet needed() {
        return needed(Cut.NOTHING);
    }

    /** The nodes that the graph's outputs need once something is cut. */
    BitSet needed(Cut cut) {
        BitSet needed = new BitSet();
        outputs.forEach(output -> need(output, cut, needed));
        for (int i = needed.length() - 1; i >= 0; i = needed.previousSetBit(i - 1)) {
            Set<String> dropped = cut.droppedAt(i);
            flow.get(i).sources().stream()
                    .filter(source -> !dropped.contains(source))
                    .forEach(source -> need(source, cut, needed));
        }
        return needed;
    }

    private void need(String tensor, Cut cut, BitSet needed) {
        Integer producer = producers.get(cut.resolved(tensor));
        if (producer != null) {
            needed.set(producer);
        }
    }

    /** Whether the graph returns a tensor, or one of some nodes takes it, once something is cut. */
    boolean isTaken(String tensor, BitSet by, Cut cut) {
        return outputs.stream().map(cut::resolved).anyMatch(tensor::equals)
                || takersOf(tensor).stream()
                        .anyMatch(node -> by.get(node) && !cut.droppedAt(node).contains(tensor));
    }
}

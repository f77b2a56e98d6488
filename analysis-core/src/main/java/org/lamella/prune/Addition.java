package org.lamella.prune;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import onnx.Onnx.AttributeProto;
import onnx.Onnx.NodeProto;

/**
 * A node that adds values: {@code Add}, {@code Sum}, or an addition that ONNX Runtime has fused with the normalization behind it,
 * {@code SkipLayerNormalization(input, skip, gamma, beta, bias)} and {@code SkipSimplifiedLayerNormalization(input, skip, gamma, bias)},
 * which gives norm(input + skip + bias) first and input + skip + bias fourth.
 *
 * @param position of the node
 * @param operands what it adds, in its order, as often as it does, without the bias
 * @param sum the tensor that is the sum; empty for a fused addition that does not give it
 * @param normalized the tensor that is the normalized sum; empty for an addition that is not fused
 * @param bias what a fused addition adds besides; empty for none
 */
record Addition(int position, List<String> operands, String sum, String normalized, String bias) {
    private static final String FULL = "SkipLayerNormalization";
    private static final String SIMPLIFIED = "SkipSimplifiedLayerNormalization";

    /** What ONNX Runtime takes where the node does not say. */
    private static final float EPSILON = 1e-12f;

    Addition {
        operands = List.copyOf(operands);
    }

    static boolean isOne(NodeProto node) {
        return Set.of("Add", "Sum", FULL, SIMPLIFIED).contains(node.getOpType());
    }

    static Addition of(Dataflow flow, int position) {
        NodeProto node = flow.node(position);
        boolean fused = !Set.of("Add", "Sum").contains(node.getOpType());
        List<String> operands = node.getInputList().stream()
                .limit(fused ? 2 : Integer.MAX_VALUE)
                .toList();
        return fused
                ? new Addition(
                        position,
                        operands,
                        output(node, 3),
                        output(node, 0),
                        input(node, node.getOpType().equals(FULL) ? 4 : 3))
                : new Addition(position, operands, node.getOutput(0), "", "");
    }

    private static String input(NodeProto node, int index) {
        return index < node.getInputCount() ? node.getInput(index) : "";
    }

    private static String output(NodeProto node, int index) {
        return index < node.getOutputCount() ? node.getOutput(index) : "";
    }

    boolean isFused() {
        return !normalized.isEmpty();
    }

    /** Whether a fused addition hands on its sum beside the normalized one. */
    boolean handsOnItsSum(Dataflow flow) {
        return isFused() && isTaken(flow, sum);
    }

    /** The tensor that goes on from here: the sum if anything takes it, else the normalized sum. */
    String exit(Dataflow flow) {
        return !isFused() || handsOnItsSum(flow) ? sum : normalized;
    }

    /** A mean or deviation of a fused normalization that something takes: a cut would have to compute it. */
    Optional<String> statisticTaken(Dataflow flow) {
        NodeProto node = flow.node(position);
        return isFused()
                ? Stream.of(output(node, 1), output(node, 2))
                        .filter(tensor -> isTaken(flow, tensor))
                        .findFirst()
                : Optional.empty();
    }

    private static boolean isTaken(Dataflow flow, String tensor) {
        return !tensor.isEmpty()
                && (!flow.takersOf(tensor).isEmpty() || flow.outputs().contains(tensor));
    }

    /**
     * The nodes that compute the same without some operands.
     *
     * @param cut that drops operands of this addition
     * @param normalizes whether the normalized sum is needed
     */
    List<NodeProto> without(Dataflow flow, Cut cut, boolean normalizes) {
        NodeProto node = flow.node(position);
        List<String> left = node.getInputList().stream()
                .limit(isFused() ? 2 : Integer.MAX_VALUE)
                .filter(operand -> !cut.droppedAt(position).contains(operand))
                .map(cut::resolved)
                .toList();
        if (!isFused()) {
            return List.of(node.toBuilder().clearInput().addAllInput(left).build());
        }
        List<NodeProto> nodes = new ArrayList<>();
        String now = left.get(0);
        if (!bias.isEmpty()) {
            String biased = sum.isEmpty() ? normalized + "/bias" : sum;
            nodes.add(NodeProto.newBuilder()
                    .setOpType("Add")
                    .setName(biased)
                    .addInput(now)
                    .addInput(cut.resolved(bias))
                    .addOutput(biased)
                    .build());
            now = biased;
        }
        if (normalizes) {
            nodes.add(normalization(node, now));
        }
        return nodes;
    }

    // Both are known to ONNX Runtime in the standard set of operators, of whatever version the file asks for.
    private NodeProto normalization(NodeProto node, String tensor) {
        boolean full = node.getOpType().equals(FULL);
        NodeProto.Builder layer = NodeProto.newBuilder()
                .setOpType(full ? "LayerNormalization" : "SimplifiedLayerNormalization")
                .setName(node.getName())
                .addInput(tensor)
                .addInput(node.getInput(2))
                .addOutput(normalized);
        if (full && !input(node, 3).isEmpty()) {
            layer.addInput(node.getInput(3));
        }
        float epsilon = node.getAttributeList().stream()
                .filter(attribute -> attribute.getName().equals("epsilon"))
                .map(AttributeProto::getF)
                .findFirst()
                .orElse(EPSILON);
        return layer.addAttribute(AttributeProto.newBuilder()
                        .setName("axis")
                        .setType(AttributeProto.AttributeType.INT)
                        .setI(-1))
                .addAttribute(AttributeProto.newBuilder()
                        .setName("epsilon")
                        .setType(AttributeProto.AttributeType.FLOAT)
                        .setF(epsilon))
                .build();
    }
}

package org.lamella.prune;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.LongStream;
import onnx.Onnx.AttributeProto;
import onnx.Onnx.GraphProto;
import onnx.Onnx.ModelProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.TensorProto;
import org.jspecify.annotations.Nullable;
import org.lamella.onnx.SeenTensor;

/**
 * Multiplications with an addition each that one example takes in convolutions, matrix products and recurrent layers, on the shapes
 * that were seen. What else a graph computes is little beside them and is not counted.
 */
final class Cost {
    /** Operators that have such products and whose number is not known here. */
    private static final Set<String> UNCOUNTED = Set.of(
            "Attention",
            "QAttention",
            "MultiHeadAttention",
            "GroupQueryAttention",
            "Einsum",
            "MatMulNBits",
            "QMoE",
            "MoE",
            "DeformConv");

    private final Map<String, SeenTensor> seen;
    private final Map<String, List<Long>> weights = new HashMap<>();

    private Cost(GraphProto graph, Map<String, SeenTensor> seen) {
        this.seen = seen;
        graph.getInitializerList().forEach(tensor -> weights.put(tensor.getName(), tensor.getDimsList()));
        for (NodeProto node : graph.getNodeList()) {
            constant(node).ifPresent(tensor -> weights.put(node.getOutput(0), tensor.getDimsList()));
        }
        // What only turns weights over, or gives them another type, has as many numbers.
        for (NodeProto node : graph.getNodeList()) {
            boolean carries = Set.of("Transpose", "Identity", "Cast", "DequantizeLinear", "QuantizeLinear")
                            .contains(node.getOpType())
                    && weights.containsKey(node.getInput(0));
            if (carries) {
                List<Long> lengths = new ArrayList<>(weights.get(node.getInput(0)));
                if (node.getOpType().equals("Transpose")) {
                    turn(node, lengths);
                }
                weights.put(node.getOutput(0), lengths);
            }
        }
    }

    private static void turn(NodeProto transpose, List<Long> lengths) {
        List<Long> order = transpose.getAttributeList().stream()
                .filter(attribute -> attribute.getName().equals("perm"))
                .findFirst()
                .map(AttributeProto::getIntsList)
                .orElseGet(() -> LongStream.range(0, lengths.size())
                        .map(axis -> lengths.size() - 1 - axis)
                        .boxed()
                        .toList());
        List<Long> before = List.copyOf(lengths);
        for (int axis = 0; axis < lengths.size(); axis++) {
            lengths.set(axis, before.get(Math.toIntExact(order.get(axis))));
        }
    }

    private static Optional<TensorProto> constant(NodeProto node) {
        return node.getOpType().equals("Constant")
                ? node.getAttributeList().stream()
                        .filter(AttributeProto::hasT)
                        .map(AttributeProto::getT)
                        .findFirst()
                : Optional.empty();
    }

    /**
     * Counts a graph.
     *
     * @param seen tensors of the graph, or of one that it was cut from
     * @return empty where it has an operator whose products are not known
     */
    static OptionalLong multiplyAdds(ModelProto model, Map<String, SeenTensor> seen) {
        Cost cost = new Cost(model.getGraph(), seen);
        long sum = 0;
        for (NodeProto node : model.getGraph().getNodeList()) {
            OptionalLong one = cost.of(node);
            if (one.isEmpty()) {
                return OptionalLong.empty();
            }
            sum += one.getAsLong();
        }
        return OptionalLong.of(sum);
    }

    private OptionalLong of(NodeProto node) {
        if (UNCOUNTED.contains(node.getOpType())) {
            return OptionalLong.empty();
        }
        @Nullable SeenTensor output = node.getOutputCount() == 0 ? null : seen.get(node.getOutput(0));
        if (output == null) {
            // It does not depend on the examples, so it is computed once.
            return OptionalLong.of(0);
        }
        double numbers = output.numbers();
        double all = switch (node.getOpType()) {
            case "Conv", "ConvInteger", "FusedConv" -> numbers * perFilter(lengths(node, 1));
            case "QLinearConv" -> numbers * perFilter(lengths(node, 3));
            case "ConvTranspose" -> product(lengths(node, 0)) * perFilter(lengths(node, 1));
            case "Gemm", "FusedGemm" -> numbers * inner(lengths(node, 0), node, "transA");
            case "MatMul",
                    "FusedMatMul",
                    "MatMulInteger",
                    "MatMulIntegerToFloat",
                    "DynamicQuantizeMatMul",
                    "QLinearMatMul" -> numbers * last(lengths(node, 0));
            case "LSTM", "GRU", "RNN" -> recurrent(node);
            default -> 0;
        };
        return OptionalLong.of(Math.round(all / output.examples()));
    }

    private List<Long> lengths(NodeProto node, int input) {
        if (input >= node.getInputCount()) {
            return List.of();
        }
        String tensor = node.getInput(input);
        @Nullable List<Long> weight = weights.get(tensor);
        @Nullable SeenTensor value = seen.get(tensor);
        return weight != null ? weight : value != null ? value.shape() : List.of();
    }

    private static double product(List<Long> lengths) {
        return lengths.stream().mapToDouble(Long::doubleValue).reduce(1, (left, right) -> left * right);
    }

    private static double perFilter(List<Long> kernel) {
        return kernel.isEmpty() ? 0 : product(kernel) / kernel.get(0);
    }

    private static double last(List<Long> lengths) {
        return lengths.isEmpty() ? 0 : lengths.get(lengths.size() - 1);
    }

    private static double inner(List<Long> lengths, NodeProto node, String transposed) {
        boolean turned = node.getAttributeList().stream()
                .anyMatch(attribute -> attribute.getName().equals(transposed) && attribute.getI() != 0);
        return lengths.isEmpty() ? 0 : turned ? lengths.get(0) : last(lengths);
    }

    /** Each step multiplies by the input's and the state's weights. */
    private double recurrent(NodeProto node) {
        List<Long> input = lengths(node, 0);
        return input.size() < 2
                ? 0
                : (double) input.get(0) * input.get(1) * (product(lengths(node, 1)) + product(lengths(node, 2)));
    }
}

package org.lamella.onnx;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import onnx.Onnx.AttributeProto;
import onnx.Onnx.GraphProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.TensorProto;

/**
 * Counts the trainable numbers of an ONNX graph, each at the first node on the input's way that uses it.
 *
 * <p>A weight is a floating-point initializer or {@code Constant} of at least one axis. On its way to the node it may pass through
 * nodes that the input does not reach (Transpose, Identity, DequantizeLinear …); they hand the count on. The running mean and
 * variance of a batch normalization are statistics, not weights; the lengths and scales of a Resize are neither.
 */
final class OnnxWeights {
    private static final Set<Integer> FLOATING = Set.of(
            TensorProto.DataType.FLOAT_VALUE,
            TensorProto.DataType.DOUBLE_VALUE,
            TensorProto.DataType.FLOAT16_VALUE,
            TensorProto.DataType.BFLOAT16_VALUE);

    /** Numbers not yet counted, by the constant tensor that carries them. */
    private final Map<String, Long> waiting = new HashMap<>();

    OnnxWeights(GraphProto graph) {
        graph.getInitializerList().forEach(tensor -> waiting.put(tensor.getName(), elements(tensor)));
        graph.getSparseInitializerList()
                .forEach(tensor -> waiting.put(tensor.getValues().getName(), elements(tensor.getValues())));
    }

    /** The weights that a node is the first to use; for a node that the input does not reach they wait at its first output. */
    long take(NodeProto node, boolean reachedByInput) {
        long count = 0;
        for (int position = 0; position < node.getInputCount(); position++) {
            Long weights = isWeight(node.getOpType(), position) ? waiting.remove(node.getInput(position)) : null;
            count += weights == null ? 0 : weights;
        }
        if (reachedByInput) {
            return count;
        }
        count += node.getAttributeList().stream()
                .mapToLong(attribute -> constant(node, attribute))
                .sum();
        if (count > 0 && node.getOutputCount() > 0) {
            waiting.put(node.getOutput(0), count);
        }
        return 0;
    }

    private static boolean isWeight(String operator, int position) {
        return switch (operator) {
            case "BatchNormalization" -> position < 3;
            case "Resize", "Upsample", "DequantizeLinear", "QuantizeLinear" -> position == 0;
            default -> true;
        };
    }

    private static long constant(NodeProto node, AttributeProto attribute) {
        if (!node.getOpType().equals("Constant")) {
            return 0;
        }
        return switch (attribute.getName()) {
            case "value" -> elements(attribute.getT());
            case "value_floats" -> attribute.getFloatsCount();
            default -> 0;
        };
    }

    private static long elements(TensorProto tensor) {
        List<Long> lengths = tensor.getDimsList();
        if (lengths.isEmpty() || !FLOATING.contains(tensor.getDataType())) {
            return 0;
        }
        // A file may claim any lengths; the runtime refuses what is not there, so here it is enough not to overflow.
        return lengths.stream().reduce(1L, OnnxWeights::multiply);
    }

    private static long multiply(long left, long right) {
        long high = Math.multiplyHigh(left, right);
        long low = left * right;
        return high == 0 && low >= 0 ? low : Long.MAX_VALUE >> 16;
    }
}

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
 * <p>A weight is a floating-point initializer or {@code Constant} of at least one axis, or the whole numbers that an operator for
 * quantised weights takes in their place. On its way to the node it may pass through nodes that the input does not reach (Transpose,
 * Identity, DequantizeLinear …); they hand the count on. The running mean and
 * variance of a batch normalization are statistics, not weights; the lengths and scales of a Resize are neither.
 */
final class OnnxWeights {
    private static final Set<Integer> FLOATING = Set.of(
            TensorProto.DataType.FLOAT_VALUE,
            TensorProto.DataType.DOUBLE_VALUE,
            TensorProto.DataType.FLOAT16_VALUE,
            TensorProto.DataType.BFLOAT16_VALUE);

    private static final Set<Integer> QUANTIZED =
            Set.of(TensorProto.DataType.INT8_VALUE, TensorProto.DataType.UINT8_VALUE, TensorProto.DataType.INT32_VALUE);

    /** Numbers not yet counted, by the constant tensor that carries them. */
    private final Map<String, Long> waiting = new HashMap<>();
    /** The same of whole numbers, which are weights only where an operator takes them as such. */
    private final Map<String, Long> quantized = new HashMap<>();

    OnnxWeights(GraphProto graph) {
        graph.getInitializerList().forEach(tensor -> keep(tensor.getName(), tensor));
        graph.getSparseInitializerList()
                .forEach(tensor -> keep(tensor.getValues().getName(), tensor.getValues()));
    }

    private void keep(String name, TensorProto tensor) {
        if (FLOATING.contains(tensor.getDataType())) {
            waiting.put(name, elements(tensor));
        } else if (QUANTIZED.contains(tensor.getDataType())) {
            quantized.put(name, elements(tensor));
        }
    }

    /** The weights that a node is the first to use; for a node that the input does not reach they wait at its first output. */
    long take(NodeProto node, boolean reachedByInput) {
        constant(node);
        long count = 0;
        for (int position = 0; position < node.getInputCount(); position++) {
            String tensor = node.getInput(position);
            Long weights = isWeight(node.getOpType(), position) ? waiting.remove(tensor) : null;
            Long whole = isQuantizedWeight(node.getOpType(), position) ? quantized.remove(tensor) : null;
            count += (weights == null ? 0 : weights) + (whole == null ? 0 : whole);
        }
        if (reachedByInput) {
            return count;
        }
        if (count > 0 && node.getOutputCount() > 0) {
            waiting.put(node.getOutput(0), count);
        }
        return 0;
    }

    private static boolean isWeight(String operator, int position) {
        return switch (operator) {
            case "BatchNormalization" -> position < 3;
            case "Resize", "Upsample", "DequantizeLinear", "QuantizeLinear" -> position == 0;
            case "QLinearConv", "QLinearMatMul" -> false;
            default -> true;
        };
    }

    /** Whether whole numbers at a place are weights (0, 1 …), not indices, shapes or zero points. */
    private static boolean isQuantizedWeight(String operator, int position) {
        return switch (operator) {
            case "DequantizeLinear" -> position == 0;
            case "MatMulInteger", "ConvInteger", "DynamicQuantizeMatMul", "MatMulIntegerToFloat" -> position == 1;
            case "QLinearMatMul" -> position == 3;
            case "QLinearConv" -> position == 3 || position == 8;
            default -> false;
        };
    }

    /** Keeps the values of a node that is a constant. */
    private void constant(NodeProto node) {
        if (!node.getOpType().equals("Constant") || node.getOutputCount() == 0) {
            return;
        }
        for (AttributeProto attribute : node.getAttributeList()) {
            switch (attribute.getName()) {
                case "value" -> keep(node.getOutput(0), attribute.getT());
                case "value_floats" -> waiting.put(node.getOutput(0), (long) attribute.getFloatsCount());
                default -> {}
            }
        }
    }

    private static long elements(TensorProto tensor) {
        List<Long> lengths = tensor.getDimsList();
        if (lengths.isEmpty()) {
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

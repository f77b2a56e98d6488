package org.lamella.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.TensorInfo;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.lamella.activation.Layer;
import org.lamella.activation.LeftOut;

/**
 * The layers of a graph: its floating-point inputs, and every floating-point tensor that follows from the inputs' values and whose
 * first axis is the batch.
 *
 * <p>The first axis is the batch where its length follows the number of examples and no other length does. A length that changes with
 * the open lengths of the inputs is open. Weights that enter the graph at a tensor that is no layer, such as the whole numbers of
 * a {@code MatMulInteger}, are counted at the first layer that follows from it.
 *
 * @param layers the inputs, then the tensors
 * @param outputs how each layer comes out of the graph, in the same order
 */
record OnnxLayers(List<Layer> layers, List<OnnxOutput> outputs, List<LeftOut> leftOut) {
    /** The kind of the layers that are the graph's inputs. */
    static final String INPUT = "Input";

    /** What is known of the shape of a tensor that was not seen. */
    private static final List<Integer> UNKNOWN = List.of(-1);

    OnnxLayers {
        layers = List.copyOf(layers);
        outputs = List.copyOf(outputs);
        leftOut = List.copyOf(leftOut);
    }

    /** Collects layers in order. */
    private static final class Sorting {
        private final List<Layer> layers = new ArrayList<>();
        private final List<OnnxOutput> outputs = new ArrayList<>();
        private final List<LeftOut> leftOut;
        /** Weights that have not been counted yet, by the tensor that brings them. */
        private final Map<String, Long> carried = new HashMap<>();

        Sorting(OnnxGraph graph, List<OnnxInput> unfed) {
            leftOut = new ArrayList<>(graph.inner());
            for (OnnxInput input : graph.inputs()) {
                if (unfed.contains(input)) {
                    leftOut.add(new LeftOut(input.name(), INPUT, "its first axis is not the batch"));
                } else if (input.isFloating()) {
                    layers.add(new Layer(layers.size(), input.name(), INPUT, input.shape(), 0));
                    outputs.add(new OnnxOutput(
                            input.name(),
                            input.element() == OnnxElement.FLOAT32 ? OnnxOutput.How.FED : OnnxOutput.How.CAST));
                } else {
                    leftOut.add(new LeftOut(input.name(), INPUT, "is %s, not floating-point".formatted(input.type())));
                }
            }
        }

        private long parametersUpTo(OnnxTap tap) {
            return tap.parameters()
                    + tap.sources().stream()
                            .map(carried::remove)
                            .mapToLong(waiting -> waiting == null ? 0 : waiting)
                            .sum();
        }

        void leaveOut(OnnxTap tap, String reason) {
            leftOut.add(new LeftOut(tap.name(), tap.kind(), reason));
            long parameters = tap.dependsOnInput() ? parametersUpTo(tap) : 0;
            if (parameters > 0) {
                carried.put(tap.tensor(), parameters);
            }
        }

        void add(OnnxTap tap, List<Integer> shape, OnnxOutput.How how) {
            layers.add(new Layer(layers.size(), tap.name(), tap.kind(), shape, parametersUpTo(tap)));
            outputs.add(new OnnxOutput(tap.tensor(), how));
        }

        OnnxLayers done() {
            return new OnnxLayers(layers, outputs, leftOut);
        }
    }

    /** What the file says of a graph that could not be run. */
    static OnnxLayers unseen(OnnxGraph graph) {
        Sorting sorting = new Sorting(graph, List.of());
        for (OnnxTap tap : graph.taps()) {
            if (tap.dependsOnInput()) {
                sorting.add(tap, UNKNOWN, OnnxOutput.How.RETURNED);
            } else {
                sorting.leaveOut(tap, "does not depend on the input's values");
            }
        }
        return sorting.done();
    }

    static OnnxLayers of(OnnxGraph graph, OnnxProbe probe) {
        Sorting sorting = new Sorting(graph, probe.unfed());
        for (OnnxTap tap : graph.taps()) {
            TensorInfo first = probe.first().outputs().get(tap.tensor());
            TensorInfo second = probe.second().outputs().get(tap.tensor());
            String reason = reason(tap, first, second, probe);
            if (reason.isEmpty() && first != null && second != null) {
                boolean isFloat32 = first.type == OnnxJavaType.FLOAT;
                sorting.add(
                        tap,
                        withoutBatch(first.getShape(), second.getShape()),
                        isFloat32 ? OnnxOutput.How.RETURNED : OnnxOutput.How.CAST);
            } else {
                sorting.leaveOut(tap, reason);
            }
        }
        return sorting.done();
    }

    /** Why a tensor is not a layer; empty if it is one. */
    private static String reason(OnnxTap tap, @Nullable TensorInfo one, @Nullable TensorInfo other, OnnxProbe probe) {
        if (!tap.dependsOnInput()) {
            return "does not depend on the input's values";
        }
        if (one == null || other == null) {
            return "is not a tensor";
        }
        if (!OnnxElement.isFloating(one.type)) {
            String type = one.onnxType.name().replace("ONNX_TENSOR_ELEMENT_DATA_TYPE_", "");
            return "is " + type.toLowerCase(Locale.ROOT) + ", not floating-point";
        }
        long[] first = one.getShape();
        long[] second = other.getShape();
        boolean batchFirst = first.length == second.length
                && first.length > 0
                && first[0] == probe.first().batch()
                && second[0] == probe.second().batch();
        if (!batchFirst) {
            return "its first axis is not the batch: %s for %d examples, %s for %d"
                    .formatted(
                            Arrays.toString(first),
                            probe.first().batch(),
                            Arrays.toString(second),
                            probe.second().batch());
        }
        boolean steady = probe.open() || Arrays.equals(first, 1, first.length, second, 1, second.length);
        if (!steady) {
            return "the shape of one example changes with the batch: %s, %s"
                    .formatted(Arrays.toString(first), Arrays.toString(second));
        }
        return Arrays.stream(first).anyMatch(length -> length == 0) ? "is empty" : "";
    }

    private static List<Integer> withoutBatch(long[] first, long[] second) {
        List<Integer> shape = new ArrayList<>();
        for (int axis = 1; axis < first.length; axis++) {
            shape.add(first[axis] == second[axis] ? Math.toIntExact(first[axis]) : -1);
        }
        return shape;
    }

    /** The shape of one example of each layer, every length known. */
    static List<Integer> withoutBatch(TensorInfo seen) {
        return withoutBatch(seen.getShape(), seen.getShape());
    }
}

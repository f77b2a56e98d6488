package org.lamella.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.lamella.activation.Layer;
import org.lamella.activation.LeftOut;

/**
 * Finds the layers of a graph by running it: a layer is a float32 tensor that follows from the input's values and whose first axis is
 * the batch.
 *
 * <p>Declared shapes are often missing or wrong, so the graph is run on zeros, with two examples and with three: the first axis is the
 * batch where its length is 2 and then 3 and no other length changes. Where the input leaves more lengths open they change too, and a
 * length of the output that changes with them is open. A graph of a fixed batch is run with that batch alone.
 *
 * @param input the graph's input; its batch is fixed if the graph runs with one example but not with two
 * @param layers the input, then the tensors
 * @param tensors the tensor of each layer, in the same order
 */
record OnnxProbe(OnnxInput input, List<Layer> layers, List<String> tensors, List<LeftOut> leftOut) {
    /** The kind of the layer that is the graph's input. */
    static final String INPUT = "Input";

    /** Lengths to try where the input leaves them open; both of a pair must run. */
    private static final int[][] OPEN_LENGTHS = {{32, 64}, {64, 128}, {224, 256}};

    private static final int[][] NOTHING_OPEN = {{1, 1}};

    OnnxProbe {
        layers = List.copyOf(layers);
        tensors = List.copyOf(tensors);
        leftOut = List.copyOf(leftOut);
    }

    /** What came out of one run, by the tensor's name; what is not a tensor is missing. */
    private record Trial(int batch, Map<String, TensorInfo> outputs) {}

    private record Trials(OnnxInput input, Trial first, Trial second) {}

    static OnnxProbe of(Path file, OnnxGraph graph) {
        List<OnnxTap> candidates =
                graph.taps().stream().filter(OnnxTap::dependsOnInput).toList();
        Set<String> names = new LinkedHashSet<>();
        candidates.forEach(tap -> names.add(tap.tensor()));
        try (OrtSession session = OnnxEngine.open(file, names, graph.outputs())) {
            return sort(graph, run(file, session, graph.input(), names));
        } catch (OrtException e) {
            throw OnnxEngine.failure(file, "ONNX Runtime cannot open it", e);
        }
    }

    /** The shape of one example of each tensor, given the shape of one example of the input. */
    static Map<String, List<Integer>> shapes(
            Path file, OrtSession session, OnnxInput input, List<Integer> example, Set<String> tensors) {
        int batch = Math.max(1, input.batch());
        long[] shape = OnnxInput.shapeOf(batch, example);
        Map<String, List<Integer>> shapes = new HashMap<>();
        try {
            run(file, session, input.name(), shape, tensors)
                    .outputs()
                    .forEach((name, info) -> shapes.put(name, withoutBatch(info.getShape(), info.getShape())));
        } catch (OrtException e) {
            throw OnnxEngine.failure(file, "does not run on examples of " + OnnxInput.print(example), e);
        }
        return shapes;
    }

    private static Trials run(Path file, OrtSession session, OnnxInput input, Set<String> tensors) {
        OrtException failure = null;
        long[] failed = {};
        for (int[] lengths : input.isOpen() ? OPEN_LENGTHS : NOTHING_OPEN) {
            for (OnnxInput tried : input.batch() > 0 ? List.of(input) : List.of(input, input.withBatch(1))) {
                boolean fixed = tried.batch() > 0;
                long[] first = tried.shapeOf(fixed ? tried.batch() : 2, lengths[0]);
                long[] second = tried.shapeOf(fixed ? tried.batch() : 3, lengths[1]);
                try {
                    Trial one = run(file, session, input.name(), first, tensors);
                    return new Trials(
                            tried,
                            one,
                            Arrays.equals(first, second) ? one : run(file, session, input.name(), second, tensors));
                } catch (OrtException e) {
                    failed = failure == null ? first : failed;
                    failure = failure == null ? e : failure;
                }
            }
        }
        throw OnnxEngine.failure(
                file,
                "does not run on zeros of %s"
                        .formatted(OnnxInput.print(
                                Arrays.stream(failed).mapToObj(Math::toIntExact).toList())),
                Objects.requireNonNull(failure));
    }

    private static Trial run(Path file, OrtSession session, String input, long[] shape, Set<String> tensors)
            throws OrtException {
        if (tensors.isEmpty()) {
            return new Trial((int) shape[0], Map.of());
        }
        int batch = (int) shape[0];
        List<Integer> example =
                Arrays.stream(shape).skip(1).mapToObj(Math::toIntExact).toList();
        Map<String, TensorInfo> outputs = new HashMap<>();
        try (OnnxPinned zeros = new OnnxPinned(file, input, batch, example);
                OnnxTensor values = zeros.tensor(0, batch);
                OrtSession.Result result = session.run(Map.of(input, values), tensors)) {
            for (Map.Entry<String, OnnxValue> entry : result) {
                if (entry.getValue().getInfo() instanceof TensorInfo info) {
                    outputs.put(entry.getKey(), info);
                }
            }
        }
        return new Trial(batch, outputs);
    }

    private static OnnxProbe sort(OnnxGraph graph, Trials trials) {
        OnnxInput input = trials.input();
        List<Layer> layers = new ArrayList<>(List.of(new Layer(0, input.name(), INPUT, input.shape(), 0)));
        List<String> tensors = new ArrayList<>(List.of(input.name()));
        List<LeftOut> leftOut = new ArrayList<>(graph.inner());
        for (OnnxTap tap : graph.taps()) {
            TensorInfo first = trials.first().outputs().get(tap.tensor());
            TensorInfo second = trials.second().outputs().get(tap.tensor());
            if (!tap.dependsOnInput()) {
                leftOut.add(new LeftOut(tap.name(), tap.kind(), "does not depend on the input's values"));
            } else if (first == null || second == null) {
                leftOut.add(new LeftOut(tap.name(), tap.kind(), "is not a tensor"));
            } else {
                String reason = reason(first, second, trials);
                if (reason.isEmpty()) {
                    List<Integer> shape = withoutBatch(first.getShape(), second.getShape());
                    layers.add(new Layer(layers.size(), tap.name(), tap.kind(), shape, tap.parameters()));
                    tensors.add(tap.tensor());
                } else {
                    leftOut.add(new LeftOut(tap.name(), tap.kind(), reason));
                }
            }
        }
        return new OnnxProbe(input, layers, tensors, leftOut);
    }

    /** Why a tensor is not a layer; empty if it is one. */
    private static String reason(TensorInfo one, TensorInfo other, Trials trials) {
        if (one.type != OnnxJavaType.FLOAT) {
            return "is " + one.type.name().toLowerCase(Locale.ROOT) + ", not float32";
        }
        long[] first = one.getShape();
        long[] second = other.getShape();
        boolean batchFirst = first.length == second.length
                && first.length > 0
                && first[0] == trials.first().batch()
                && second[0] == trials.second().batch();
        if (!batchFirst) {
            return "its first axis is not the batch: %s for %d examples, %s for %d"
                    .formatted(
                            Arrays.toString(first),
                            trials.first().batch(),
                            Arrays.toString(second),
                            trials.second().batch());
        }
        boolean steady = trials.input().isOpen() || Arrays.equals(first, 1, first.length, second, 1, second.length);
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
}

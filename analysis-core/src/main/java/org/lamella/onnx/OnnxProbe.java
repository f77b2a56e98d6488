package org.lamella.onnx;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * Runs a graph to see its tensors.
 *
 * <p>Declared shapes are often missing or wrong, so the graph is run on zeros, with two examples and with three. Where the inputs leave
 * more lengths open they are set to one number the first time and to another the second. A graph of a fixed batch is run with that
 * batch alone; one that declares an open batch and runs with one example only has a fixed batch of one.
 *
 * @param batch how many examples the graph takes at a time; 0 where that is open
 * @param unfed inputs that do not have the examples along their first axis, so that no data can be given to them
 * @param open whether a length beside the batch is open
 */
record OnnxProbe(int batch, boolean open, List<OnnxInput> unfed, OnnxTrial first, OnnxTrial second) {
    OnnxProbe {
        unfed = List.copyOf(unfed);
    }

    /** Lengths to try where the inputs leave them open; both of a pair must run. */
    private static final int[][] OPEN_LENGTHS = {{32, 64}, {64, 128}, {224, 256}, {8, 16}};

    private static final int[][] NOTHING_OPEN = {{1, 1}};

    /** What came of the attempts: what was seen, or why nothing was. */
    record Outcome(Optional<OnnxProbe> seen, String obstacle) {
        private static Outcome failed(String obstacle) {
            return new Outcome(Optional.empty(), obstacle);
        }
    }

    /** @throws org.lamella.LamellaException if the runtime cannot open the graph */
    static Outcome of(OnnxContent content, OnnxGraph graph) {
        List<OnnxInput> inputs = graph.inputs();
        if (inputs.isEmpty()) {
            return Outcome.failed("its graph takes no input");
        }
        Optional<String> obstacle =
                inputs.stream().flatMap(input -> input.obstacle().stream()).findFirst();
        if (obstacle.isPresent()) {
            return Outcome.failed(obstacle.get());
        }
        int batch = batch(inputs);
        List<OnnxInput> unfed = inputs.stream()
                .filter(input -> input.batch() != 0 && input.batch() != batch)
                .toList();
        Set<String> tensors = graph.taps().stream()
                .filter(OnnxTap::dependsOnInput)
                .map(OnnxTap::tensor)
                .collect(Collectors.toCollection(TreeSet::new));
        // What the graph returns is opened too, so that the runtime sees the whole of it.
        Set<String> opened = new TreeSet<>(tensors);
        opened.addAll(graph.outputs());
        if (opened.isEmpty()) {
            return Outcome.failed("no node computes what its graph returns");
        }
        try (OrtSession session = OnnxEngine.open(
                content, graph, opened.stream().map(OnnxOutput::returned).toList())) {
            return run(content.where(), session, inputs, unfed, batch, tensors);
        } catch (OrtException e) {
            throw OnnxEngine.failure(content.where(), "ONNX Runtime cannot close it", e);
        }
    }

    /**
     * How many examples the graph takes at a time: what its inputs say. Where they differ a single example serves all if it serves one;
     * else it is what the first with axes says, or an open axis if there is one, as in a recurrent network's examples beside its state.
     */
    private static int batch(List<OnnxInput> inputs) {
        List<Integer> batches = inputs.stream()
                .map(OnnxInput::batch)
                .filter(batch -> batch >= 0)
                .distinct()
                .toList();
        boolean oneOrAny = batches.size() == 2 && batches.containsAll(List.of(0, 1));
        if (oneOrAny) {
            return 1;
        }
        return batches.isEmpty() || batches.contains(0) ? 0 : batches.get(0);
    }

    private static Outcome run(
            String where,
            OrtSession session,
            List<OnnxInput> inputs,
            List<OnnxInput> unfed,
            int batch,
            Set<String> tensors) {
        boolean open = inputs.stream().anyMatch(OnnxInput::isOpen);
        String failure = "";
        for (OnnxTrial.Fill fill : OnnxTrial.Fill.values()) {
            for (int[] lengths : open ? OPEN_LENGTHS : NOTHING_OPEN) {
                for (int fixed : batch > 0 ? new int[] {batch} : new int[] {0, 1}) {
                    int one = fixed > 0 ? fixed : 2;
                    int two = fixed > 0 ? fixed : 3;
                    try {
                        OnnxTrial first = OnnxTrial.run(where, session, inputs, unfed, one, lengths[0], fill, tensors);
                        OnnxTrial second = one == two && lengths[0] == lengths[1]
                                ? first
                                : OnnxTrial.run(where, session, inputs, unfed, two, lengths[1], fill, tensors);
                        return new Outcome(Optional.of(new OnnxProbe(fixed, open, unfed, first, second)), "");
                    } catch (OrtException e) {
                        failure = failure.isEmpty() ? obstacle(inputs, one, lengths[0], e) : failure;
                    }
                }
            }
        }
        return Outcome.failed(failure);
    }

    /** Every tensor of both runs by its name in the graph, the inputs among them. */
    Map<String, SeenTensor> tensors(OnnxGraph graph) {
        Map<String, SeenTensor> tensors = new HashMap<>();
        for (OnnxInput input : graph.inputs()) {
            List<Long> one = first.inputs().get(input.name());
            List<Long> other = second.inputs().get(input.name());
            if (one != null && other != null) {
                tensors.put(
                        input.name(),
                        new SeenTensor(
                                input.name(),
                                input.elementToFeed().runtime().name().toLowerCase(Locale.ROOT),
                                one,
                                other,
                                first.batch()));
            }
        }
        for (OnnxTap tap : graph.taps()) {
            TensorInfo one = first.outputs().get(tap.tensor());
            TensorInfo other = second.outputs().get(tap.tensor());
            if (one != null && other != null) {
                tensors.put(
                        tap.tensor(),
                        new SeenTensor(
                                tap.name(),
                                one.type.name().toLowerCase(Locale.ROOT),
                                lengths(one),
                                lengths(other),
                                first.batch()));
            }
        }
        return tensors;
    }

    private static List<Long> lengths(TensorInfo info) {
        return LongStream.of(info.getShape()).boxed().toList();
    }

    private static String obstacle(List<OnnxInput> inputs, int examples, int openLength, OrtException e) {
        String shapes = inputs.stream()
                .map(input -> Stream.concat(Stream.of(examples), input.shapeOf(openLength).stream())
                        .toList())
                .map(OnnxInput::print)
                .distinct()
                .collect(Collectors.joining(", "));
        return "does not run on zeros of %s: %s".formatted(shapes, OnnxEngine.reason(e));
    }
}

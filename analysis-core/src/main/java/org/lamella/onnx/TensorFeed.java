package org.lamella.onnx;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.lamella.LamellaException;
import org.lamella.data.Dataset;
import org.lamella.data.NamedInputs;

/** Examples that are tensors of closed shapes, one for each input. */
final class TensorFeed implements OnnxFeed {
    private final int examples;
    private final List<TensorColumn> columns;

    private TensorFeed(int examples, List<TensorColumn> columns) {
        this.examples = examples;
        this.columns = List.copyOf(columns);
    }

    /** @throws LamellaException if the graph needs other than one input, or the examples have another shape than it */
    static TensorFeed of(Dataset data, OnnxGraph graph, String where) {
        if (graph.inputs().size() != 1) {
            throw new LamellaException(
                    where,
                    "takes %d inputs (%s), and the examples of %s are one tensor each; give an npz with an array for each input"
                            .formatted(graph.inputs().size(), print(graph.inputs()), data.name()));
        }
        return new TensorFeed(data.size(), List.of(graph.inputs().get(0).feed(data, where)));
    }

    /** @throws LamellaException if an input is missing, a tensor is none of the graph's inputs, or shapes differ */
    static TensorFeed of(NamedInputs data, OnnxGraph graph, String where) {
        for (OnnxInput input : graph.inputs()) {
            if (!data.inputs().containsKey(input.name())) {
                throw new LamellaException(
                        data.name(),
                        "has no array for input %s of %s; it has %s"
                                .formatted(input, where, data.inputs().keySet()));
            }
        }
        List<TensorColumn> columns = new ArrayList<>();
        data.inputs().forEach((name, tensors) -> {
            Optional<OnnxInput> input = graph.inputs().stream()
                    .filter(one -> one.name().equals(name))
                    .findFirst();
            columns.add(input.orElseThrow(() -> new LamellaException(
                            data.name(),
                            "has an array '%s', which is no input of %s; its inputs are %s"
                                    .formatted(name, where, print(graph.inputs()))))
                    .feed(tensors, where));
        });
        return new TensorFeed(data.size(), columns);
    }

    private static String print(List<OnnxInput> inputs) {
        return inputs.stream().map(OnnxInput::toString).collect(Collectors.joining(", "));
    }

    @Override
    public int examples() {
        return examples;
    }

    @Override
    public Map<String, List<Integer>> shapes() {
        Map<String, List<Integer>> shapes = new LinkedHashMap<>();
        columns.forEach(column -> shapes.put(column.input().name(), column.shape()));
        return shapes;
    }

    @Override
    public Set<String> channelsLast() {
        return columns.stream()
                .filter(TensorColumn::channelsLast)
                .map(column -> column.input().name())
                .collect(Collectors.toSet());
    }

    @Override
    public void read(int[] wanted, OnnxBatch into) {
        for (TensorColumn column : columns) {
            column.read(wanted, into.take(column.input(), column.shape()));
        }
    }
}

package org.lamella.samediff;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import onnx.Onnx.ModelProto;
import org.jspecify.annotations.Nullable;
import org.lamella.LamellaException;
import org.lamella.Version;
import org.lamella.activation.LeftOut;
import org.lamella.convert.GraphWriter;
import org.lamella.convert.UnconvertibleException;

/**
 * A SameDiff graph as an ONNX graph. The tensors that variables become have the variables' names; helping tensors are called {@code
 * variable/Operator}. All floating-point numbers are float32.
 *
 * @param model the graph; absent if nothing of it could be written
 * @param operations what computes each variable that was written
 * @param leftOut operations that were not written, and placeholders that are not fed
 */
record GraphConversion(@Nullable ModelProto model, Map<String, Operation> operations, List<LeftOut> leftOut) {
    /** Protocol buffers end at 2 GiB; some of it is structure. */
    private static final long LARGEST = 2_000_000_000;

    private static final String PLACEHOLDER = "Input";

    /** Why what follows from labels is left out. */
    static final String NEEDS_LABELS = "needs labels";

    static GraphConversion of(GraphFile file, Roles roles) {
        return new Writing(file, roles).done();
    }

    /** A conversion under way. */
    private static final class Writing {
        private final GraphFile file;
        private final Roles roles;
        private final GraphWriter graph;
        private final Map<String, Value> values = new HashMap<>();
        private final Map<String, Operation> written = new LinkedHashMap<>();
        private final List<LeftOut> leftOut = new ArrayList<>();
        private long bytes;

        Writing(GraphFile file, Roles roles) {
            this.file = file;
            this.roles = roles;
            Set<String> reserved = new HashSet<>();
            roles.inputs().forEach(input -> reserved.add(input.name()));
            roles.order().forEach(operation -> reserved.addAll(operation.outputs()));
            this.graph = new GraphWriter(reserved);
        }

        GraphConversion done() {
            roles.labels().forEach(name -> leftOut.add(new LeftOut(name, PLACEHOLDER, "gives labels to losses")));
            roles.unused().forEach(name -> leftOut.add(new LeftOut(name, PLACEHOLDER, "nothing takes it")));
            for (Variable input : roles.inputs()) {
                input(input);
            }
            for (Operation operation : roles.order()) {
                if (roles.judging().contains(operation)) {
                    leaveOut(operation, NEEDS_LABELS);
                } else {
                    operation(operation);
                }
            }
            roles.circular().forEach(operation -> leaveOut(operation, "is part of a loop, or follows from one"));
            Set<String> taken = new HashSet<>();
            written.values().forEach(operation -> taken.addAll(operation.inputs()));
            for (String name : written.keySet()) {
                if (!taken.contains(name)) {
                    graph.output(name, value(name).family().onnx());
                }
            }
            return new GraphConversion(
                    written.isEmpty() ? null : graph.model("lamella", Version.current()), written, leftOut);
        }

        private Value value(String name) {
            @Nullable Value value = values.get(name);
            if (value == null) {
                throw new IllegalStateException(name + " was not written");
            }
            return value;
        }

        private void input(Variable input) {
            NumberType type = input.type().orElse(null);
            if (type == null) {
                leftOut.add(new LeftOut(input.name(), PLACEHOLDER, "takes numbers of a type that is not read"));
                return;
            }
            if (input.shape().isEmpty()) {
                throw new LamellaException(
                        file.path().toString(),
                        "its placeholder '%s' has no declared axes; save the graph with the shape of its input, -1 for the examples first"
                                .formatted(input.name()));
            }
            List<Long> shape = new ArrayList<>();
            input.shape().forEach(length -> shape.add(length > 0 ? length : Value.OPEN));
            graph.input(input.name(), type.family().onnx(), shape);
            values.put(input.name(), new Value(input.name(), type.family(), shape, null));
        }

        private void leaveOut(Operation operation, String reason) {
            operation.outputs().forEach(output -> leftOut.add(new LeftOut(output, operation.kind(), reason)));
        }

        private void operation(Operation operation) {
            List<Value> inputs = new ArrayList<>();
            for (String name : operation.inputs()) {
                @Nullable Value value = values.computeIfAbsent(name, this::stored);
                if (value == null) {
                    leaveOut(operation, "follows from '%s', which is not computed".formatted(name));
                    return;
                }
                inputs.add(value);
            }
            OperationWriter to = new OperationWriter(graph, operation, inputs);
            int start = graph.position();
            try {
                List<Value> outputs = Rules.write(to);
                for (int i = 0; i < outputs.size(); i++) {
                    String name = operation.outputs().get(i);
                    Value value = outputs.get(i);
                    if (!graph.rename(value.tensor(), name, start)) {
                        graph.reservedNode(name, "Identity", List.of(value.tensor()));
                    }
                    values.put(name, value.as(name));
                    written.put(name, operation);
                }
            } catch (UnconvertibleException e) {
                graph.undo(start);
                leaveOut(operation, e.reason());
            }
        }

        /** A variable or a constant as an initializer; null where the file has no numbers for it. */
        private @Nullable Value stored(String name) {
            @Nullable Variable variable = file.variables().get(name);
            @Nullable StoredNumbers numbers = variable == null ? null : variable.numbers();
            if (numbers == null) {
                return null;
            }
            NumberType.Family family = numbers.type().family();
            bytes += (long) numbers.count() * (family == NumberType.Family.FLOATING ? Float.BYTES : Long.BYTES);
            if (bytes > LARGEST) {
                throw new LamellaException(
                        file.path().toString(), "its weights in float32 are larger than 2 GiB, the limit of ONNX");
            }
            long[] lengths = numbers.shape().stream().mapToLong(Long::longValue).toArray();
            if (family == NumberType.Family.FLOATING) {
                return Value.floating(graph.floats(name, numbers.floats(), lengths), numbers.shape());
            }
            long[] integers = numbers.integers();
            List<Long> known = new ArrayList<>();
            for (long integer : integers) {
                known.add(integer);
            }
            return new Value(graph.integers(name, integers, lengths), NumberType.Family.WHOLE, numbers.shape(), known);
        }
    }
}

package org.lamella.samediff;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.lamella.LamellaException;

/**
 * A graph that SameDiff has saved: a FlatBuffers file by ND4J's schema. It is read here and not by ND4J, which takes the lengths and
 * strides in a file as they are, makes classes that the training configuration names, and hands arguments to native code
 * unchecked. Neither the updater's state nor more of the training configuration than the names of its labels is read.
 *
 * @param variables by their names
 * @param operations in the order of the file
 * @param losses names of the variables that are minimised
 * @param labels names of the placeholders that the training configuration gives labels to
 */
record GraphFile(
        Path path,
        Map<String, Variable> variables,
        List<Operation> operations,
        Set<String> losses,
        Set<String> labels) {
    // FlatGraph
    private static final int VARIABLES = 1;
    private static final int NODES = 2;
    private static final int LOSSES = 6;
    private static final int TRAINING = 7;

    // FlatVariable
    private static final int ID = 0;
    private static final int NAME = 1;
    private static final int TYPE = 2;
    private static final int SHAPE = 3;
    private static final int NUMBERS = 4;
    private static final int KIND = 6;

    // FlatNode
    private static final int PROPERTIES = 4;
    private static final int INPUTS = 6;
    private static final int FLOATING = 8;
    private static final int WHOLE = 9;
    private static final int TRUTHS = 10;
    private static final int AXES = 11;
    private static final int OUTPUTS = 15;
    private static final int OPERATION = 16;
    private static final int SCALAR = 18;

    // FlatProperties
    private static final int PROPERTY_NAME = 0;
    private static final int PROPERTY_TRUTHS = 5;

    /** A variable is known by the operation that computes it and the place among its outputs. */
    private record Id(int first, int second) {
        static Id of(FlatTable pair) {
            return new Id(pair.int32(0), pair.int32(1));
        }
    }

    /** Whether a file starts as one: a table with variables of which the first has a name and a number. */
    static boolean matches(Path path) throws IOException {
        try (FileChannel file = FileChannel.open(path)) {
            FlatTable graph = new FlatBuffer(path.toString(), map(path, file)).root();
            List<FlatTable> variables = graph.tables(VARIABLES);
            return !variables.isEmpty()
                    && !variables.get(0).string(NAME).isEmpty()
                    && variables.get(0).table(ID).isPresent()
                    && Variable.Kind.of(variables.get(0).int8(KIND)).isPresent();
        } catch (LamellaException e) {
            return false;
        }
    }

    /**
     * @throws LamellaException if the file is damaged, or its operations take what is not there
     */
    static GraphFile read(Path path) {
        try (FileChannel file = FileChannel.open(path)) {
            return read(path, new FlatBuffer(path.toString(), map(path, file)).root());
        } catch (IOException e) {
            throw new LamellaException(path.toString(), "cannot be read: " + e.getMessage(), e);
        }
    }

    private static ByteBuffer map(Path path, FileChannel file) throws IOException {
        if (file.size() > Integer.MAX_VALUE) {
            throw new LamellaException(
                    path.toString(),
                    "has %,d bytes; a SameDiff graph cannot have more than 2 GiB".formatted(file.size()));
        }
        return file.map(FileChannel.MapMode.READ_ONLY, 0, file.size());
    }

    private static GraphFile read(Path path, FlatTable graph) {
        Map<String, Variable> variables = new LinkedHashMap<>();
        Map<Id, String> names = new HashMap<>();
        for (FlatTable table : graph.tables(VARIABLES)) {
            Variable variable = variable(path, table);
            Id id = table.table(ID).map(Id::of).orElseThrow(() -> damaged(path, variable.name(), "has no number"));
            if (variables.put(variable.name(), variable) != null || names.put(id, variable.name()) != null) {
                throw damaged(path, variable.name(), "is there twice");
            }
        }
        List<Operation> operations = new ArrayList<>();
        Set<String> computed = new HashSet<>();
        for (FlatTable node : graph.tables(NODES)) {
            Operation operation = operation(path, node, names, variables);
            operation.outputs().forEach(output -> {
                if (!computed.add(output)) {
                    throw damaged(path, output, "is computed twice");
                }
            });
            operations.add(operation);
        }
        if (operations.isEmpty()) {
            throw new LamellaException(path.toString(), "is a SameDiff graph without operations");
        }
        return new GraphFile(
                path,
                variables,
                List.copyOf(operations),
                Set.copyOf(graph.strings(LOSSES)),
                labels(path, graph.string(TRAINING)));
    }

    private static Variable variable(Path path, FlatTable table) {
        String name = table.string(NAME);
        Variable.Kind known = Variable.Kind.of(table.int8(KIND))
                .orElseThrow(() -> damaged(path, name, "is of kind %d".formatted(table.int8(KIND))));
        if (name.isEmpty()) {
            throw damaged(path, name, "is a variable without a name");
        }
        boolean stored = known == Variable.Kind.TRAINED || known == Variable.Kind.CONSTANT;
        boolean readable = NumberType.of(table.int8(TYPE)).isPresent();
        StoredNumbers numbers = stored && readable
                ? table.table(NUMBERS)
                        .map(array -> StoredNumbers.of(array, path + ", variable '" + name + "'"))
                        .orElse(null)
                : null;
        return new Variable(
                name,
                known,
                NumberType.of(table.int8(TYPE)),
                Arrays.stream(table.int64s(SHAPE)).boxed().toList(),
                numbers);
    }

    private static Operation operation(
            Path path, FlatTable node, Map<Id, String> names, Map<String, Variable> variables) {
        String name = node.string(NAME);
        List<String> inputs = new ArrayList<>();
        for (FlatTable pair : node.tables(INPUTS)) {
            String input = names.get(Id.of(pair));
            if (input == null) {
                throw damaged(path, name, "takes a variable that is not there");
            }
            inputs.add(input);
        }
        List<String> outputs = node.strings(OUTPUTS);
        for (String output : outputs) {
            Variable variable = variables.get(output);
            if (variable == null || variable.kind() != Variable.Kind.COMPUTED) {
                throw damaged(path, name, "computes '%s', which is no variable to be computed".formatted(output));
            }
        }
        String kind = node.string(OPERATION);
        if (kind.isEmpty() || outputs.isEmpty()) {
            throw damaged(path, name, "does not say what it computes");
        }
        Map<String, Boolean> properties = new HashMap<>();
        for (FlatTable property : node.tables(PROPERTIES)) {
            boolean[] truths = property.booleans(PROPERTY_TRUTHS);
            if (truths.length == 1) {
                properties.put(property.string(PROPERTY_NAME), truths[0]);
            }
        }
        List<Boolean> truths = new ArrayList<>();
        for (boolean truth : node.booleans(TRUTHS)) {
            truths.add(truth);
        }
        return new Operation(
                name,
                kind,
                inputs,
                outputs,
                new Operation.Arguments(
                        Arrays.stream(node.int64s(WHOLE)).boxed().toList(),
                        Arrays.stream(node.doubles(FLOATING)).boxed().toList(),
                        truths,
                        Arrays.stream(node.int32s(AXES)).asLongStream().boxed().toList(),
                        properties,
                        node.table(SCALAR)
                                .map(array -> StoredNumbers.of(array, path + ", operation '" + name + "'"))
                                .orElse(null)));
    }

    /** What the training configuration, a JSON object, calls labels; nothing else of it is looked at. */
    private static Set<String> labels(Path path, String configuration) {
        if (configuration.isEmpty()) {
            return Set.of();
        }
        Set<String> labels = new HashSet<>();
        try {
            JsonNode json = new JsonMapper().readTree(configuration);
            for (String field : List.of("dataSetLabelMapping", "dataSetLabelMaskMapping")) {
                json.path(field).forEach(name -> labels.add(name.asText()));
            }
        } catch (JsonProcessingException e) {
            throw new LamellaException(
                    path.toString(), "has a damaged training configuration: " + e.getOriginalMessage(), e);
        }
        return labels;
    }

    private static LamellaException damaged(Path path, String name, String what) {
        return new LamellaException(path.toString(), "is a damaged SameDiff graph: '%s' %s".formatted(name, what));
    }
}

package org.lamella.samediff;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An operation of a SameDiff graph.
 *
 * @param name its own, which is not that of what it computes
 * @param kind ND4J's name of what it does
 * @param inputs names of variables
 * @param outputs names of variables
 * @param arguments the rest of what the file says of it
 */
record Operation(String name, String kind, List<String> inputs, List<String> outputs, Arguments arguments) {
    Operation {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }

    /**
     * Numbers that ND4J gives to its native operations, by their position.
     *
     * @param integers whole numbers
     * @param numbers floating-point numbers
     * @param truths flags
     * @param axes of a reduction
     * @param properties flags by name, where an operation has them
     * @param scalar second operand of an operation with a number; absent elsewhere
     */
    record Arguments(
            List<Long> integers,
            List<Double> numbers,
            List<Boolean> truths,
            List<Long> axes,
            Map<String, Boolean> properties,
            @Nullable StoredNumbers scalar) {
        Arguments {
            integers = List.copyOf(integers);
            numbers = List.copyOf(numbers);
            truths = List.copyOf(truths);
            axes = List.copyOf(axes);
            properties = Map.copyOf(properties);
        }
    }
}

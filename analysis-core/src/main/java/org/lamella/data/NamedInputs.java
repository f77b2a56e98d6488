package org.lamella.data;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Examples of several tensors each, for models with several inputs.
 *
 * @param name how it was named by the user: kind and path
 * @param inputs tensors by the name of the model's input; all of the same examples. Whole numbers, such as token ids, are
 *     exact up to 2^24
 */
public record NamedInputs(String name, Map<String, Dataset> inputs) implements Examples {
    /** @throws IllegalArgumentException if there is no input, or they differ in the number of examples */
    public NamedInputs {
        inputs = Collections.unmodifiableMap(new LinkedHashMap<>(inputs));
        if (inputs.values().stream().mapToInt(Dataset::size).distinct().count() != 1) {
            throw new IllegalArgumentException("inputs of different numbers of examples");
        }
    }

    private Dataset first() {
        return inputs.values().iterator().next();
    }

    @Override
    public int size() {
        return first().size();
    }

    @Override
    public OptionalInt label(int example) {
        return first().label(example);
    }

    @Override
    public List<String> classes() {
        return first().classes();
    }

    @Override
    public String id(int example) {
        return first().id(example);
    }
}

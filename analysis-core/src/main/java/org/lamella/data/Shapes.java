package org.lamella.data;

import java.util.List;
import java.util.stream.Collectors;

/** Shapes in messages. */
final class Shapes {
    private Shapes() {}

    /** As 3 x 32 x 32. */
    static String print(List<Integer> shape) {
        return shape.isEmpty()
                ? "one number"
                : shape.stream().map(String::valueOf).collect(Collectors.joining(" x "));
    }
}

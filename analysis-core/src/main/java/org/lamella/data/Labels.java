package org.lamella.data;

import java.util.List;
import java.util.OptionalInt;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The classes of examples as a file gives them, one text an example. Whole numbers from 0 are classes as they are; anything
 * else makes all of them names, numbered in the order of {@link String#compareTo}.
 */
final class Labels {
    /** Nine digits fit an int; programs that keep labels as floating-point numbers write 3 as 3.0. */
    private static final Pattern WHOLE = Pattern.compile("\\d{1,9}(\\.0*)?");

    private final int[] numbers;
    private final List<String> classes;

    private Labels(int[] numbers, List<String> classes) {
        this.numbers = numbers;
        this.classes = classes;
    }

    static Labels of(List<String> texts) {
        if (texts.stream().allMatch(text -> WHOLE.matcher(text).matches())) {
            return new Labels(
                    texts.stream()
                            .mapToInt(text -> (int) Double.parseDouble(text))
                            .toArray(),
                    List.of());
        }
        List<String> classes = List.copyOf(new TreeSet<>(texts));
        return new Labels(
                texts.stream()
                        .mapToInt(text -> java.util.Collections.binarySearch(classes, text))
                        .toArray(),
                classes);
    }

    /** For examples without labels. */
    static Labels none() {
        return new Labels(new int[0], List.of());
    }

    OptionalInt of(int example) {
        return numbers.length == 0 ? OptionalInt.empty() : OptionalInt.of(numbers[example]);
    }

    /** The names of the classes by their number; empty where numbers are all they have. */
    List<String> classes() {
        return classes;
    }
}

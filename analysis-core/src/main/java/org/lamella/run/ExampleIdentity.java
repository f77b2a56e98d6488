package org.lamella.run;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import org.lamella.LamellaException;
import org.lamella.data.Sha256;

/**
 * What tells the examples of a model from others: their identities and labels, in order. Examples that are known by their position
 * only, such as the rows of an array, may be any: they are the same as others as far as numbers and labels agree.
 *
 * @param model that is given the examples, or whose activations of them were stored
 */
record ExampleIdentity(String model, KnownExamples examples) {
    /**
     * The digest of the first examples of all models.
     *
     * @param all one for each model whose examples are known; at least one
     * @throws LamellaException if models have different examples, or in a different order
     */
    static String digest(List<ExampleIdentity> all, int used) {
        ExampleIdentity named =
                all.stream().filter(ExampleIdentity::isNamed).findFirst().orElse(all.get(0));
        all.forEach(named::requireSame);
        var lines = new StringBuilder();
        for (int i = 0; i < used; i++) {
            lines.append(named.examples.id(i)).append('\t');
            named.examples.label(i).ifPresent(lines::append);
            lines.append('\n');
        }
        return Sha256.ofBytes(lines.toString().getBytes(StandardCharsets.UTF_8));
    }

    private boolean isNamed() {
        return !IntStream.range(0, examples.size()).allMatch(i -> examples.id(i).equals(Integer.toString(i)));
    }

    private void requireSame(ExampleIdentity other) {
        if (other.examples.size() != examples.size()) {
            throw differ(
                    other,
                    "has %,d examples and model '%s' has %,d".formatted(other.examples.size(), model, examples.size()));
        }
        boolean byName = isNamed() && other.isNamed();
        for (int i = 0; i < examples.size(); i++) {
            if (byName && !examples.id(i).equals(other.examples.id(i))) {
                throw differ(
                        other,
                        "has %s as example %d and model '%s' has %s"
                                .formatted(other.examples.id(i), i, model, examples.id(i)));
            }
            var label = examples.label(i);
            var otherLabel = other.examples.label(i);
            if (label.isPresent() && otherLabel.isPresent() && !label.equals(otherLabel)) {
                throw differ(
                        other,
                        "has label %d for example %d and model '%s' has label %d"
                                .formatted(otherLabel.getAsInt(), i, model, label.getAsInt()));
            }
        }
    }

    private static LamellaException differ(ExampleIdentity other, String how) {
        return new LamellaException(
                "model '" + other.model + "'", how + "; all models of a run need the same examples in the same order");
    }
}

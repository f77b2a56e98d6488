package org.lamella.run;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.lamella.data.Examples;
import org.lamella.model.StoredModel;

/** What is known of the examples of a model, whether it is run on them or its activations were stored: names and labels. */
final class KnownExamples {
    private final int size;
    private final IntFunction<String> ids;
    private final IntFunction<OptionalInt> labels;
    private final List<String> classes;

    private KnownExamples(int size, IntFunction<String> ids, IntFunction<OptionalInt> labels, List<String> classes) {
        this.size = size;
        this.ids = ids;
        this.labels = labels;
        this.classes = List.copyOf(classes);
    }

    /** Those that a checkpoint is given. */
    static KnownExamples of(Examples examples) {
        return new KnownExamples(examples.size(), examples::id, examples::label, examples.classes());
    }

    /** Those that a file of activations tells of; empty if it tells nothing. */
    static Optional<KnownExamples> of(StoredModel model, int size) {
        @Nullable List<String> ids = model.ids().orElse(null);
        int @Nullable [] labels = model.labels().orElse(null);
        if (ids == null && labels == null) {
            return Optional.empty();
        }
        return Optional.of(new KnownExamples(
                size,
                ids == null ? Integer::toString : ids::get,
                labels == null ? i -> OptionalInt.empty() : i -> OptionalInt.of(labels[i]),
                List.of()));
    }

    /** So many of which nothing is known but their position. */
    static KnownExamples numbered(int size) {
        return new KnownExamples(size, Integer::toString, i -> OptionalInt.empty(), List.of());
    }

    int size() {
        return size;
    }

    String id(int example) {
        return ids.apply(example);
    }

    OptionalInt label(int example) {
        return labels.apply(example);
    }

    /** Names of the classes by their number; empty where there are none. */
    List<String> classes() {
        return classes;
    }

    /** The labels of the first examples; empty unless all of them have one. */
    Optional<int[]> labels(int count) {
        List<OptionalInt> all = IntStream.range(0, count).mapToObj(this::label).toList();
        return all.stream().allMatch(OptionalInt::isPresent)
                ? Optional.of(all.stream().mapToInt(OptionalInt::getAsInt).toArray())
                : Optional.empty();
    }
}

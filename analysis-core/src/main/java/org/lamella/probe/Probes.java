package org.lamella.probe;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.lamella.LamellaException;
import org.lamella.activation.ActivationSource;
import org.lamella.linalg.GramPrecision;
import org.lamella.similarity.FullGrams;

/**
 * Linear probes of all layers of some models: the accuracy of a linear classifier of each layer's activation (Alain and Bengio 2017;
 * Nguyen, Raghu and Kornblith 2021, sec. 5).
 *
 * <p>Learning is done on inner products: for m training and t test examples, c classes and d features a layer costs m² d operations
 * for its Gram matrix and 2 (m + t) d c for the scores, in float32, and what the classifier takes. Memory: 28 m² bytes for each
 * thread.
 */
public final class Probes {
    /** Two copies for a classifier, beside the Gram matrix in float64 and in float32. */
    private static final int BYTES = 28;

    private Probes() {}

    /** About the bytes outside the heap that the probes take, beside what the sources do. */
    public static long memory(int train, int threads) {
        return (long) threads * BYTES * train * train;
    }

    /**
     * What is asked.
     *
     * @param labels of the examples, training examples first; any whole numbers
     * @param train how many are for training; the rest is scored on
     * @param seed of the part of the training examples on which the regularisation is chosen
     * @param threads layers that are worked on at once
     */
    public record Task(List<Integer> labels, int train, LinearClassifier classifier, long seed, int threads) {
        public Task {
            labels = List.copyOf(labels);
            if (train < 10 || labels.size() - train < 1) {
                throw new LamellaException(
                        "probe",
                        "needs at least 10 training examples and one test example, not %d and %d"
                                .formatted(train, Math.max(0, labels.size() - train)));
            }
            List<Integer> learnt = labels.subList(0, train).stream().distinct().toList();
            if (learnt.size() < 2) {
                throw new LamellaException("probe", "the training examples are all of one class");
            }
        }

        /** The classes of the training examples in ascending order, then those that only test examples have. */
        private List<Integer> classes() {
            List<Integer> classes = new ArrayList<>(
                    labels.subList(0, train).stream().distinct().sorted().toList());
            labels.stream().distinct().filter(label -> !classes.contains(label)).forEach(classes::add);
            return classes;
        }

        private ProbeSplit split() {
            List<Integer> classes = classes();
            int[] numbers = labels.stream().mapToInt(classes::indexOf).toArray();
            return ProbeSplit.of(numbers, train, classes.size(), seed);
        }

        /** How many training examples the regularisation is chosen on. */
        public int validation() {
            return split().validation().length;
        }

        /** The share of test examples of the class that most training examples have: what needs no features. */
        public double chance() {
            int[] numbers = labels.stream().mapToInt(classes()::indexOf).toArray();
            long[] counts = new long[classes().size()];
            Arrays.stream(numbers, 0, train).forEach(label -> counts[label]++);
            int most = IntStream.range(0, counts.length).reduce(0, (a, b) -> counts[b] > counts[a] ? b : a);
            return Arrays.stream(numbers, train, numbers.length)
                            .filter(label -> label == most)
                            .count()
                    / (double) (numbers.length - train);
        }
    }

    /** Follows the probes. */
    @FunctionalInterface
    public interface Listener {
        /** Called after every layer, by several threads. */
        void done(int layers);
    }

    /**
     * Probes all layers, in order.
     *
     * @param sources models whose names differ, on the task's examples; they stay open
     */
    public static List<LayerProbe> of(List<ActivationSource> sources, Task task, Listener listener) {
        var grams = new FullGrams(
                sources,
                new FullGrams.Options(task.labels().size(), task.train(), GramPrecision.FLOAT32, task.threads()));
        if (grams.examples() != task.labels().size()) {
            throw new IllegalArgumentException(
                    "%d labels for %d examples".formatted(task.labels().size(), grams.examples()));
        }
        var probe = new LinearProbe(task.split(), task.classifier());
        Map<Integer, LayerProbe> done = new ConcurrentHashMap<>();
        grams.forEach((position, gram, activation) -> {
            LayerProbe found = probe.of(grams.layers().get(position), gram, activation)
                    .orElseThrow(() -> grams.notFinite(position, activation));
            done.put(position, found);
            listener.done(done.size());
        });
        return IntStream.range(0, grams.layers().size())
                .mapToObj(i -> Objects.requireNonNull(done.get(i)))
                .toList();
    }
}

package org.lamella.probe;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Which of the examples at hand a probe learns from, chooses its regularisation on, and is scored on. Training examples come first,
 * test examples follow.
 */
final class ProbeSplit {
    private final int[] labels;
    private final int train;
    private final int classes;
    private final int[] validation;

    private ProbeSplit(int[] labels, int train, int classes, int[] validation) {
        this.labels = labels;
        this.train = train;
        this.classes = classes;
        this.validation = validation;
    }

    /**
     * With a fifth of the training examples, every class with its share, chosen by the seed, to choose the regularisation on.
     *
     * @param labels of all examples, from 0 to classes - 1
     * @param train how many are for training
     */
    static ProbeSplit of(int[] labels, int train, int classes, long seed) {
        int[] ofTraining = Arrays.copyOf(labels, train);
        return new ProbeSplit(
                labels.clone(), train, classes, StratifiedSample.of(ofTraining, Math.max(1, train / 5), seed));
    }

    /** Number of classes. */
    int classes() {
        return classes;
    }

    /** Number of examples to be scored on. */
    int tested() {
        return labels.length - train;
    }

    /** Positions of the training examples on which the regularisation is chosen. */
    int[] validation() {
        return validation.clone();
    }

    /** Positions of the training examples that are left for learning while the regularisation is chosen. */
    int[] fit() {
        return IntStream.range(0, train)
                .filter(i -> Arrays.binarySearch(validation, i) < 0)
                .toArray();
    }

    int[] training() {
        return IntStream.range(0, train).toArray();
    }

    int[] test() {
        return IntStream.range(train, labels.length).toArray();
    }

    int[] labelsOf(int[] positions) {
        return Arrays.stream(positions).map(i -> labels[i]).toArray();
    }
}

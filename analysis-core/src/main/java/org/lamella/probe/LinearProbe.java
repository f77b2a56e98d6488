package org.lamella.probe;

import java.util.Arrays;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.lamella.linalg.DoubleMatrix;
import org.lamella.linalg.FullGram;
import org.lamella.similarity.LayerId;

/**
 * Probes layers one after the other: learns with every strength of regularisation on a part of the training examples, chooses the one
 * that does best on the rest (the stronger of equals), learns with it on all of them, and is scored once on the test examples.
 */
final class LinearProbe {
    private final ProbeSplit split;
    private final LinearClassifier classifier;

    LinearProbe(ProbeSplit split, LinearClassifier classifier) {
        this.split = split;
        this.classifier = classifier;
    }

    /** @param gram of the training examples and, after them, the test examples; not modified */
    LayerProbe of(LayerId layer, FullGram gram) {
        return gram.isConstant() ? guess(layer) : of(layer, gram.centred());
    }

    private LayerProbe guess(LayerId layer) {
        int[] counts = new int[split.classes()];
        for (int label : split.labelsOf(split.training())) {
            counts[label]++;
        }
        int most = IntStream.range(0, counts.length).reduce(0, (a, b) -> counts[b] > counts[a] ? b : a);
        int correct = hits(split.labelsOf(split.test()), label -> most);
        double validation =
                (double) hits(split.labelsOf(split.validation()), label -> most) / split.validation().length;
        return result(layer, correct, Double.NaN, validation);
    }

    private LayerProbe of(LayerId layer, DoubleMatrix gram) {
        double[] strengths = classifier.regularizations();
        double[] accuracies = new double[strengths.length];
        int[] wanted = split.labelsOf(split.validation());
        try (KernelSplit kernel = KernelSplit.of(gram, split.fit(), split.validation())) {
            int[][] found = classifier.classify(kernel, split.labelsOf(split.fit()), split.classes(), strengths);
            for (int s = 0; s < strengths.length; s++) {
                int[] classes = found[s];
                accuracies[s] = (double) hits(wanted, i -> classes[i]) / wanted.length;
            }
        }
        int best = IntStream.range(0, strengths.length).reduce(0, (a, b) -> accuracies[b] >= accuracies[a] ? b : a);
        try (KernelSplit kernel = KernelSplit.of(gram, split.training(), split.test())) {
            int[] found = classifier
                    .classify(
                            kernel,
                            split.labelsOf(split.training()),
                            split.classes(),
                            Arrays.copyOfRange(strengths, best, best + 1))[0];
            int correct = hits(split.labelsOf(split.test()), i -> found[i]);
            return result(layer, correct, strengths[best], accuracies[best]);
        }
    }

    private static int hits(int[] wanted, IntUnaryOperator found) {
        return (int) IntStream.range(0, wanted.length)
                .filter(i -> wanted[i] == found.applyAsInt(i))
                .count();
    }

    private LayerProbe result(LayerId layer, int correct, double strength, double validationAccuracy) {
        int test = split.tested();
        return new LayerProbe(layer, correct, test, WilsonInterval.of(correct, test), strength, validationAccuracy);
    }
}

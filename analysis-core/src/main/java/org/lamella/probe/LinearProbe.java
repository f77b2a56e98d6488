package org.lamella.probe;

import java.util.List;
import java.util.Optional;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.lamella.linalg.DoubleMatrix;
import org.lamella.linalg.FeatureScores;
import org.lamella.linalg.FullGram;
import org.lamella.linalg.NativeMatrix;
import org.lamella.similarity.LayerId;

/**
 * Probes layers one after the other: learns with every strength of regularisation on a part of the training examples, chooses the one
 * that does best on the rest (the stronger of equals), learns with it on all of them, and is scored once on the test examples.
 *
 * <p>Inner products are needed among training examples alone: the test examples are scored by the weights of the features.
 */
final class LinearProbe {
    private final ProbeSplit split;
    private final LinearClassifier classifier;

    LinearProbe(ProbeSplit split, LinearClassifier classifier) {
        this.split = split;
        this.classifier = classifier;
    }

    /**
     * Probes a layer; empty if the activation of a test example is not finite.
     *
     * @param gram of the training examples, whose activation is finite; used up
     * @param activation of the training examples and, after them, the test examples; not modified
     */
    Optional<LayerProbe> of(LayerId layer, FullGram gram, NativeMatrix activation) {
        return gram.isConstant() ? guess(layer, activation) : learned(layer, gram.centred(), activation);
    }

    private Optional<LayerProbe> guess(LayerId layer, NativeMatrix activation) {
        int[] counts = new int[split.classes()];
        for (int label : split.labelsOf(split.training())) {
            counts[label]++;
        }
        int most = IntStream.range(0, counts.length).reduce(0, (a, b) -> counts[b] > counts[a] ? b : a);
        int correct = hits(split.labelsOf(split.test()), label -> most);
        double validation =
                (double) hits(split.labelsOf(split.validation()), label -> most) / split.validation().length;
        try (DoubleMatrix nothing = DoubleMatrix.zeros(1, split.training().length);
                DoubleMatrix scores = FeatureScores.of(activation, nothing)) {
            return scores.isFinite() ? Optional.of(result(layer, correct, Double.NaN, validation)) : Optional.empty();
        }
    }

    private Optional<LayerProbe> learned(LayerId layer, DoubleMatrix gram, NativeMatrix activation) {
        double[] strengths = classifier.regularizations();
        double[] accuracies = new double[strengths.length];
        int[] wanted = split.labelsOf(split.validation());
        try (KernelSplit kernel = KernelSplit.of(gram, split.fit(), split.validation())) {
            List<DualWeights> learned =
                    classifier.learn(kernel.learn(), split.labelsOf(split.fit()), split.classes(), strengths);
            for (int s = 0; s < strengths.length; s++) {
                int[] classes = learned.get(s).classify(kernel.score());
                accuracies[s] = (double) hits(wanted, i -> classes[i]) / wanted.length;
            }
        }
        int best = IntStream.range(0, strengths.length).reduce(0, (a, b) -> accuracies[b] >= accuracies[a] ? b : a);
        double scale = KernelSplit.scale(gram);
        gram.scale(scale);
        double[] chosen = {strengths[best]};
        DualWeights learned = classifier
                .learn(gram, split.labelsOf(split.training()), split.classes(), chosen)
                .get(0);
        // One root of the scale goes to each of the two features of an inner product, lest float32 leave its range.
        double root = Math.sqrt(scale);
        try (DoubleMatrix coefficients = learned.coefficients(root);
                DoubleMatrix scores = FeatureScores.of(activation, coefficients)) {
            scores.scale(root);
            if (!scores.isFinite()) {
                return Optional.empty();
            }
            int[] found = learned.decide(scores);
            int correct = hits(split.labelsOf(split.test()), i -> found[i]);
            return Optional.of(result(layer, correct, strengths[best], accuracies[best]));
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

package org.lamella.probe;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.lamella.linalg.DoubleMatrix;

/**
 * Multinomial logistic regression: the mean over the examples of -log softmax(W xᵢ + b) at the label, plus λ/2 ‖W‖², with no penalty
 * on the intercepts b; the class with the largest score wins.
 *
 * <p>It is the same classifier as on the full features: with W = Xᵀ A a gradient in W is Xᵀ G with G = (P - Y)/n + λ A, and the
 * inner product of two such is that of A and K A. So L-BFGS runs on W as it would on the features, at one product K G an iteration,
 * n² numbers read for each. Strengths are taken from the largest down, each starting where the last one ended.
 */
public record SoftmaxClassifier() implements LinearClassifier {
    @Override
    public String name() {
        return "softmax";
    }

    @Override
    public double[] regularizations() {
        return new double[] {1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1};
    }

    @Override
    public List<DualWeights> learn(DoubleMatrix kernel, int[] labels, int classes, double[] strengths) {
        List<DualWeights> strongestFirst = new ArrayList<>();
        SoftmaxPoint point = SoftmaxPoint.zero(labels.length, classes);
        for (int s = strengths.length - 1; s >= 0; s--) {
            point = new SoftmaxDescent(kernel, labels, classes, strengths[s]).from(point);
            strongestFirst.add(new DualWeights(point.dual(), point.intercepts().clone()));
        }
        Collections.reverse(strongestFirst);
        return List.copyOf(strongestFirst);
    }
}

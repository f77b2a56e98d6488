package org.lamella.probe;

import java.util.Arrays;
import java.util.List;
import org.lamella.linalg.Cholesky;
import org.lamella.linalg.DoubleMatrix;

/**
 * Ridge classification: least squares for one number a class, 1 where the example is of it and 0 where not, with a penalty λ ‖W‖² on
 * the weights and none on the intercepts; the class with the largest number wins. In the dual A = (K + λ I)⁻¹ (Y - Ȳ) (Saunders,
 * Gammerman and Vovk 1998).
 *
 * <p>Cost for n examples: one Cholesky factorisation, n³/3 operations, for each λ. All eigenvectors of K, which would serve all λ,
 * cost as much as 27 of them.
 */
public record RidgeClassifier() implements LinearClassifier {
    @Override
    public String name() {
        return "ridge";
    }

    /** In parts of the mean eigenvalue of K times n: of the mean squared norm. */
    @Override
    public double[] regularizations() {
        return new double[] {1e-3, 1e-2, 1e-1, 1, 10, 100};
    }

    @Override
    public List<DualWeights> learn(DoubleMatrix kernel, int[] labels, int classes, double[] strengths) {
        double[] shares = new double[classes];
        for (int label : labels) {
            shares[label] += 1.0 / labels.length;
        }
        return Arrays.stream(strengths)
                .mapToObj(strength -> new DualWeights(solve(kernel, labels, shares, strength), shares))
                .toList();
    }

    /** One row a class. */
    private static double[][] solve(DoubleMatrix gram, int[] labels, double[] shares, double strength) {
        double[][] targets = new double[shares.length][labels.length];
        for (int c = 0; c < shares.length; c++) {
            Arrays.fill(targets[c], -shares[c]);
            for (int i = 0; i < labels.length; i++) {
                targets[c][i] += labels[i] == c ? 1 : 0;
            }
        }
        DoubleMatrix matrix = gram.copy();
        matrix.addToDiagonal(strength);
        try (Cholesky factor = Cholesky.of(matrix)
                        .orElseThrow(() -> new IllegalStateException(
                                "a Gram matrix with %s on its diagonal is not positive definite".formatted(strength)));
                DoubleMatrix sides = DoubleMatrix.of(targets)) {
            factor.solve(sides);
            for (int c = 0; c < targets.length; c++) {
                sides.readRow(c, targets[c]);
            }
        }
        return targets;
    }
}

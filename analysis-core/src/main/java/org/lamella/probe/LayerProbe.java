package org.lamella.probe;

import org.lamella.similarity.LayerId;

/**
 * What a probe of one layer came to.
 *
 * @param correct test examples that were classified rightly
 * @param test how many there were
 * @param interval of the accuracy
 * @param regularization chosen, for features whose mean squared norm is 1; NaN where the activation is the same for all training examples
 * @param validationAccuracy on the part of the training examples on which it was chosen
 */
public record LayerProbe(
        LayerId layer,
        int correct,
        int test,
        WilsonInterval interval,
        double regularization,
        double validationAccuracy) {
    /** The share of test examples classified rightly. */
    public double accuracy() {
        return (double) correct / test;
    }

    /** Whether the activation was the same for all training examples, so that only the most frequent class could be guessed. */
    public boolean isConstant() {
        return Double.isNaN(regularization);
    }
}

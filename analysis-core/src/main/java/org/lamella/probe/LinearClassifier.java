package org.lamella.probe;

import java.util.List;
import org.lamella.linalg.DoubleMatrix;

/**
 * A linear classifier of a layer's features, learnt and applied through their inner products alone: its weights are combinations of
 * the examples that it learnt from, W = Xᵀ A, so that n × p activations are never needed (the representer theorem; Schölkopf,
 * Herbrich and Smola 2001).
 */
public sealed interface LinearClassifier permits RidgeClassifier, SoftmaxClassifier {
    /** As written in options and files. */
    String name();

    /** The strengths of regularisation to choose from, in ascending order, for features whose mean squared norm is 1. */
    double[] regularizations();

    /**
     * Learns with every strength, and gives what was learned for each, in its order.
     *
     * @param kernel n × n: inner products of the examples to learn from, features centred; not modified
     * @param labels of these examples, from 0 to classes - 1
     * @param strengths some of {@link #regularizations}, in ascending order
     */
    List<DualWeights> learn(DoubleMatrix kernel, int[] labels, int classes, double[] strengths);
}

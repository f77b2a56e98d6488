package org.lamella.samples.training;

import static org.deeplearning4j.nn.params.BatchNormalizationParamInitializer.BETA;
import static org.deeplearning4j.nn.params.BatchNormalizationParamInitializer.GAMMA;

import java.util.List;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.lamella.LamellaException;
import org.lamella.samples.network.Network;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The penalty λ Σ √p ‖(γ, β)‖ on the p scales and shifts with which the batch normalisation at the end of each residual branch gives
 * its output: the group lasso (Yuan and Lin 2006) with a branch as the group. It chooses which branches a network needs, as Huang and
 * Wang (2018, <i>Data-Driven Sparse Structure Selection for Deep Neural Networks</i>) do with one factor a branch. A branch that the
 * network can do without ends as exactly nothing.
 *
 * <p>It is not in the gradient, which jumps at 0 and would never leave a branch there. Instead each step ends by moving every
 * branch's numbers towards 0 together and not across it, the proximal step of the penalty (Parikh and Boyd 2014, 6.5.4).
 */
final class BranchSparsity {
    private final List<Branch> branches;
    private final double penalty;
    private final double momentum;

    private record Branch(INDArray scales, INDArray shifts) {
        double norm() {
            return Math.hypot(
                    scales.norm2Number().doubleValue(), shifts.norm2Number().doubleValue());
        }

        /** √p. */
        double weight() {
            return Math.sqrt((double) scales.length() + shifts.length());
        }

        void times(double factor) {
            scales.muli(factor);
            shifts.muli(factor);
        }
    }

    private BranchSparsity(List<Branch> branches, double penalty, double momentum) {
        this.branches = branches;
        this.penalty = penalty;
        this.momentum = momentum;
    }

    /**
     * @param penalty λ
     * @param momentum μ of the updater, which makes every gradient count 1 / (1 - μ) times, and so this penalty too
     * @throws LamellaException if there is a penalty and no branch that it could be on
     */
    static BranchSparsity of(ComputationGraph graph, Network network, double penalty, double momentum) {
        List<Branch> branches = penalty == 0
                ? List.of()
                : network.branchNormalizations().stream()
                        .map(graph::getLayer)
                        .map(layer -> new Branch(layer.getParam(GAMMA), layer.getParam(BETA)))
                        .toList();
        if (penalty > 0 && branches.isEmpty()) {
            throw new LamellaException(
                    "training spec", "regularization.branches needs a residual network with batch normalisation");
        }
        return new BranchSparsity(branches, penalty, momentum);
    }

    /**
     * Ends a step.
     *
     * @return the penalty before the move
     */
    double shrink(double learningRate) {
        double sum = 0;
        for (Branch branch : branches) {
            double norm = branch.norm();
            double distance = learningRate * penalty * branch.weight() / (1 - momentum);
            branch.times(norm > distance ? 1 - distance / norm : 0);
            sum += branch.weight() * norm;
        }
        return penalty * sum;
    }
}

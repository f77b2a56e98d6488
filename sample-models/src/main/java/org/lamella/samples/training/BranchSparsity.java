package org.lamella.samples.training;

import java.util.List;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.params.BatchNormalizationParamInitializer;
import org.lamella.LamellaException;
import org.lamella.samples.network.Network;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The penalty λ Σ |γ| on the scales with which the batch normalisations at the ends of residual branches multiply (Huang and Wang
 * 2018, <i>Data-Driven Sparse Structure Selection for Deep Neural Networks</i>, with a scale for each channel as in Liu et al.
 * 2017). A branch that the network can do without gets scales of 0 and no longer depends on its input.
 *
 * <p>It is not in the gradient, which jumps where a scale is 0 and would never leave it there. Instead each step ends by moving
 * every scale towards 0 and not across it, the proximal step of the penalty (Parikh and Boyd 2014, 6.5.2).
 */
final class BranchSparsity {
    private final List<INDArray> scales;
    private final double penalty;
    private final double momentum;

    private BranchSparsity(List<INDArray> scales, double penalty, double momentum) {
        this.scales = scales;
        this.penalty = penalty;
        this.momentum = momentum;
    }

    /**
     * @param penalty λ
     * @param momentum μ of the updater, which makes every gradient count 1 / (1 - μ) times, and so this penalty too
     * @throws LamellaException if there is a penalty and no branch that it could be on
     */
    static BranchSparsity of(ComputationGraph graph, Network network, double penalty, double momentum) {
        List<INDArray> scales = penalty == 0
                ? List.of()
                : network.branchNormalizations().stream()
                        .map(name -> graph.getLayer(name).getParam(BatchNormalizationParamInitializer.GAMMA))
                        .toList();
        if (penalty > 0 && scales.isEmpty()) {
            throw new LamellaException(
                    "training spec", "regularization.branches needs a residual network with batch normalisation");
        }
        return new BranchSparsity(scales, penalty, momentum);
    }

    /**
     * Ends a step.
     *
     * @return λ Σ |γ| before the move
     */
    double shrink(double learningRate) {
        double sum = 0;
        double distance = learningRate * penalty / (1 - momentum);
        for (INDArray scale : scales) {
            for (int channel = 0; channel < scale.length(); channel++) {
                double value = scale.getDouble(channel);
                sum += Math.abs(value);
                scale.putScalar(channel, Math.signum(value) * Math.max(0, Math.abs(value) - distance));
            }
        }
        return penalty * sum;
    }
}

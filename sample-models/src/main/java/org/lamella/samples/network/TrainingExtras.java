package org.lamella.samples.network;

import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.dropout.Dropout;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.lamella.LamellaException;

/**
 * What a network has while it is trained and not when it is used; none of it has parameters.
 *
 * @param dropout share of a layer's inputs that are set to zero: those of the second convolution of a block, as in wide
 *     residual networks (Zagoruyko and Komodakis 2016, 2.4), and those of every dense layer but the first; 0 for none
 * @param penaltyWeight α of {@link PrincipalComponentPenalty}, on the output of every block or hidden layer; 0 for none
 * @param penaltyThreshold its τ
 * @param sparseBranches whether residual branches start as nothing: the scales of their last batch normalisation are 0, as Goyal
 *     et al. (2017, 5.1) start them, so that the network begins as its shortcuts
 */
public record TrainingExtras(double dropout, double penaltyWeight, double penaltyThreshold, boolean sparseBranches) {
    /** Nothing. */
    public static final TrainingExtras NONE = new TrainingExtras(0, 0, 0, false);

    public TrainingExtras {
        require(dropout >= 0 && dropout < 1, "dropout", dropout, "0 or more and below 1");
        require(penaltyWeight >= 0, "the weight of the principal component penalty", penaltyWeight, "0 or more");
        require(
                penaltyThreshold >= 0 && penaltyThreshold < 1,
                "the threshold of the principal component penalty",
                penaltyThreshold,
                "0 or more and below 1");
    }

    private static void require(boolean condition, String what, double value, String wanted) {
        if (!condition) {
            throw new LamellaException("training", what + " is " + value + " but must be " + wanted);
        }
    }

    <B extends BaseLayer.Builder<B>> B dropping(B layer) {
        if (dropout > 0) {
            layer.dropOut(new Dropout(1 - dropout));
        }
        return layer;
    }

    /** The scale with which the last batch normalisation of a residual branch starts. */
    double branchScale() {
        return sparseBranches ? 0 : 1;
    }

    /** The vertex that takes the place of a block's output. */
    String penalized(GraphBuilder graph, String output) {
        if (penaltyWeight == 0) {
            return output;
        }
        String name = output + ".penalty";
        graph.addVertex(name, new PrincipalComponentPenalty(penaltyWeight, penaltyThreshold), output);
        return name;
    }
}

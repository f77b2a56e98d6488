package org.lamella.dl4j;

import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.layers.normalization.BatchNormalization;
import org.deeplearning4j.nn.params.BatchNormalizationParamInitializer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Counts what a Deeplearning4j network learns. */
public final class Dl4jParameters {
    /** Running statistics, which Deeplearning4j keeps among the parameters. */
    private static final Set<String> STATISTICS = Set.of(
            BatchNormalizationParamInitializer.GLOBAL_MEAN,
            BatchNormalizationParamInitializer.GLOBAL_VAR,
            BatchNormalizationParamInitializer.GLOBAL_LOG_STD);

    private Dl4jParameters() {}

    /** Trainable numbers of a layer: its parameters without the running mean and variance of a batch normalisation. */
    public static long trainable(Layer layer) {
        boolean statistics = layer instanceof BatchNormalization;
        Map<String, INDArray> parameters = layer.paramTable();
        return parameters == null
                ? 0
                : parameters.entrySet().stream()
                        .filter(entry -> !(statistics && STATISTICS.contains(entry.getKey())))
                        .mapToLong(entry -> entry.getValue().length())
                        .sum();
    }

    /** Trainable numbers of a whole network. */
    public static long trainable(ComputationGraph network) {
        return Arrays.stream(network.getLayers())
                .mapToLong(Dl4jParameters::trainable)
                .sum();
    }
}

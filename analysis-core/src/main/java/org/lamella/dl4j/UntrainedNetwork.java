package org.lamella.dl4j;

import java.nio.file.Path;
import java.util.List;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;

/**
 * A network as it was before it was trained: the structure of a file, its weights drawn anew by the rule that the file has for each
 * layer. Running statistics of batch normalisation are those of no data, mean 0 and variance 1.
 *
 * @param seed of the weights; the same seed gives the same network
 */
record UntrainedNetwork(SavedNetwork trained, long seed) implements SavedNetwork {
    @Override
    public Path path() {
        return trained.path();
    }

    @Override
    public ComputationGraphConfiguration configuration() {
        return trained.configuration();
    }

    @Override
    public List<Integer> inputShape() {
        return trained.inputShape();
    }

    @Override
    public ComputationGraph restore() {
        ComputationGraph graph = trained.restore();
        ComputationGraphConfiguration structure = graph.getConfiguration();
        graph.close();
        structure.getDefaultConfiguration().setSeed(seed);
        ComputationGraph fresh = new ComputationGraph(structure);
        fresh.init();
        return fresh;
    }
}

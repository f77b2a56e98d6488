package org.lamella.samples.training;

import java.io.IOException;
import java.util.Map;
import org.deeplearning4j.config.DL4JSystemProperties;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.lamella.benchmark.Turns;
import org.lamella.dl4j.Dl4jRuntime;
import org.lamella.samples.network.ConvolutionalNetwork;
import org.lamella.samples.network.Shortcut;
import org.lamella.samples.network.TrainingExtras;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Nesterovs;

/** Steps of training a ResNet-14 on random images of 28 × 28 pixels, 128 a step, in one of three {@link Manner}s. */
public final class TrainingTiming {
    /** Images a step. */
    public static final int BATCH = 128;

    /** How Deeplearning4j is set up. */
    public enum Manner {
        /** As it is without further ado: its layers do not use oneDNN. */
        PLAIN,
        /** With oneDNN in its layers. */
        ONEDNN,
        /** As the trainer does. */
        LAMELLA
    }

    private TrainingTiming() {}

    /**
     * Takes turns: {@code step} is one step.
     *
     * @param arguments the manner and the number of threads
     */
    public static void main(String[] arguments) throws IOException {
        Manner manner = Manner.valueOf(arguments[0]);
        int threads = Integer.parseInt(arguments[1]);
        System.setProperty(DL4JSystemProperties.DISABLE_HELPER_PROPERTY, Boolean.toString(manner == Manner.PLAIN));
        Dl4jRuntime.useThreads(threads);
        var network =
                new ConvolutionalNetwork(14, ConvolutionalNetwork.filtersOf(1), Shortcut.PROJECTION, true, 1, 28, 10);
        var recipe = new NeuralNetConfiguration.Builder()
                .seed(1)
                .updater(new Nesterovs(0.05, 0.9))
                .l2(1e-4);
        ComputationGraph graph = new ComputationGraph(network.configuration(recipe, TrainingExtras.NONE));
        Dl4jRuntime.withOneDnn(() -> {
            graph.init();
            return graph;
        });
        if (manner == Manner.LAMELLA) {
            ChannelNormalization.install(graph, threads);
        }
        INDArray images = Nd4j.rand(DataType.FLOAT, BATCH, 1, 28, 28);
        INDArray labels = Nd4j.zeros(DataType.FLOAT, BATCH, 10);
        for (int example = 0; example < BATCH; example++) {
            labels.putScalar(example, example % 10, 1);
        }
        Turns.take(
                Map.of("about", manner.name()),
                Map.of("step", () -> graph.fit(new INDArray[] {images}, new INDArray[] {labels})));
    }
}

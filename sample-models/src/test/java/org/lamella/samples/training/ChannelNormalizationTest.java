package org.lamella.samples.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lamella.dl4j.Dl4jRuntime;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions;

/** Beside Deeplearning4j's own batch normalisation, and beside the formulas in float64. */
class ChannelNormalizationTest {
    @BeforeAll
    static void useOneThread() {
        Dl4jRuntime.useThreads(1);
    }

    static Stream<long[]> shapes() {
        // Odd numbers of pixels, one pixel, and vectors, which have no pixels.
        return Stream.of(new long[] {6, 3, 5, 5}, new long[] {9, 4, 8, 8}, new long[] {7, 5, 1, 1}, new long[] {12, 5});
    }

    private static ComputationGraph graph(long[] shape) {
        InputType input = shape.length == 2
                ? InputType.feedForward(shape[1])
                : InputType.convolutional(shape[2], shape[3], shape[1]);
        var graph = new ComputationGraph(new NeuralNetConfiguration.Builder()
                .seed(1)
                .updater(new Sgd(0.1))
                .graphBuilder()
                .addInputs("input")
                .setInputTypes(input)
                // Two, so that the lower one is given a gradient that the upper one made.
                .addLayer("lower", new BatchNormalization.Builder().build(), "input")
                .addLayer("relu", new ActivationLayer(Activation.TANH), "lower")
                .addLayer("upper", new BatchNormalization.Builder().build(), "relu")
                .addLayer(
                        "loss",
                        shape.length == 2
                                ? new LossLayer.Builder(LossFunctions.LossFunction.MSE)
                                        .activation(Activation.TANH)
                                        .build()
                                : new org.deeplearning4j.nn.conf.layers.CnnLossLayer.Builder(
                                                LossFunctions.LossFunction.MSE)
                                        .activation(Activation.TANH)
                                        .build(),
                        "upper")
                .setOutputs("loss")
                .build());
        return Dl4jRuntime.withOneDnn(() -> {
            graph.init();
            return graph;
        });
    }

    private static INDArray examples(long[] shape, long seed) {
        Nd4j.getRandom().setSeed(seed);
        // Far from 0 for its spread, as moments about 0 would not survive in float32.
        return Nd4j.randn(DataType.FLOAT, shape).muli(0.3).addi(20);
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void training_givesWhatDeeplearning4jsOwnGives(long[] shape) {
        ComputationGraph own = graph(shape);
        ComputationGraph ours = graph(shape);
        INDArray gammas = Nd4j.rand(DataType.FLOAT, own.params().shape()).addi(0.5);
        own.setParams(gammas);
        ours.setParams(gammas);
        ChannelNormalization.install(ours, 2);
        INDArray labels = Nd4j.randn(DataType.FLOAT, shape).muli(0.5);

        for (int step = 0; step < 3; step++) {
            INDArray examples = examples(shape, 7 + step);
            own.fit(new INDArray[] {examples}, new INDArray[] {labels});
            ours.fit(new INDArray[] {examples}, new INDArray[] {labels});
        }

        // Offset over spread is 70: float32 keeps five digits of what is left after centring, and three steps add to
        // it.
        assertThat(ours.params().sub(own.params()).norm2Number().doubleValue())
                .isLessThan(2e-4 * own.params().norm2Number().doubleValue());
        assertThat(ours.params().sub(gammas).norm2Number().doubleValue())
                .as("it learnt")
                .isGreaterThan(0.01);
        INDArray used = examples(shape, 99);
        assertThat(ours.outputSingle(used)
                        .sub(own.outputSingle(used))
                        .amaxNumber()
                        .doubleValue())
                .isLessThan(2e-3);
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void output_hasTheMeanAndSpreadOfBetaAndGamma(long[] shape) {
        ComputationGraph graph = graph(shape);
        ChannelNormalization.install(graph, 1);
        INDArray output = graph.feedForward(examples(shape, 3), true).get("lower");

        for (int channel = 0; channel < shape[1]; channel++) {
            INDArray slice = shape.length == 2
                    ? output.getColumn(channel)
                    : output.get(
                            org.nd4j.linalg.indexing.NDArrayIndex.all(),
                            org.nd4j.linalg.indexing.NDArrayIndex.point(channel));
            double sum = 0;
            double squares = 0;
            double[] values = slice.dup().data().asDouble();
            for (double value : values) {
                sum += value;
                squares += value * value;
            }
            assertThat(sum / values.length).isBetween(-1e-4, 1e-4);
            // 1 but for the ε of 1e-5 beside a variance of about 0.09.
            assertThat(squares / values.length).isBetween(0.99, 1.0001);
        }
    }
}

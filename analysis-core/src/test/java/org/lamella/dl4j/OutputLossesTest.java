package org.lamella.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnLossLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Networks without losses, saved with those that go with what they give. */
class OutputLossesTest {
    @TempDir
    private Path folder;

    private static ComputationGraphConfiguration ending(InputType input, Layer first, Layer last) {
        return Dl4jNetworks.settings()
                .convolutionMode(ConvolutionMode.Same)
                .graphBuilder()
                .addInputs("input")
                .setInputTypes(input)
                .addLayer("first", first, "input")
                .addLayer("last", last, "first")
                .setOutputs("last")
                .validateOutputLayerConfig(false)
                .build();
    }

    private static ActivationLayer activation(Activation function) {
        return new ActivationLayer.Builder().activation(function).build();
    }

    /** The same values come out, the loss falls, and the layer is of the kind wanted. */
    private void requireLearns(ComputationGraphConfiguration structure, Class<?> loss, long... shape)
            throws IOException {
        Nd4j.getRandom().setSeed(5);
        ComputationGraph network = Dl4jNetworks.randomized(new ComputationGraph(structure));
        INDArray input = Nd4j.randn(DataType.FLOAT, shape);
        INDArray expected = network.outputSingle(input).dup();
        Path file = Dl4jNetworks.save(network, folder.resolve("whole.zip"), false);
        Path saved = folder.resolve("saved.zip");

        assertThat(Dl4jCut.save(Dl4jFile.open(file), Map.of(), Map.of(), saved)).isEmpty();

        ComputationGraph again = ModelSerializer.restoreComputationGraph(saved.toFile());
        try {
            assertThat(again.getLayer("last").conf().getLayer()).isInstanceOf(loss);
            INDArray given = again.outputSingle(input);
            assertThat(given.shape()).isEqualTo(expected.shape());
            assertThat(given.sub(expected).amaxNumber().doubleValue()).isLessThan(1e-6);
            INDArray labels = Nd4j.ones(DataType.FLOAT, expected.shape()).muli(0.5);
            again.fit(new INDArray[] {input}, new INDArray[] {labels});
            double first = again.score();
            for (int step = 0; step < 10; step++) {
                again.fit(new INDArray[] {input}, new INDArray[] {labels});
            }
            assertThat(again.score()).isLessThan(first);
        } finally {
            again.close();
        }
    }

    @ParameterizedTest
    @EnumSource
    void imagesThatComeOut_haveALossOfImages(CNN2DFormat format) throws IOException {
        long[] shape = format == CNN2DFormat.NCHW ? new long[] {3, 2, 6, 5} : new long[] {3, 6, 5, 2};
        requireLearns(
                ending(
                        InputType.convolutional(6, 5, 2, format),
                        new ConvolutionLayer.Builder(3, 3)
                                .nOut(4)
                                .dataFormat(format)
                                .build(),
                        activation(Activation.SIGMOID)),
                CnnLossLayer.class,
                shape);
    }

    @Test
    void sequencesThatComeOut_haveALossOfSequences() throws IOException {
        requireLearns(
                ending(
                        InputType.recurrent(3, 7, RNNFormat.NCW),
                        new LSTM.Builder().nOut(4).build(),
                        activation(Activation.SIGMOID)),
                RnnLossLayer.class,
                2,
                3,
                7);
    }

    @Test
    void vectorsThatComeOut_haveALossOfVectors() throws IOException {
        requireLearns(
                ending(
                        InputType.feedForward(3),
                        new DenseLayer.Builder().nOut(4).build(),
                        activation(Activation.TANH)),
                LossLayer.class,
                5,
                3);
        requireLearns(
                ending(
                        InputType.feedForward(3),
                        new DenseLayer.Builder().nOut(4).build(),
                        new DenseLayer.Builder()
                                .nOut(2)
                                .activation(Activation.SOFTMAX)
                                .build()),
                OutputLayer.class,
                5,
                3);
    }

    @Test
    void outputOfUnknownShape_orWithoutALossOfItsKind_isNamedAndLeftAlone() {
        ComputationGraphConfiguration structure = ending(
                InputType.convolutional(6, 5, 2),
                activation(Activation.TANH),
                new ConvolutionLayer.Builder(3, 3).nOut(4).build());

        assertThat(OutputLosses.give(structure, new VertexRanks(structure, List.of())))
                .isEqualTo(List.of("last"));
        ComputationGraphConfiguration unknown =
                ending(InputType.feedForward(3), activation(Activation.TANH), activation(Activation.TANH));
        assertThat(OutputLosses.give(unknown, new VertexRanks(unknown, List.of())))
                .isEqualTo(List.of("last"));
    }
}

package org.lamella.samples.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.ejml.simple.SimpleMatrix;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.lamella.dl4j.Dl4jRuntime;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions;

class PrincipalComponentPenaltyTest {
    @BeforeAll
    static void useOneThread() {
        Dl4jRuntime.useThreads(1);
    }

    private static INDArray random(long seed, int... shape) {
        Random random = new Random(seed);
        int length = 1;
        for (int axis : shape) {
            length *= axis;
        }
        double[] numbers = new double[length];
        for (int i = 0; i < length; i++) {
            numbers[i] = random.nextGaussian() + 0.5 * (i % 7);
        }
        return Nd4j.create(
                        numbers, java.util.Arrays.stream(shape).asLongStream().toArray(), 'c')
                .castTo(DataType.DOUBLE);
    }

    @Test
    void share_isThatOfTheLargestSingularValue() {
        INDArray activations = random(1, 9, 20);
        SimpleMatrix x = new SimpleMatrix(activations.toDoubleMatrix());
        SimpleMatrix centred = x.minus(SimpleMatrix.filled(9, 9, 1.0 / 9).mult(x));
        double[] singular = centred.svd().getSingularValues();
        double all =
                java.util.Arrays.stream(singular).map(value -> value * value).sum();

        var penalty = new PrincipalComponentPenalty(2, 0.1);
        var found = penalty.add(activations, Nd4j.zeros(DataType.DOUBLE, 9, 20), 1);

        assertThat(found.share()).isCloseTo(singular[0] * singular[0] / all, within(1e-8));
        assertThat(found.value()).isCloseTo(2 * (found.share() - 0.1), within(1e-12));
    }

    /** Central differences with steps of 1e-5 in float64: their error is near 1e-9 here. */
    @Test
    void gradient_isThatOfFiniteDifferences() {
        INDArray activations = random(2, 7, 3, 2, 2);
        INDArray gradient = Nd4j.zeros(DataType.DOUBLE, 7, 3, 2, 2);
        var penalty = new PrincipalComponentPenalty(0.7, 0.05);

        penalty.add(activations, gradient, 1);

        for (long i = 0; i < activations.length(); i++) {
            double value = activations.getDouble(i);
            activations.putScalar(i, value + 1e-5);
            double above = penalty.add(activations, gradient.dup(), 1).value();
            activations.putScalar(i, value - 1e-5);
            double below = penalty.add(activations, gradient.dup(), 1).value();
            activations.putScalar(i, value);
            assertThat(gradient.getDouble(i)).isCloseTo((above - below) / 2e-5, within(1e-7));
        }
    }

    @Test
    void shares_belowTheThreshold_costNothing() {
        INDArray gradient = Nd4j.zeros(DataType.DOUBLE, 9, 20);

        var found = new PrincipalComponentPenalty(5, 0.99).add(random(3, 9, 20), gradient, 1);

        assertThat(found.value()).isZero();
        assertThat(gradient.amaxNumber().doubleValue()).isZero();
    }

    @Test
    void constantActivations_costNothing() {
        INDArray gradient = Nd4j.zeros(DataType.DOUBLE, 4, 3);

        var found = new PrincipalComponentPenalty(5, 0).add(Nd4j.ones(DataType.DOUBLE, 4, 3), gradient, 1);

        assertThat(found.share()).isZero();
        assertThat(gradient.amaxNumber().doubleValue()).isZero();
    }

    /** Of a whole network in float64, mean cross-entropy and penalties together, by every parameter. */
    @Test
    void networkWithPenalty_hasTheGradientOfFiniteDifferences() {
        ComputationGraphConfiguration configuration = new NeuralNetConfiguration.Builder()
                .seed(5)
                .dataType(DataType.DOUBLE)
                .updater(new Sgd(0.1))
                .activation(Activation.TANH)
                .graphBuilder()
                .addInputs("input")
                .addLayer("dense", new DenseLayer.Builder().nIn(4).nOut(5).build(), "input")
                .addVertex("penalty", new PrincipalComponentPenalty(3, 0.1), "dense")
                .addLayer(
                        "output",
                        new OutputLayer.Builder(LossFunctions.LossFunction.MCXENT)
                                .activation(Activation.SOFTMAX)
                                .nIn(5)
                                .nOut(3)
                                .build(),
                        "penalty")
                .setOutputs("output")
                .build();
        ComputationGraph network = new ComputationGraph(configuration);
        network.init();
        INDArray input = random(6, 8, 4);
        INDArray labels = Nd4j.zeros(DataType.DOUBLE, 8, 3);
        for (int i = 0; i < 8; i++) {
            labels.putScalar(i, i % 3, 1);
        }

        loss(network, input, labels);
        double[] gradient = network.getFlattenedGradients().dup().divi(8).toDoubleVector();

        for (int i = 0; i < network.numParams(); i++) {
            INDArray parameters = network.params();
            double value = parameters.getDouble(i);
            parameters.putScalar(i, value + 1e-5);
            double above = loss(network, input, labels);
            parameters.putScalar(i, value - 1e-5);
            double below = loss(network, input, labels);
            parameters.putScalar(i, value);
            assertThat(gradient[i]).isCloseTo((above - below) / 2e-5, within(1e-7));
        }
    }

    private static double loss(ComputationGraph network, INDArray input, INDArray labels) {
        network.setInputs(input);
        network.setLabels(labels);
        network.computeGradientAndScore();
        return network.score() + PrincipalComponentPenalty.sum(network);
    }
}

package org.lamella.dl4j;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.CenterLossOutputLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationELU;
import org.nd4j.linalg.activations.impl.ActivationGELU;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.activations.impl.ActivationThresholdedReLU;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Layers of units and every activation function that is written in ONNX, on vectors and on images. */
class UnitConversionTest {
    @TempDir
    private Path directory;

    private static Map<String, Layer> functions() {
        Map<String, Layer> layers = new LinkedHashMap<>();
        for (Activation each : Activation.values()) {
            // Of RReLU Deeplearning4j computes something else than it is; PReLU is a layer.
            if (each != Activation.RRELU) {
                layers.put(each.name(), new ActivationLayer(each.getActivationFunction()));
            }
        }
        for (IActivation each : List.of(
                new ActivationELU(0.4),
                new ActivationGELU(true),
                new ActivationLReLU(0.3),
                new ActivationThresholdedReLU(0.6),
                new ActivationReLU(1.5, null, null),
                new ActivationReLU(1.5, null, 0.2),
                new ActivationReLU(null, 0.4, null),
                new ActivationReLU(1.5, 0.4, 0.2))) {
            layers.put("%s %d".formatted(each, layers.size()), new ActivationLayer(each));
        }
        return layers;
    }

    @Test
    void functionsOfVectors_inOnnx_areThoseOfDeeplearning4j() {
        Conversions.assertSame(
                directory,
                Conversions.sideBySide(
                        InputType.feedForward(20),
                        new DenseLayer.Builder().nOut(30).build(),
                        functions()),
                List.of(20));
    }

    @ParameterizedTest
    @EnumSource
    void functionsOfImages_inOnnx_areThoseOfDeeplearning4j(CNN2DFormat format) {
        Conversions.assertSame(
                directory,
                Conversions.sideBySide(
                        InputType.convolutional(5, 4, 2, format),
                        new ConvolutionLayer.Builder(2, 2).nOut(3).build(),
                        functions()),
                List.of(2, 5, 4));
    }

    @Test
    void layersOfUnits_inOnnx_giveWhatDeeplearning4jGives() {
        Map<String, Layer> layers = new LinkedHashMap<>();
        layers.put(
                "dense",
                new DenseLayer.Builder().nOut(7).activation(Activation.SELU).build());
        layers.put(
                "dense without bias",
                new DenseLayer.Builder().nOut(7).hasBias(false).build());
        layers.put(
                "output",
                new OutputLayer.Builder(LossFunction.MCXENT)
                        .nOut(4)
                        .activation(Activation.SOFTMAX)
                        .build());
        layers.put(
                "output without bias",
                new OutputLayer.Builder(LossFunction.MSE)
                        .nOut(4)
                        .hasBias(false)
                        .activation(Activation.TANH)
                        .build());
        layers.put(
                "output with centres",
                new CenterLossOutputLayer.Builder(LossFunction.MCXENT)
                        .nOut(4)
                        .activation(Activation.SOFTMAX)
                        .build());
        layers.put(
                "loss",
                new LossLayer.Builder(LossFunction.XENT)
                        .activation(Activation.SIGMOID)
                        .build());
        layers.put("batch normalisation", new BatchNormalization());
        layers.put("slopes", new PReLULayer.Builder().inputShape(9).build());
        layers.put("dropout", new DropoutLayer(0.5));

        Conversions.assertSame(
                directory,
                Conversions.sideBySide(
                        InputType.feedForward(6),
                        new DenseLayer.Builder().nOut(9).build(),
                        layers),
                List.of(6));
    }
}

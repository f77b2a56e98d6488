package org.lamella.dl4j;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.Subsampling1DLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling1D;
import org.deeplearning4j.nn.conf.layers.ZeroPadding1DLayer;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping1D;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.activations.Activation;

/** Layers of sequences: channels, then time. */
class SequenceConversionTest {
    private static final int LENGTH = 11;
    private static final int CHANNELS = 3;

    @TempDir
    private Path directory;

    @Test
    void layersOfSequences_inOnnx_giveWhatDeeplearning4jGives() {
        Map<String, Layer> layers = new LinkedHashMap<>();
        for (ConvolutionMode mode : List.of(ConvolutionMode.Same, ConvolutionMode.Truncate, ConvolutionMode.Causal)) {
            for (int stride : new int[] {1, 2}) {
                layers.put(
                        "convolution " + mode + stride,
                        new Convolution1DLayer.Builder(3)
                                .convolutionMode(mode)
                                .padding(mode == ConvolutionMode.Truncate ? 1 : 0)
                                .stride(stride)
                                .nOut(4)
                                .activation(Activation.ELU)
                                .build());
            }
        }
        for (PoolingType pooling : List.of(PoolingType.MAX, PoolingType.AVG)) {
            layers.put(
                    pooling + " pooling",
                    new Subsampling1DLayer.Builder(pooling)
                            .kernelSize(3)
                            .stride(2)
                            .build());
            layers.put("global " + pooling, new GlobalPoolingLayer(pooling));
        }
        layers.put("upsampling", new Upsampling1D.Builder(2).build());
        layers.put("padding", new ZeroPadding1DLayer.Builder(1, 2).build());
        layers.put("cropping", new Cropping1D.Builder(2, 1).build());
        layers.put("tanh", new ActivationLayer(Activation.TANH));

        Conversions.assertSame(
                directory,
                Conversions.sideBySide(
                        InputType.recurrent(CHANNELS, LENGTH),
                        new Convolution1DLayer.Builder(1)
                                .nIn(CHANNELS)
                                .nOut(CHANNELS)
                                .build(),
                        layers),
                List.of(CHANNELS, LENGTH));
    }
}

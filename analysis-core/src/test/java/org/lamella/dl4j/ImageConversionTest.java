package org.lamella.dl4j;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LocalResponseNormalization;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.SpaceToDepthLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping2D;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Every kind of image layer that is written in ONNX, channels first and last. */
class ImageConversionTest {
    private static final int HEIGHT = 8;
    private static final int WIDTH = 6;
    private static final int CHANNELS = 4;

    @TempDir
    private Path directory;

    private static Map<String, Layer> imageLayers(CNN2DFormat format) {
        Map<String, Layer> layers = new LinkedHashMap<>();
        for (ConvolutionMode mode : List.of(ConvolutionMode.Same, ConvolutionMode.Truncate)) {
            int[] padding = mode == ConvolutionMode.Same ? new int[] {0, 0} : new int[] {1, 2};
            for (int stride : new int[] {1, 2}) {
                layers.put(
                        "convolution " + mode + stride,
                        new ConvolutionLayer.Builder(3, 2)
                                .convolutionMode(mode)
                                .padding(padding)
                                .stride(stride, 1)
                                .nOut(5)
                                .activation(Activation.RELU)
                                .build());
                layers.put(
                        "separable " + mode + stride,
                        new SeparableConvolution2D.Builder(3, 2)
                                .convolutionMode(mode)
                                .padding(padding)
                                .stride(stride, 1)
                                .depthMultiplier(2)
                                .nOut(5)
                                .activation(Activation.RELU6)
                                .build());
                layers.put(
                        "depthwise " + mode + stride,
                        new DepthwiseConvolution2D.Builder(3, 3)
                                .convolutionMode(mode)
                                .padding(padding)
                                .stride(stride, stride)
                                .depthMultiplier(2)
                                .nOut(8)
                                .build());
                layers.put(
                        "deconvolution " + mode + stride,
                        new Deconvolution2D.Builder(3, 3)
                                .convolutionMode(mode)
                                .padding(mode == ConvolutionMode.Same ? padding : new int[] {1, 0})
                                .stride(stride, stride)
                                .nOut(3)
                                .build());
                for (PoolingType pooling : List.of(PoolingType.MAX, PoolingType.AVG, PoolingType.PNORM)) {
                    for (boolean counted : new boolean[] {false, true}) {
                        SubsamplingLayer.Builder builder = new SubsamplingLayer.Builder(pooling)
                                .convolutionMode(mode)
                                .kernelSize(3, 3)
                                .padding(mode == ConvolutionMode.Same ? padding : new int[] {1, 1})
                                .stride(stride, stride)
                                .pnorm(3);
                        if (counted) {
                            builder.avgPoolIncludePadInDivisor(true);
                        }
                        layers.put(
                                "%s pooling %s%d%s".formatted(pooling, mode, stride, counted ? " counted" : ""),
                                builder.build());
                    }
                }
            }
        }
        layers.put(
                "dilated convolution without bias",
                new ConvolutionLayer.Builder(3, 3)
                        .dilation(2, 3)
                        .convolutionMode(ConvolutionMode.Same)
                        .hasBias(false)
                        .nOut(3)
                        .build());
        layers.put(
                "convolution by points, strict",
                new ConvolutionLayer.Builder(1, 1)
                        .convolutionMode(ConvolutionMode.Strict)
                        .nOut(6)
                        .activation(Activation.SOFTMAX)
                        .build());
        layers.put(
                "deconvolution stride above kernel",
                new Deconvolution2D.Builder(2, 2)
                        .convolutionMode(ConvolutionMode.Same)
                        .stride(3, 2)
                        .nOut(3)
                        .hasBias(false)
                        .build());
        layers.put(
                "batch normalisation",
                new BatchNormalization.Builder().eps(0.01).build());
        layers.put(
                "fixed batch normalisation",
                new BatchNormalization.Builder()
                        .lockGammaBeta(true)
                        .gamma(1.5)
                        .beta(-0.5)
                        .build());
        layers.put(
                "half fixed batch normalisation",
                new BatchNormalization.Builder()
                        .lockGammaBeta(true)
                        .gamma(1.5)
                        .beta(0)
                        .build());
        layers.put(
                "batch normalisation by logarithm",
                new BatchNormalization.Builder().useLogStd(true).build());
        layers.put("zero padding", new ZeroPaddingLayer.Builder(1, 2, 3, 0).build());
        layers.put("cropping", new Cropping2D.Builder(1, 2, 0, 3).build());
        layers.put(
                "upsampling", new Upsampling2D.Builder().size(new int[] {2, 3}).build());
        long[] slopes = format == CNN2DFormat.NCHW
                ? new long[] {CHANNELS, HEIGHT, WIDTH}
                : new long[] {HEIGHT, WIDTH, CHANNELS};
        layers.put("slopes", new PReLULayer.Builder().inputShape(slopes).build());
        layers.put("space to depth", new SpaceToDepthLayer.Builder(2, format).build());
        layers.put(
                "loss at each point",
                new CnnLossLayer.Builder(LossFunction.MCXENT)
                        .activation(Activation.SOFTMAX)
                        .format(format)
                        .build());
        layers.put("dropout", new DropoutLayer(0.3));
        layers.put("softmax", new ActivationLayer(Activation.SOFTMAX));
        layers.put(
                "local response normalisation",
                new LocalResponseNormalization.Builder()
                        .n(5)
                        .k(2)
                        .alpha(0.3)
                        .beta(0.75)
                        .build());
        layers.put(
                "frozen convolution",
                new FrozenLayer(new ConvolutionLayer.Builder(3, 3).nOut(2).build()));
        for (PoolingType pooling : PoolingType.values()) {
            layers.put(
                    "global " + pooling,
                    new GlobalPoolingLayer.Builder(pooling).pnorm(3).build());
        }
        return layers;
    }

    @ParameterizedTest
    @EnumSource
    void imageLayers_inOnnx_giveWhatDeeplearning4jGives(CNN2DFormat format) {
        Conversions.assertSame(
                directory,
                Conversions.sideBySide(
                        InputType.convolutional(HEIGHT, WIDTH, CHANNELS, format),
                        new ConvolutionLayer.Builder(1, 1).nOut(CHANNELS).build(),
                        imageLayers(format)),
                List.of(CHANNELS, HEIGHT, WIDTH));
    }
}

package org.lamella.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LocalResponseNormalization;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.layers.mkldnn.MKLDNNBatchNormHelper;
import org.deeplearning4j.nn.layers.mkldnn.MKLDNNConvHelper;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.lamella.activation.ActivationSource;
import org.lamella.activation.Engine;
import org.lamella.dl4j.Dl4jNetworks.GaussianData;
import org.lamella.model.Dl4jCheckpoint;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.nativeblas.NativeOpsHolder;
import org.nd4j.nativeblas.Nd4jCpu;

/**
 * That oneDNN computes, and computes what the plain way computes, layer by layer. See docs/decisions/onednn.md.
 */
class Dl4jOneDnnTest {
    /** Sums of at most a few hundred products in float32, in another order. */
    private static final double OTHER_ORDER = 1e-4;

    @TempDir
    private Path directory;

    @BeforeEach
    void oneDnnIsInTheNativeLibrary() {
        Nd4j.getExecutioner();
        // Every build for x86-64 has it; where it is lost, the tests here would be green without a word.
        if (System.getProperty("os.arch").equals("amd64")) {
            assertThat(isThere()).as("oneDNN in the native library").isTrue();
        }
        assumeTrue(isThere());
    }

    private static boolean isThere() {
        return (NativeOpsHolder.getInstance().getDeviceNativeOps().buildInfo().contains("HAVE_ONEDNN"));
    }

    private static MultiLayerNetwork network(CNN2DFormat format) {
        return Dl4jNetworks.randomized(new MultiLayerNetwork(Dl4jNetworks.settings()
                .convolutionMode(ConvolutionMode.Same)
                .list()
                .layer(named("conv", new ConvolutionLayer.Builder(3, 3).nOut(8)))
                .layer(new BatchNormalization.Builder().name("bn").build())
                .layer(new ActivationLayer.Builder()
                        .name("relu")
                        .activation(Activation.RELU)
                        .build())
                .layer(pooling("max", SubsamplingLayer.PoolingType.MAX))
                .layer(named(
                        "strided",
                        new ConvolutionLayer.Builder(3, 3)
                                .stride(2, 2)
                                .hasBias(false)
                                .nOut(6)))
                .layer(new BatchNormalization.Builder()
                        .name("locked")
                        .lockGammaBeta(true)
                        .build())
                .layer(named(
                        "separable",
                        new SeparableConvolution2D.Builder(3, 3)
                                .depthMultiplier(2)
                                .nOut(8)))
                .layer(named("depthwise", new DepthwiseConvolution2D.Builder(3, 3).depthMultiplier(2)))
                .layer(new ZeroPaddingLayer.Builder(1, 2).name("padding").build())
                .layer(named(
                        "valid",
                        new ConvolutionLayer.Builder(2, 2)
                                .convolutionMode(ConvolutionMode.Truncate)
                                .dilation(2, 2)
                                .activation(Activation.TANH)
                                .nOut(5)))
                .layer(pooling("average", SubsamplingLayer.PoolingType.AVG))
                .layer(new Upsampling2D.Builder(2).name("upsampling").build())
                .layer(named(
                        "deconvolution",
                        new Deconvolution2D.Builder(2, 2).stride(2, 2).nOut(4)))
                .layer(new GlobalPoolingLayer.Builder(PoolingType.AVG)
                        .name("mean")
                        .build())
                .layer(new BatchNormalization.Builder().name("flat bn").build())
                .layer(new DenseLayer.Builder()
                        .name("dense")
                        .nOut(7)
                        .activation(Activation.RELU)
                        .build())
                .layer(new OutputLayer.Builder(LossFunction.MCXENT)
                        .name("out")
                        .activation(Activation.SOFTMAX)
                        .nOut(3)
                        .build())
                .setInputType(InputType.convolutional(14, 18, 3, format))
                .build()));
    }

    private static ConvolutionLayer named(String name, ConvolutionLayer.BaseConvBuilder<?> builder) {
        builder.setLayerName(name);
        return builder.build();
    }

    private static SubsamplingLayer pooling(String name, SubsamplingLayer.PoolingType type) {
        return new SubsamplingLayer.Builder(type)
                .name(name)
                .kernelSize(3, 3)
                .stride(2, 2)
                .build();
    }

    @Test
    void convolutionsAndNormalizations_ofARestoredNetwork_runInOneDnn() throws ReflectiveOperationException {
        Path file = Dl4jNetworks.save(network(CNN2DFormat.NCHW), directory.resolve("net.zip"), false);
        ComputationGraph restored = Dl4jRuntime.withOneDnn(Dl4jFile.open(file)::restore);
        try (Dl4jNetwork network = new Dl4jNetwork(restored, "net", 0)) {
            network.run(
                    new GaussianData(2, List.of(3, 14, 18)).array(2),
                    java.util.Set.of("out"),
                    (layer, activation) -> java.util.concurrent.CompletableFuture.completedFuture(null));

            for (String name : List.of("conv", "strided")) {
                assertUsed(restored, name, MKLDNNConvHelper.class);
            }
            for (String name : List.of("bn", "flat bn")) {
                assertUsed(restored, name, MKLDNNBatchNormHelper.class);
            }
        }
    }

    /** A helper makes its context when it is first run, and the layer counts how often it has failed. */
    private static void assertUsed(ComputationGraph network, String name, Class<?> helper)
            throws ReflectiveOperationException {
        org.deeplearning4j.nn.api.Layer layer = network.getLayer(name);
        assertThat(layer.getHelper()).as(name).isInstanceOf(helper);
        assertThat(field(helper, "context").get(layer.getHelper())).as(name).isNotNull();
        assertThat(field(layer.getClass(), "helperCountFail").get(layer))
                .as(name)
                .isEqualTo(0);
    }

    private static Field field(Class<?> type, String name) throws ReflectiveOperationException {
        Field field = type.getDeclaredField(name);
        field.setAccessible(true);
        return field;
    }

    @Test
    void dilatedConvolution_whichOneDnnRefuses_goesThePlainWayEvenIfTheFileForbidsIt() {
        MultiLayerNetwork network = Dl4jNetworks.randomized(new MultiLayerNetwork(Dl4jNetworks.settings()
                .list()
                .layer(new ConvolutionLayer.Builder(2, 2)
                        .nIn(3)
                        .nOut(4)
                        .dilation(2, 2)
                        .cudnnAllowFallback(false)
                        .build())
                .layer(new GlobalPoolingLayer(PoolingType.AVG))
                .layer(new OutputLayer.Builder(LossFunction.MSE).nIn(4).nOut(2).build())
                .build()));
        Path file = Dl4jNetworks.save(network, directory.resolve("net.zip"), false);

        assertThat(run(file, new GaussianData(4, List.of(3, 5, 5))).get("layer0"))
                .hasSize(4 * 4 * 3 * 3);
    }

    @Test
    void environmentOfTheOldName_answersForTheNativeLibrary_andOnlyWhereItIsToAnswer() {
        assertThat(Dl4jRuntime.withOneDnn(Nd4jCpu.Environment.getInstance()::isUseMKLDNN))
                .isTrue();
        assertThat(Nd4jCpu.Environment.getInstance().isUseMKLDNN()).isFalse();
    }

    @Test
    void networkRestoredByAnybodyElse_hasNoHelpers() throws IOException {
        Path file = Dl4jNetworks.save(network(CNN2DFormat.NHWC), directory.resolve("net.zip"), false);
        Dl4jRuntime.withOneDnn(Dl4jFile.open(file)::restore).close();

        MultiLayerNetwork restored = ModelSerializer.restoreMultiLayerNetwork(file.toFile());
        try {
            assertThat(restored.getLayers())
                    .allSatisfy(layer -> assertThat(layer.getHelper()).isNull());
        } finally {
            restored.close();
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyLayer_agreesWithThePlainWay(CNN2DFormat format) {
        Path file = Dl4jNetworks.save(network(format), directory.resolve("net.zip"), false);
        GaussianData data = new GaussianData(4, List.of(3, 14, 18));

        Map<String, float[]> fast = run(file, data);
        Nd4j.getEnvironment().allowHelpers(false);
        Map<String, float[]> plain;
        try {
            plain = run(file, data);
        } finally {
            Nd4j.getEnvironment().allowHelpers(true);
        }

        assertThat(fast).hasSize(18).containsOnlyKeys(plain.keySet());
        fast.forEach((layer, values) -> assertThat(Dl4jNetworks.relativeDifference(values, plain.get(layer)))
                .as(layer)
                .isLessThan(OTHER_ORDER));
    }

    private static Map<String, float[]> run(Path file, GaussianData data) {
        try (ActivationSource source =
                Dl4jCheckpoint.open(file, "net").withEngine(Engine.DL4J).on(data)) {
            return Dl4jNetworks.activations(source, 4);
        }
    }

    @ParameterizedTest
    @EnumSource
    void pooling_isTheMaximumOrMeanOfItsWindow(CNN2DFormat format) {
        Path file = Dl4jNetworks.save(network(format), directory.resolve("net.zip"), false);

        Map<String, float[]> found = run(file, new GaussianData(4, List.of(3, 14, 18)));

        // 14 x 18 pooled 3 x 3 by 2, same: 7 x 9, one row and column of padding, all of it at the end.
        for (int example = 0; example < 4; example++) {
            for (int channel = 0; channel < 8; channel++) {
                for (int row = 0; row < 7; row++) {
                    for (int column = 0; column < 9; column++) {
                        float highest = Float.NEGATIVE_INFINITY;
                        for (int r = 2 * row; r < Math.min(14, 2 * row + 3); r++) {
                            for (int c = 2 * column; c < Math.min(18, 2 * column + 3); c++) {
                                highest = Math.max(
                                        highest, found.get("relu")[at(format, example, channel, r, c, 8, 14, 18)]);
                            }
                        }
                        assertThat(found.get("max")[at(format, example, channel, row, column, 8, 7, 9)])
                                .isEqualTo(highest);
                    }
                }
            }
        }
    }

    private static int at(
            CNN2DFormat format, int example, int channel, int row, int column, int channels, int height, int width) {
        return format == CNN2DFormat.NCHW
                ? ((example * channels + channel) * height + row) * width + column
                : ((example * height + row) * width + column) * channels + channel;
    }

    @Test
    void localResponseNormalization_agreesWithItsFormula() {
        MultiLayerNetwork network = Dl4jNetworks.randomized(new MultiLayerNetwork(Dl4jNetworks.settings()
                .list()
                .layer(new LocalResponseNormalization.Builder(2, 5, 0.3, 0.75).build())
                .layer(new GlobalPoolingLayer(PoolingType.AVG))
                .layer(new OutputLayer.Builder(LossFunction.MSE).nIn(7).nOut(2).build())
                .build()));
        Path file = Dl4jNetworks.save(network, directory.resolve("net.zip"), false);

        Map<String, float[]> found = run(file, new GaussianData(4, List.of(7, 3, 3)));

        float[] x = found.get("input");
        for (int example = 0; example < 4; example++) {
            for (int channel = 0; channel < 7; channel++) {
                for (int pixel = 0; pixel < 9; pixel++) {
                    double squares = 0;
                    for (int other = Math.max(0, channel - 2); other <= Math.min(6, channel + 2); other++) {
                        squares += Math.pow(x[(example * 7 + other) * 9 + pixel], 2);
                    }
                    int i = (example * 7 + channel) * 9 + pixel;
                    assertThat((double) found.get("layer0")[i])
                            .isCloseTo(
                                    x[i] / Math.pow(2 + 0.3 * squares, 0.75),
                                    org.assertj.core.data.Offset.offset(1e-5));
                }
            }
        }
    }
}

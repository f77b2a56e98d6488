package org.lamella.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.ReshapeVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.graph.SubsetVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lamella.LamellaException;
import org.lamella.activation.ActivationSource;
import org.lamella.activation.Engine;
import org.lamella.activation.Layer;
import org.lamella.dl4j.Dl4jNetworks.GaussianData;
import org.lamella.model.Dl4jCheckpoint;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

class Dl4jCheckpointTest {
    /** Both sides are float32 and run the same kernels; what is left are the last bits of threaded sums. */
    private static final double SAME_KERNELS = 1e-6;

    @TempDir
    private Path directory;

    private static ComputationGraph residual() {
        return Dl4jNetworks.randomized(new ComputationGraph(Dl4jNetworks.settings()
                .convolutionMode(ConvolutionMode.Same)
                .graphBuilder()
                .addInputs("image")
                .addLayer(
                        "conv",
                        new ConvolutionLayer.Builder(3, 3).nIn(2).nOut(4).build(),
                        "image")
                .addLayer("bn", new BatchNormalization.Builder().nIn(4).nOut(4).build(), "conv")
                .addLayer("relu", new ActivationLayer(Activation.RELU), "bn")
                .addLayer("drop", new DropoutLayer(0.5), "relu")
                .addLayer(
                        "conv2",
                        new ConvolutionLayer.Builder(3, 3).nIn(4).nOut(4).build(),
                        "drop")
                .addVertex("add", new ElementWiseVertex(ElementWiseVertex.Op.Add), "conv2", "bn")
                .addLayer("tanh", new ActivationLayer(Activation.TANH), "add")
                .addVertex("merge", new MergeVertex(), "add", "tanh", "relu")
                .addVertex("one", new MergeVertex(), "merge")
                .addVertex("half", new SubsetVertex(4, 7), "one")
                .addVertex("scaled", new ScaleVertex(-2), "half")
                .addVertex("flat", new ReshapeVertex(-1, 4, 48), "half")
                .addLayer(
                        "pool",
                        new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX)
                                .kernelSize(2, 2)
                                .stride(2, 2)
                                .build(),
                        "scaled")
                .addLayer("mean", new GlobalPoolingLayer(PoolingType.AVG), "pool")
                .addLayer("logits", dense(4, 3, Activation.IDENTITY), "mean")
                .addLayer("softmax", softmax(), "logits")
                .setOutputs("softmax", "flat")
                .build()));
    }

    private static DenseLayer dense(int inputs, int outputs, Activation activation) {
        return new DenseLayer.Builder()
                .nIn(inputs)
                .nOut(outputs)
                .activation(activation)
                .build();
    }

    private static LossLayer softmax() {
        return new LossLayer.Builder(LossFunction.MCXENT)
                .activation(Activation.SOFTMAX)
                .build();
    }

    private static MultiLayerNetwork lenet() {
        return Dl4jNetworks.randomized(new MultiLayerNetwork(Dl4jNetworks.settings()
                .list()
                .layer(new ConvolutionLayer.Builder(3, 3)
                        .nOut(5)
                        .activation(Activation.RELU)
                        .build())
                .layer(new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX)
                        .name("pooling")
                        .kernelSize(2, 2)
                        .stride(2, 2)
                        .build())
                .layer(new BatchNormalization())
                .layer(new DenseLayer.Builder()
                        .nOut(7)
                        .activation(Activation.TANH)
                        .build())
                .layer(new OutputLayer.Builder(LossFunction.MCXENT)
                        .activation(Activation.SOFTMAX)
                        .nOut(3)
                        .build())
                .setInputType(InputType.convolutionalFlat(10, 12, 2))
                .build()));
    }

    private Dl4jCheckpoint saved(org.deeplearning4j.nn.api.Model network) {
        return Dl4jCheckpoint.open(Dl4jNetworks.save(network, directory.resolve("net.zip"), false), "net")
                .withEngine(Engine.DL4J);
    }

    @Test
    void graph_everyVertex_isWhatDeeplearning4jComputesForItBeforeOthersOverwriteIt() {
        ComputationGraph network = residual();
        GaussianData data = new GaussianData(5, List.of(2, 6, 8));

        try (ActivationSource source = saved(network).on(data)) {
            Map<String, float[]> found = Dl4jNetworks.activations(source, 5);

            assertThat(found).containsOnlyKeys(network.getConfiguration().getTopologicalOrderStr());
            // Later vertices overwrite earlier ones in DL4J, and "add" takes "bn" after "relu" has: up to "relu" it can
            // be
            // asked, one vertex after the other; what follows is compared vertex by vertex with its own inputs.
            int position = 0;
            for (String name : List.of("image", "conv", "bn", "relu", "drop", "conv2")) {
                INDArray expected = network.feedForward(
                                new INDArray[] {data.array(5)},
                                network.getConfiguration()
                                        .getTopologicalOrderStr()
                                        .indexOf(name),
                                false,
                                true)
                        .get(name);
                assertThat(Dl4jNetworks.relativeDifference(found.get(name), Dl4jNetworks.numbers(expected)))
                        .as("%d %s", position++, name)
                        .isLessThan(SAME_KERNELS);
            }
        }
    }

    @Test
    void graph_vertexThatTwoTake_isNotOverwrittenByEither() {
        GaussianData data = new GaussianData(5, List.of(2, 6, 8));

        try (ActivationSource source = saved(residual()).on(data)) {
            Map<String, float[]> found = Dl4jNetworks.activations(source, 5);

            float[] bn = found.get("bn");
            float[] relu = found.get("relu");
            float[] add = found.get("add");
            float[] conv2 = found.get("conv2");
            assertThat(IntStream.range(0, bn.length).filter(i -> bn[i] < 0).count())
                    .as("a ReLU would have left none below 0")
                    .isPositive();
            for (int i = 0; i < bn.length; i++) {
                assertThat(relu[i]).isEqualTo(Math.max(0, bn[i]));
                assertThat(add[i]).isEqualTo(conv2[i] + bn[i]);
                assertThat((double) found.get("tanh")[i]).isCloseTo(Math.tanh(add[i]), within(1e-6));
            }
            // Channels of "merge": 4 of add, 4 of tanh, 4 of relu; an example has 12 x 48 numbers.
            for (int example = 0; example < 5; example++) {
                for (int i = 0; i < 192; i++) {
                    float[] merge = found.get("merge");
                    assertThat(merge[example * 576 + i]).isEqualTo(add[example * 192 + i]);
                    assertThat(merge[example * 576 + 384 + i]).isEqualTo(relu[example * 192 + i]);
                    assertThat(found.get("half")[example * 192 + i]).isEqualTo(found.get("tanh")[example * 192 + i]);
                    assertThat(found.get("scaled")[example * 192 + i])
                            .isEqualTo(-2 * found.get("half")[example * 192 + i]);
                }
            }
            assertThat(found.get("one")).isEqualTo(found.get("merge"));
            assertThat(found.get("flat")).isEqualTo(found.get("half"));
            assertThat(found.get("drop")).isEqualTo(relu);
        }
    }

    private static org.assertj.core.data.Offset<Double> within(double tolerance) {
        return org.assertj.core.data.Offset.offset(tolerance);
    }

    @Test
    void chain_everyLayer_isWhatDeeplearning4jComputesUpToIt() {
        MultiLayerNetwork network = lenet();
        GaussianData data = new GaussianData(4, List.of(2, 10, 12));
        Dl4jCheckpoint checkpoint = Dl4jCheckpoint.open(
                        Dl4jNetworks.save(network, directory.resolve("net.zip"), true), "net")
                .withEngine(Engine.DL4J);

        assertThat(checkpoint.layers())
                .extracting(Layer::name)
                .containsExactly("input", "layer0", "pooling", "layer2", "layer3", "layer4");
        try (ActivationSource source = checkpoint.on(data)) {
            Map<String, float[]> found = Dl4jNetworks.activations(source, 4);
            for (int i = 0; i < 5; i++) {
                List<INDArray> expected =
                        network.feedForwardToLayer(i, data.array(4).reshape(4, 240), false);
                assertThat(Dl4jNetworks.relativeDifference(
                                found.get(checkpoint.layers().get(i + 1).name()),
                                Dl4jNetworks.numbers(expected.get(i + 1))))
                        .as("layer %d", i)
                        .isLessThan(SAME_KERNELS);
            }
        }
    }

    @Test
    void layers_ofAChain_haveKindsShapesAndTrainableParameters() {
        assertThat(saved(lenet()).layers())
                .containsExactly(
                        new Layer(0, "input", "Input", List.of(240), 0),
                        new Layer(1, "layer0", "ConvolutionLayer", List.of(5, 8, 10), 5 * 2 * 9 + 5),
                        new Layer(2, "pooling", "SubsamplingLayer", List.of(5, 4, 5), 0),
                        new Layer(3, "layer2", "BatchNormalization", List.of(5, 4, 5), 2 * 5),
                        new Layer(4, "layer3", "DenseLayer", List.of(7), 100 * 7 + 7),
                        new Layer(5, "layer4", "OutputLayer", List.of(3), 7 * 3 + 3));
    }

    @Test
    void layers_ofAGraph_leaveOpenWhatTheFileDoes() {
        Dl4jCheckpoint checkpoint = saved(residual());

        assertThat(checkpoint.layers()).element(6).satisfies(layer -> {
            assertThat(layer.kind()).isEqualTo("ElementWiseVertex(Add)");
            assertThat(layer.shape()).containsExactly(4, -1, -1);
            assertThat(layer.features()).isEqualTo(-1);
        });
        assertThat(checkpoint.layers()).last().satisfies(layer -> {
            assertThat(layer.name()).isIn("softmax", "flat");
        });
        try (ActivationSource source = checkpoint.on(new GaussianData(2, List.of(2, 6, 8)))) {
            assertThat(source.layers()).element(6).satisfies(layer -> {
                assertThat(layer.shape()).containsExactly(4, 6, 8);
            });
        }
    }

    @Test
    void layers_beforeAFlattening_haveTheImageSizeThatFitsIt() {
        MultiLayerNetwork network = Dl4jNetworks.randomized(new MultiLayerNetwork(Dl4jNetworks.settings()
                .list()
                .layer(new ConvolutionLayer.Builder(3, 3).nOut(5).build())
                .layer(new OutputLayer.Builder(LossFunction.MCXENT)
                        .activation(Activation.SOFTMAX)
                        .nOut(3)
                        .build())
                .setInputType(InputType.convolutional(10, 12, 2))
                .build()));

        assertThat(saved(network).layers())
                .extracting(Layer::shape)
                .containsExactly(List.of(2, 10, 12), List.of(5, 8, 10), List.of(3));
    }

    @Test
    void chosenLayers_aloneAreGiven_withTheSameValues() {
        Dl4jCheckpoint checkpoint = saved(residual());
        GaussianData data = new GaussianData(3, List.of(2, 6, 8));
        List<Layer> chosen = checkpoint.layers().stream()
                .filter(layer -> List.of("bn", "add", "image").contains(layer.name()))
                .toList();

        try (ActivationSource some = checkpoint.on(data, chosen);
                ActivationSource all = checkpoint.on(data)) {
            Map<String, float[]> found = Dl4jNetworks.activations(some, 3);

            assertThat(found.keySet()).containsExactly("image", "bn", "add");
            found.forEach((name, values) -> assertThat(values)
                    .isEqualTo(Dl4jNetworks.activations(all, 3).get(name)));
        }
    }

    @Test
    void network_ofAnotherType_isRunInFloat32() {
        ComputationGraph network = Dl4jNetworks.randomized(new ComputationGraph(Dl4jNetworks.settings()
                .dataType(DataType.DOUBLE)
                .graphBuilder()
                .addInputs("x")
                .addLayer(
                        "hidden",
                        new DenseLayer.Builder()
                                .nIn(6)
                                .nOut(4)
                                .activation(Activation.TANH)
                                .build(),
                        "x")
                .addLayer(
                        "out",
                        new OutputLayer.Builder(LossFunction.MSE)
                                .activation(Activation.IDENTITY)
                                .nIn(4)
                                .nOut(2)
                                .build(),
                        "hidden")
                .setOutputs("out")
                .build()));
        GaussianData data = new GaussianData(3, List.of(6));

        try (ActivationSource source = saved(network).on(data)) {
            INDArray expected = network.outputSingle(data.array(3).castTo(DataType.DOUBLE));
            // float32 against float64: six products, a tanh and four products.
            assertThat(Dl4jNetworks.relativeDifference(
                            Dl4jNetworks.activations(source, 3).get("out"), Dl4jNetworks.numbers(expected)))
                    .isLessThan(1e-5);
        }
    }

    @Test
    void recurrentNetwork_onSequences_isRun() {
        MultiLayerNetwork network = Dl4jNetworks.randomized(new MultiLayerNetwork(Dl4jNetworks.settings()
                .list()
                .layer(new LSTM.Builder().nIn(3).nOut(4).build())
                .layer(new RnnOutputLayer.Builder(LossFunction.MCXENT)
                        .activation(Activation.SOFTMAX)
                        .nIn(4)
                        .nOut(2)
                        .build())
                .build()));
        GaussianData data = new GaussianData(6, List.of(3, 5));

        try (ActivationSource source = saved(network).on(data)) {
            assertThat(source.layers())
                    .extracting(Layer::shape)
                    .containsExactly(List.of(3, 5), List.of(4, 5), List.of(2, 5));
            assertThat(Dl4jNetworks.relativeDifference(
                            Dl4jNetworks.activations(source, 6).get("layer1"),
                            Dl4jNetworks.numbers(network.output(data.array(6)))))
                    .isLessThan(SAME_KERNELS);
        }
    }

    @Test
    void data_thatDoNotFit_areRefusedWithBothShapes() {
        Dl4jCheckpoint images = saved(residual());
        for (List<Integer> shape : List.of(List.of(3, 6, 8), List.of(96))) {
            assertThatThrownBy(() -> images.on(new GaussianData(1, shape)))
                    .isInstanceOf(LamellaException.class)
                    .hasMessage(images.path() + ": it takes images of 2 x any x any, but an example of gaussian is "
                            + String.join(
                                    " x ", shape.stream().map(String::valueOf).toList()));
        }
        Dl4jCheckpoint vectors =
                Dl4jCheckpoint.open(Dl4jNetworks.save(lenet(), directory.resolve("lenet.zip"), false), "lenet");
        assertThatThrownBy(() -> vectors.on(new GaussianData(1, List.of(2, 10, 10))))
                .hasMessageContaining("it takes vectors of 240, but an example of gaussian is 2 x 10 x 10");
    }

    @Test
    void data_whoseSizeDoesNotFitALaterLayer_areRefusedWithTheLayer() {
        MultiLayerNetwork network = Dl4jNetworks.randomized(new MultiLayerNetwork(Dl4jNetworks.settings()
                .list()
                .layer(new ConvolutionLayer.Builder(3, 3).nOut(5).build())
                .layer(new OutputLayer.Builder(LossFunction.MCXENT)
                        .activation(Activation.SOFTMAX)
                        .nOut(3)
                        .build())
                .setInputType(InputType.convolutional(10, 12, 2))
                .build()));
        Dl4jCheckpoint checkpoint = saved(network);

        assertThatThrownBy(() -> checkpoint.on(new GaussianData(1, List.of(2, 12, 12))))
                .isInstanceOf(LamellaException.class)
                .hasMessageStartingWith(checkpoint.path() + ": layer layer1 cannot take [1, 5, 10, 10]: ")
                .message()
                .doesNotContain("\n");
    }

    @Test
    void network_withTwoInputs_isListedButNotRun() {
        ComputationGraph network = Dl4jNetworks.randomized(new ComputationGraph(Dl4jNetworks.settings()
                .graphBuilder()
                .addInputs("a", "b")
                .addVertex("both", new MergeVertex(), "a", "b")
                .addLayer(
                        "out",
                        new OutputLayer.Builder(LossFunction.MSE).nIn(5).nOut(2).build(),
                        "both")
                .setOutputs("out")
                .build()));
        Dl4jCheckpoint checkpoint = saved(network);

        assertThat(checkpoint.layers()).extracting(Layer::name).containsExactly("a", "b", "both", "out");
        assertThatThrownBy(() -> checkpoint.on(new GaussianData(1, List.of(5))))
                .hasMessageContaining("it has 2 inputs [a, b]");
        assertThat(Arrays.asList(checkpoint.name(), checkpoint.format())).containsExactly("net", "dl4j");
    }
}

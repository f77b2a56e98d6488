package org.lamella.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lamella.LamellaException;
import org.lamella.activation.ActivationSource;
import org.lamella.activation.Batch;
import org.lamella.activation.Engine;
import org.lamella.activation.Reduction;
import org.lamella.dl4j.Dl4jNetworks.GaussianData;
import org.lamella.model.Dl4jCheckpoint;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

class Dl4jSourceTest {
    @TempDir
    private Path directory;

    private ActivationSource source(GaussianData data) {
        ComputationGraph network = Dl4jNetworks.randomized(new ComputationGraph(Dl4jNetworks.settings()
                .convolutionMode(ConvolutionMode.Same)
                .graphBuilder()
                .addInputs("image")
                .setInputTypes(InputType.convolutional(32, 32, 3))
                .addLayer("conv", new ConvolutionLayer.Builder(3, 3).nOut(8).build(), "image")
                .addLayer("bn", new BatchNormalization(), "conv")
                .addLayer("relu", new ActivationLayer(Activation.RELU), "bn")
                .addLayer("conv2", new ConvolutionLayer.Builder(3, 3).nOut(8).build(), "relu")
                .addVertex("add", new ElementWiseVertex(ElementWiseVertex.Op.Add), "conv2", "bn")
                .addLayer("mean", new GlobalPoolingLayer(PoolingType.AVG), "add")
                .addLayer(
                        "out", new OutputLayer.Builder(LossFunction.MSE).nOut(2).build(), "mean")
                .setOutputs("out")
                .build()));
        return Dl4jCheckpoint.open(Dl4jNetworks.save(network, directory.resolve("net.zip"), false), "net")
                .withEngine(Engine.DL4J)
                .on(data);
    }

    /** Deeplearning4j's sequences are features x steps, where those of nearly all others are steps x features. */
    @Test
    void meanOfASequence_isOverItsSteps() {
        ComputationGraph network = Dl4jNetworks.randomized(new ComputationGraph(Dl4jNetworks.settings()
                .graphBuilder()
                .addInputs("words")
                .setInputTypes(InputType.recurrent(3, 5))
                .addLayer("lstm", new LSTM.Builder().nOut(4).build(), "words")
                .addLayer(
                        "out",
                        new RnnOutputLayer.Builder(LossFunction.MSE).nOut(2).build(),
                        "lstm")
                .setOutputs("out")
                .build()));
        var checkpoint = Dl4jCheckpoint.open(Dl4jNetworks.save(network, directory.resolve("lstm.zip"), false), "lstm");
        try (ActivationSource whole = checkpoint.withEngine(Engine.DL4J).on(new GaussianData(4, List.of(3, 5)));
                ActivationSource reduced = Reduction.MEAN.of(
                        checkpoint.withEngine(Engine.DL4J).on(new GaussianData(4, List.of(3, 5))), 1)) {
            float[] steps = Dl4jNetworks.activations(whole, 1).get("lstm");
            float[] means = Dl4jNetworks.activations(reduced, 1).get("lstm");
            assertThat(means).hasSize(4);
            for (int feature = 0; feature < 4; feature++) {
                double sum = 0;
                for (int step = 0; step < 5; step++) {
                    sum += steps[5 * feature + step];
                }
                assertThat((double) means[feature]).isCloseTo(sum / 5, within(1e-7));
            }
        }
    }

    /**
     * Of one example of 3 x 32 x 32 numbers: conv, bn, relu, conv2 and add have 8 x 32 x 32 each. bn waits for add, so when conv2 has
     * been computed bn, relu and conv2 are alive, and when add has, bn, conv2 and add.
     */
    @Test
    void bytesPerExample_areThoseOfTheActivationsAliveAtOnce() {
        try (ActivationSource source = source(new GaussianData(4, List.of(3, 32, 32)))) {
            assertThat(source.bytesPerExample()).isEqualTo(4L * 3 * 8 * 32 * 32);
        }
    }

    @Test
    void activations_readLateByOtherThreads_areStillWhatTheyWere() {
        try (ActivationSource source = source(new GaussianData(16, List.of(3, 32, 32)));
                Pool pool = new Pool()) {
            Map<String, float[]> expected = Dl4jNetworks.activations(source, 16);
            Map<String, float[]> late = new ConcurrentHashMap<>();

            source.forward(
                    Dl4jNetworks.firstExamples(16),
                    (position, activation) -> CompletableFuture.runAsync(
                            () -> {
                                float[] copy = new float[Math.toIntExact(activation.rows() * activation.columns())];
                                activation.pointer().get(copy);
                                late.put(source.layers().get(position).name(), copy);
                            },
                            // Later than the vertices that take this one: they would have freed it or written over it.
                            CompletableFuture.delayedExecutor(200, TimeUnit.MILLISECONDS, pool.threads)));

            assertThat(late).hasSameSizeAs(expected);
            late.forEach((name, values) -> assertThat(values).as(name).isEqualTo(expected.get(name)));
        }
    }

    private record Pool(ExecutorService threads) implements AutoCloseable {
        Pool() {
            this(Executors.newFixedThreadPool(3));
        }

        @Override
        public void close() {
            threads.shutdown();
        }
    }

    @Test
    void examples_inAnyOrder_haveTheirOwnRows() {
        try (ActivationSource source = source(new GaussianData(9, List.of(3, 32, 32)))) {
            float[] inOrder = Dl4jNetworks.activations(source, 9).get("add");
            int features = inOrder.length / 9;

            source.forward(new Batch(1, new int[] {8, 2, 5}), (position, activation) -> {
                if (source.layers().get(position).name().equals("add")) {
                    float[] rows = new float[3 * features];
                    activation.pointer().get(rows);
                    for (int row = 0; row < 3; row++) {
                        int example = new int[] {8, 2, 5}[row];
                        assertThat(Dl4jNetworks.relativeDifference(
                                        Arrays.copyOfRange(rows, row * features, (row + 1) * features),
                                        Arrays.copyOfRange(inOrder, example * features, (example + 1) * features)))
                                // Batches of another size may be summed in another order.
                                .isLessThan(1e-5);
                    }
                }
                return CompletableFuture.completedFuture(null);
            });
        }
    }

    /** Bytes that ND4J has allocated outside the heap, by the native library's own count. */
    private static long nativeBytes() {
        return Nd4j.getEnvironment().getDeviceCouner(0);
    }

    @Test
    void memory_holdsOnlyWhatIsStillNeeded_andIsFreedInTheEnd() {
        long none = nativeBytes();
        int examples = 16;
        long image = 8L * 32 * 32 * Float.BYTES * examples;
        long slack = 64 << 10;
        ActivationSource source = source(new GaussianData(examples, List.of(3, 32, 32)));
        long open = nativeBytes();
        AtomicLong most = new AtomicLong();
        for (int batch = 0; batch < 20; batch++) {
            source.forward(Dl4jNetworks.firstExamples(examples), (position, activation) -> {
                most.accumulateAndGet(nativeBytes() - open, Math::max);
                return CompletableFuture.completedFuture(null);
            });
            assertThat(nativeBytes() - open).as("after batch %d", batch).isLessThan(slack);
        }
        // Of conv, bn, relu, conv2 and add the last needs two, and is the third.
        assertThat(most.get()).isBetween(3 * image - slack, 3 * image + slack);

        source.close();

        assertThat(nativeBytes() - none).isLessThan(slack);
    }

    @Test
    void sink_thatFails_stopsTheRunWithItsOwnException() {
        try (ActivationSource source = source(new GaussianData(4, List.of(3, 32, 32)))) {
            Batch batch = Dl4jNetworks.firstExamples(4);
            LamellaException failure = new LamellaException("sink", "full");

            assertThatThrownBy(() -> source.forward(batch, (position, activation) -> {
                        throw failure;
                    }))
                    .isSameAs(failure);
            assertThatThrownBy(() ->
                            source.forward(batch, (position, activation) -> CompletableFuture.failedFuture(failure)))
                    .isSameAs(failure);
            assertThat(Dl4jNetworks.activations(source, 4))
                    .as("it can be used again")
                    .hasSize(8);
        }
    }
}

package org.lamella.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.weights.WeightInit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lamella.activation.ActivationSource;
import org.lamella.dl4j.Dl4jNetworks.GaussianData;
import org.lamella.model.Dl4jCheckpoint;
import org.nd4j.linalg.api.ndarray.INDArray;

class UntrainedNetworkTest {
    @TempDir
    private Path directory;

    /** Made anew for each network, which changes what it is made of. */
    private static ComputationGraphConfiguration structure() {
        return Dl4jNetworks.settings()
                .weightInit(WeightInit.RELU)
                .graphBuilder()
                .addInputs("image")
                .addLayer("conv", new ConvolutionLayer.Builder(3, 3).nOut(6).build(), "image")
                .addLayer("bn", new BatchNormalization(), "conv")
                .addLayer("out", new OutputLayer.Builder().nOut(3).build(), "bn")
                .setOutputs("out")
                .setInputTypes(InputType.convolutional(8, 8, 2))
                .build();
    }

    private Path trained() {
        return Dl4jNetworks.save(
                Dl4jNetworks.randomized(new ComputationGraph(structure())), directory.resolve("net.zip"), false);
    }

    @Test
    void weights_ofAnUntrainedNetwork_areThoseThatItsSeedBeganWith() {
        Dl4jFile file = Dl4jFile.open(trained());
        try (var before = Closing.of(new ComputationGraph(structure()));
                var untrained = Closing.of(new UntrainedNetwork(file, 7).restore());
                var other = Closing.of(new UntrainedNetwork(file, 8).restore());
                var trained = Closing.of(file.restore())) {
            before.graph().init();
            INDArray weights = untrained.graph().params();

            assertThat(weights).isEqualTo(before.graph().params());
            assertThat(weights).isNotEqualTo(other.graph().params());
            assertThat(weights).isNotEqualTo(trained.graph().params());
            assertThat(trained.graph().getParam("bn_mean").amaxNumber().doubleValue())
                    .isPositive();
            assertThat(untrained.graph().getParam("bn_mean").amaxNumber().doubleValue())
                    .isZero();
        }
    }

    @Test
    void checkpoint_untrained_isRunUnderItsOwnName() {
        var data = new GaussianData(5, List.of(2, 8, 8));
        Dl4jCheckpoint trained = Dl4jCheckpoint.open(trained(), "net");

        try (ActivationSource before = trained.on(data);
                ActivationSource after = trained.untrained("net-untrained", 3).on(data)) {
            assertThat(after.name()).isEqualTo("net-untrained");
            assertThat(after.layers()).isEqualTo(before.layers());
            assertThat(Dl4jNetworks.activations(after, 5).get("image"))
                    .isEqualTo(Dl4jNetworks.activations(before, 5).get("image"));
            assertThat(Dl4jNetworks.activations(after, 5).get("bn"))
                    .isNotEqualTo(Dl4jNetworks.activations(before, 5).get("bn"));
        }
    }

    private record Closing(ComputationGraph graph) implements AutoCloseable {
        static Closing of(ComputationGraph graph) {
            return new Closing(graph);
        }

        @Override
        public void close() {
            graph.close();
        }
    }
}

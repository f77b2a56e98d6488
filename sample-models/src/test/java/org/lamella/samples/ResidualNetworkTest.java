package org.lamella.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.inputs.InputType.InputTypeConvolutional;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lamella.LamellaException;

class ResidualNetworkTest {
    private static ComputationGraphConfiguration cifar(int depth, int width, Shortcut shortcut) {
        return new ResidualNetwork(depth, width, shortcut, 3, 32, 10)
                .configuration(new NeuralNetConfiguration.Builder());
    }

    /** Deeplearning4j counts running mean and variance as parameters; nothing trains them. */
    private static long trainable(ComputationGraphConfiguration graph) {
        long sum = 0;
        for (GraphVertex vertex : graph.getVertices().values()) {
            sum += vertex.numParams(true);
            if (vertex instanceof LayerVertex layer
                    && layer.getLayerConf().getLayer() instanceof BatchNormalization normalization) {
                sum -= 2 * normalization.getNOut();
            }
        }
        return sum;
    }

    /**
     * The counts of the networks of Nguyen, Raghu and Kornblith (2021), "Do Wide and Deep Networks Learn the Same Things?",
     * from the code published with it, for three channels, ten classes and convolutions with biases.
     */
    @ParameterizedTest
    @CsvSource({
        "14, 1, 175626",
        "20, 1, 273066",
        "26, 1, 370506",
        "32, 1, 467946",
        "38, 1, 565386",
        "44, 1, 662826",
        "56, 1, 857706",
        "110, 1, 1734666",
        "164, 1, 2611626",
        "14, 2, 697354",
        "14, 10, 17331210",
        "38, 10, 56065290"
    })
    void parametersAndLayers_areAsManyAsInThePaper(int depth, int width, long parameters) {
        ComputationGraphConfiguration graph = cifar(depth, width, Shortcut.PROJECTION);

        assertThat(trainable(graph)).isEqualTo(parameters);
        int inputs = 1;
        assertThat(inputs + graph.getVertices().size()).isEqualTo(9 + 21 * (depth - 2) / 6);
    }

    @Test
    void identityShortcuts_haveNoParameters() {
        // Two projections fewer: 16 to 32 and 32 to 64 channels, with biases.
        assertThat(trainable(cifar(20, 1, Shortcut.IDENTITY))).isEqualTo(273_066 - (16 * 32 + 32) - (32 * 64 + 64));
    }

    @ParameterizedTest
    @CsvSource({"PROJECTION, 28", "IDENTITY, 28", "PROJECTION, 33", "IDENTITY, 33"})
    void stages_halveTheImageAndDoubleTheFilters(Shortcut shortcut, int side) {
        ComputationGraphConfiguration graph =
                new ResidualNetwork(20, 2, shortcut, 1, side, 7).configuration(new NeuralNetConfiguration.Builder());

        Map<String, InputType> types = graph.getLayerActivationTypes(InputType.convolutional(side, side, 1));

        int length = side;
        for (int stage = 1; stage <= 3; stage++) {
            for (int block = 1; block <= 3; block++) {
                InputTypeConvolutional added =
                        (InputTypeConvolutional) types.get("stage" + stage + ".block" + block + ".add");
                assertThat(List.of(added.getChannels(), added.getHeight(), added.getWidth()))
                        .containsExactly((16L * 2) << (stage - 1), (long) length, (long) length);
            }
            length = (length + 1) / 2;
        }
        assertThat(((InputType.InputTypeFeedForward) types.get("logits")).getSize())
                .isEqualTo(7);
    }

    @Test
    void impossibleNetworks_areRefusedWithTheNumber() {
        for (int depth : new int[] {2, 15, -10}) {
            assertThatThrownBy(() -> cifar(depth, 1, Shortcut.PROJECTION))
                    .isInstanceOf(LamellaException.class)
                    .hasMessageContaining("depth is " + depth + " but must be 6n + 2");
        }
        assertThatThrownBy(() -> cifar(14, 0, Shortcut.PROJECTION)).hasMessageContaining("width is 0");
    }

    @Test
    void specsThatShip_areReadAndNameTheirNetworks() {
        for (String name : List.of("fashion-resnet14", "fashion-resnet38")) {
            TrainingSpec spec = TrainingSpec.read(Path.of("specs", name + ".json"));
            assertThat(spec.name())
                    .isEqualTo(name)
                    .endsWith("resnet" + spec.network().depth());
        }
    }
}

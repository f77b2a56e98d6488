package org.lamella.samples.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.inputs.InputType.InputTypeConvolutional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lamella.LamellaException;

class ConvolutionalNetworkTest {
    private static ConvolutionalNetwork cifar(int depth, int width, Shortcut shortcut) {
        return new ConvolutionalNetwork(depth, ConvolutionalNetwork.filtersOf(width), shortcut, true, 3, 32, 10);
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
        ConvolutionalNetwork network = cifar(depth, width, Shortcut.PROJECTION);

        assertThat(NetworkCost.of(network).parameters()).isEqualTo(parameters);
        int inputs = 1;
        assertThat(inputs + network.configuration().getVertices().size()).isEqualTo(9 + 21 * (depth - 2) / 6);
    }

    @Test
    void identityShortcuts_haveNoParameters() {
        // Two projections fewer: 16 to 32 and 32 to 64 channels, with biases.
        assertThat(NetworkCost.of(cifar(20, 1, Shortcut.IDENTITY)).parameters())
                .isEqualTo(273_066 - (16 * 32 + 32) - (32 * 64 + 64));
    }

    @ParameterizedTest
    @CsvSource({"PROJECTION, 28", "IDENTITY, 28", "PROJECTION, 33", "IDENTITY, 33"})
    void stages_halveTheImageAndDoubleTheFilters(Shortcut shortcut, int side) {
        ComputationGraphConfiguration graph = new ConvolutionalNetwork(
                        20, ConvolutionalNetwork.filtersOf(2), shortcut, true, 1, side, 7)
                .configuration();

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
    void plainNetworks_areTheSameWithoutAdditions() {
        ConvolutionalNetwork plain = cifar(14, 1, Shortcut.NONE);

        assertThat(plain.configuration().getVertices().keySet())
                .noneMatch(name -> name.endsWith(".add") || name.endsWith(".projection"));
        assertThat(NetworkCost.of(plain).parameters()).isEqualTo(175_626 - (16 * 32 + 32) - (32 * 64 + 64));
    }

    @Test
    void networksWithoutNormalization_haveNone() {
        ConvolutionalNetwork network =
                new ConvolutionalNetwork(14, ConvolutionalNetwork.filtersOf(1), Shortcut.PROJECTION, false, 3, 32, 10);

        assertThat(network.configuration().getVertices().keySet()).noneMatch(name -> name.contains("bn"));
        // Scale and shift of 5 normalisations of 16 channels, 4 of 32 and 4 of 64.
        assertThat(NetworkCost.of(network).parameters()).isEqualTo(175_626 - 2 * (5 * 16 + 4 * 32 + 4 * 64));
    }

    @Test
    void cost_ofAResNet56_isThatOfTheFacts() {
        NetworkCost cost = NetworkCost.of(cifar(56, 1, Shortcut.PROJECTION));

        // "ResNet-56 at 32×32 (125 M multiply-adds)": to the million, by hand for the stem and each stage.
        long stem = 3L * 16 * 9 * 32 * 32;
        long first = 18L * 16 * 16 * 9 * 32 * 32;
        long second = (16L * 32 * 9 + 17L * 32 * 32 * 9 + 16 * 32) * 16 * 16;
        long third = (32L * 64 * 9 + 17L * 64 * 64 * 9 + 32 * 64) * 8 * 8;
        assertThat(cost.multiplyAdds()).isEqualTo(stem + first + second + third + 640);
        assertThat(cost.multiplyAdds()).isBetween(125_000_000L, 126_000_000L);
        assertThat(cost.bytes()).isEqualTo(4 * cost.parameters());
    }
}

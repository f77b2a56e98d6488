package org.lamella.samples.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lamella.LamellaException;

class ArchitectureTest {
    private static final List<Integer> CIFAR = List.of(3, 32, 32);

    /**
     * Seide, Li and Yu, "Conversational Speech Transcription Using Context-Dependent Deep Neural Networks" (2011), table 4: five
     * layers of 2,048 units against one of 3,772, for 429 inputs and 9,304 classes, at equal parameters.
     */
    @Test
    void widePerceptron_ofADeepOnesParameters_isThatOfThePaper() {
        long deep = NetworkCost.of(Architecture.of(Family.MLP, 5, 2048).network(List.of(429), 9304))
                .parameters();

        Perceptron wide =
                (Perceptron) Architecture.ofParameters(Family.MLP, 1, deep).network(List.of(429), 9304);

        assertThat(wide.width()).isEqualTo(3772);
    }

    @ParameterizedTest
    @CsvSource({
        "RESNET, 14, 175626",
        "RESNET, 8, 175626",
        "RESNET, 56, 857706",
        "RESNET, 14, 857706",
        "RESNET, 8, 100000",
        "PLAIN, 20, 273066",
        "RESNET, 110, 5000000",
        "MLP, 3, 1000000",
        "MLP, 10, 200000"
    })
    void networksOfABudget_spendItWithinOnePercent(Family family, int depth, long parameters) {
        Network network = Architecture.ofParameters(family, depth, parameters).network(CIFAR, 10);

        assertThat(NetworkCost.of(network).parameters()).isCloseTo(parameters, withinPercentage(1));
    }

    @Test
    void budgets_thatNoWidthMeets_areRefusedWithTheNearest() {
        assertThatThrownBy(() ->
                        Architecture.ofParameters(Family.RESNET, 110, 5000).network(CIFAR, 10))
                .isInstanceOf(LamellaException.class)
                .hasMessageContaining("no resnet of depth 110 has 5,000 parameters")
                .hasMessageContaining("the nearest has");
    }

    @Test
    void costOfPerceptrons_isThatOfTheirMatrices() {
        NetworkCost cost = NetworkCost.of(new Perceptron(3, 512, false, List.of(1, 28, 28), 10));

        assertThat(cost.parameters()).isEqualTo(784 * 512 + 512 + 2 * (512 * 512 + 512) + 512 * 10 + 10);
        assertThat(cost.multiplyAdds()).isEqualTo(784 * 512 + 2 * 512 * 512 + 512 * 10);
        assertThat(cost.activations()).isEqualTo(6 * 512 + 20);
    }

    /** Parameters and multiply-adds grow as depth × width². */
    @Test
    void cost_growsWithDepthAndTheSquareOfWidth() {
        long one = NetworkCost.of(Architecture.of(Family.RESNET, 20, 2).network(CIFAR, 10))
                .multiplyAdds();
        long wide = NetworkCost.of(Architecture.of(Family.RESNET, 20, 4).network(CIFAR, 10))
                .multiplyAdds();
        long deep = NetworkCost.of(Architecture.of(Family.RESNET, 38, 2).network(CIFAR, 10))
                .multiplyAdds();

        assertThat(wide / (double) one).isBetween(3.9, 4.0);
        assertThat(deep / (double) one).isBetween(1.9, 2.1);
    }

    @Test
    void architectures_thatContradictThemselves_areRefused() {
        assertThatThrownBy(() -> new Architecture(Family.RESNET, 14, 1, null, 1000L, null, null))
                .hasMessageContaining("one of width, filters and parameters");
        assertThatThrownBy(() -> new Architecture(Family.RESNET, 14, null, null, null, null, null))
                .hasMessageContaining("one of width, filters and parameters");
        assertThatThrownBy(() -> new Architecture(Family.MLP, 3, 10, null, null, Shortcut.IDENTITY, null))
                .hasMessageContaining("no shortcuts");
        assertThatThrownBy(() -> Architecture.of(Family.RESNET, 14, 1).network(List.of(784), 10))
                .hasMessageContaining("square images");
    }
}

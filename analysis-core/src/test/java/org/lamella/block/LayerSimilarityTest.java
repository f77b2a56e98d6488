package org.lamella.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.lamella.LamellaException;

class LayerSimilarityTest {
    /** A symmetric matrix of numbers from 0 to 1. */
    static double[] random(int size, long seed) {
        var random = new SplittableRandom(seed);
        double[] values = new double[size * size];
        for (int i = 0; i < size; i++) {
            for (int j = i; j < size; j++) {
                values[i * size + j] = values[j * size + i] = random.nextDouble();
            }
        }
        return values;
    }

    @Test
    void of_notSymmetric_saysWhere() {
        double[] values = random(4, 1);
        values[6] = values[9] + 0.01;
        assertThatThrownBy(() -> LayerSimilarity.of("net", PlantedBlocks.names(4), values))
                .isInstanceOf(LamellaException.class)
                .hasMessageContaining("not symmetric")
                .hasMessageContaining("'layer1' with 'layer2'");
    }

    @Test
    void of_roundingApart_isTheMean() {
        double[] values = {1, 0.50000, 0.50004, 1};
        assertThat(LayerSimilarity.of("", PlantedBlocks.names(2), values).value(1, 0))
                .isEqualTo(0.50002);
    }

    @Test
    void of_distances_areRefused() {
        double[] values = {0, 0.5, 0.5, 0};
        assertThatThrownBy(() -> LayerSimilarity.of("", PlantedBlocks.names(2), values))
                .isInstanceOf(LamellaException.class)
                .hasMessageContaining("distances");
    }

    @Test
    void defined_gaps_leaveAsManyLayersAsTheyCan() {
        double[] values = random(5, 2);
        for (int j : new int[] {0, 2, 4}) {
            values[5 + j] = values[j * 5 + 1] = Double.NaN;
        }
        assertThat(LayerSimilarity.of("", PlantedBlocks.names(5), values).defined())
                .containsExactly(0, 2, 3, 4);
    }
}

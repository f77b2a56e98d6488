package org.lamella.measure;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ChanceLevelTest {
    /** One cell with observed value 0.5 and the permuted values 0.1, 0.2 … 0.6, in another order. */
    private static ChanceLevel chance(Direction direction) {
        return ChanceLevel.of(
                1, direction, new double[] {0.5}, new double[][] {{0.3}, {0.1}, {0.6}, {0.2}, {0.5}, {0.4}});
    }

    @Test
    void chance_ofSixPermutations_hasTheMomentsAndPercentilesOfTheirValues() {
        ChanceLevel similarity = chance(Direction.SIMILARITY);

        assertThat(similarity.permutations()).isEqualTo(6);
        assertThat(similarity.at(0, 0).mean()).isCloseTo(0.35, within(1e-12));
        // Σ (x - 0.35)² = 0.175 over 5.
        assertThat(similarity.at(0, 0).standardDeviation()).isCloseTo(Math.sqrt(0.035), within(1e-12));
        // Place 4.75 of 0 … 5: numpy.percentile gives 0.575.
        assertThat(similarity.at(0, 0).limit()).isCloseTo(0.575, within(1e-12));
        assertThat(similarity.at(0, 0).deviations()).isCloseTo(0.15 / Math.sqrt(0.035), within(1e-12));
        // 0.5 and 0.6 reach it.
        assertThat(similarity.at(0, 0).exceedance()).isCloseTo(3 / 7.0, within(1e-12));
    }

    @Test
    void chance_ofADistance_looksToTheSmallValues() {
        ChanceLevel distance = chance(Direction.DISTANCE);

        assertThat(distance.at(0, 0).limit()).isCloseTo(0.125, within(1e-12));
        assertThat(distance.at(0, 0).deviations()).isCloseTo(-0.15 / Math.sqrt(0.035), within(1e-12));
        assertThat(distance.at(0, 0).exceedance()).isCloseTo(6 / 7.0, within(1e-12));
    }

    @ParameterizedTest
    @MethodSource("org.lamella.measure.MeasureTest#measures")
    void relatedLayers_underPermutations_areAlikeAsNoPermutationIsAndUnrelatedOnesAreNot(Measure<?> measure) {
        float[][] x = Layers.gaussian(1, 60, 4);
        MeasureMatrix found = Layers.compareWithChance(
                measure, 19, 3, "x", x, "related", Layers.related(2, x, 6, 0.1), "other", Layers.gaussian(8, 60, 5));
        ChanceLevel chance = requireNonNull(found.chance());

        assertThat(chance.at(0, 1).exceedance()).isEqualTo(1 / 20.0);
        assertThat(Math.abs(chance.at(0, 1).deviations())).isGreaterThan(3);
        assertThat(chance.at(0, 2).exceedance()).isGreaterThan(1 / 20.0);
        assertThat(chance.at(0, 2).deviations()).isLessThan(3);
    }
}

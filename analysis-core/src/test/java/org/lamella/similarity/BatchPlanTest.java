package org.lamella.similarity;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lamella.activation.Batch;

class BatchPlanTest {
    @ParameterizedTest
    @CsvSource({"100, 32, 4, 0", "98, 32, 3, 2", "99, 32, 3, 3", "32, 32, 1, 0", "3, 32, 0, 3", "5, 32, 1, 0"})
    void batches_raggedEnd_isKeptFromFourExamplesOn(int examples, int batch, int batches, int leftOut) {
        var plan = new BatchPlan(examples, batch, 1, 0);
        assertThat(plan.batches()).isEqualTo(batches);
        assertThat(plan.leftOut()).isEqualTo(leftOut);
    }

    @Test
    void batch_firstPass_isInOrderAndLaterOnesShuffledBySeed() {
        var plan = new BatchPlan(100, 32, 3, 5);
        assertThat(plan.batch(0).examples()).startsWith(0, 1, 2, 3);
        assertThat(plan.batch(0).isContiguous()).isTrue();
        assertThat(plan.batch(3).examples()).containsExactly(96, 97, 98, 99);
        assertThat(plan.batch(4).isContiguous()).isFalse();
        assertThat(plan.batch(4).examples())
                .isEqualTo(new BatchPlan(100, 32, 3, 5).batch(4).examples());
        assertThat(plan.batch(4).examples()).isNotEqualTo(plan.batch(8).examples());
        assertThat(plan.batch(4).examples())
                .isNotEqualTo(new BatchPlan(100, 32, 3, 6).batch(4).examples());
    }

    @Test
    void batch_everyPass_hasEveryExampleOnce() {
        var plan = new BatchPlan(100, 32, 2, 1);
        for (int pass = 0; pass < 2; pass++) {
            Set<Integer> seen = new HashSet<>();
            for (int b = 0; b < 4; b++) {
                Batch batch = plan.batch(4 * pass + b);
                Arrays.stream(batch.examples())
                        .forEach(example -> assertThat(seen.add(example)).isTrue());
            }
            assertThat(seen).hasSize(100);
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "31, 31", "32, 32", "33, 32", "400, 32"})
    void groups_neverMoreThan32_shareOutAllBatches(int batches, int groups) {
        var plan = new BatchPlan(batches * 4, 4, 1, 0);
        assertThat(plan.groups()).isEqualTo(groups);
        assertThat(plan.firstBatch(0)).isZero();
        assertThat(plan.firstBatch(groups)).isEqualTo(batches);
        for (int g = 0; g < groups; g++) {
            assertThat(plan.firstBatch(g + 1)).isGreaterThan(plan.firstBatch(g));
        }
    }
}

package org.lamella.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.lamella.activation.Layer;

class MemorySharesTest {
    private static Map<String, Long> shares(long memory, Map<String, Long> needs) {
        return MemoryShares.of(memory, needs).bytes();
    }

    @Test
    void smallModel_getsWhatItNeeds_andTheLargeOneTheRest() {
        assertThat(shares(1000, Map.of("small", 100L, "large", 5000L)))
                .containsOnly(Map.entry("small", 100L), Map.entry("large", 900L));
        assertThat(shares(1000, Map.of("a", 100L, "b", 400L, "c", 600L)))
                .containsOnly(Map.entry("a", 100L), Map.entry("b", 400L), Map.entry("c", 500L));
    }

    @Test
    void modelsThatNeedMoreThanTheirPart_orOfWhichItIsNotKnown_getTheSame() {
        assertThat(shares(900, Map.of("a", 500L, "b", MemoryShares.UNKNOWN, "c", 400L)))
                .containsOnly(Map.entry("a", 300L), Map.entry("b", 300L), Map.entry("c", 300L));
    }

    @Test
    void whatNobodyNeeds_isDividedToo() {
        assertThat(shares(1000, Map.of("a", 100L, "b", 300L))).containsOnly(Map.entry("a", 400L), Map.entry("b", 600L));
    }

    @Test
    void nothingLeft_givesAByteEach_soThatTheEngineNamesTheLayer() {
        assertThat(shares(-5, Map.of("a", 100L, "b", 300L))).containsOnly(Map.entry("a", 1L), Map.entry("b", 1L));
    }

    /** Against the definition, on divisions drawn at random. */
    @Test
    void noModel_isWorseOffThanByEqualParts_andNoMoreIsGivenThanThereIs() {
        Random random = new Random(3);
        for (int trial = 0; trial < 1000; trial++) {
            int models = 1 + random.nextInt(6);
            long memory = 10 + random.nextInt(10_000);
            Map<String, Long> needs = new LinkedHashMap<>();
            for (int i = 0; i < models; i++) {
                needs.put("m" + i, random.nextInt(5) == 0 ? MemoryShares.UNKNOWN : random.nextInt(5_000));
            }
            Map<String, Long> shares = shares(memory, needs);

            needs.forEach((name, need) ->
                    assertThat(shares.get(name)).isGreaterThanOrEqualTo(Math.min(need, memory / models)));
            long given = shares.values().stream().mapToLong(Long::longValue).sum();
            assertThat(given).isBetween(memory - 2L * models, memory + models);
        }
    }

    @Test
    void need_isAllLayersOfABatchWithTheWeights_andAnEighthBeside() {
        Layer image = new Layer(0, "x", "Input", List.of(3, 8, 8), 0);
        Layer conv = new Layer(1, "conv", "Conv", List.of(16, 8, 8), 0);
        Layer open = new Layer(2, "open", "Conv", List.of(16, -1, 8), 0);

        assertThat(MemoryShares.need(List.of(image, conv), 10, 7000)).isEqualTo((7000 + 4 * 10 * 1216) * 8 / 7);
        assertThat(MemoryShares.need(List.of(image, open), 10, 7000)).isEqualTo(MemoryShares.UNKNOWN);
    }
}

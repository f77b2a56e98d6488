package org.lamella.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class OnnxPassPlanTest {
    @Test
    void passes_areFilledFromTheEnd() {
        assertThat(OnnxPassPlan.of(List.of(4L, 4L, 4L, 1L, 1L), 6))
                .containsExactly(new OnnxPassPlan(0, 1), new OnnxPassPlan(1, 2), new OnnxPassPlan(2, 5));
        assertThat(OnnxPassPlan.of(List.of(4L, 4L), 8)).containsExactly(new OnnxPassPlan(0, 2));
        assertThat(OnnxPassPlan.of(List.of(0L, 0L), 0)).containsExactly(new OnnxPassPlan(0, 2));
    }

    /** Against all ways to cut a list, tried one by one. */
    @Test
    void passes_areTheFewestAndEndTheEarliest() {
        Random random = new Random(1);
        for (int round = 0; round < 500; round++) {
            List<Long> bytes = LongStream.range(0, 1 + random.nextInt(9))
                    .mapToObj(i -> (long) random.nextInt(10))
                    .toList();
            int room = 9 + random.nextInt(12);
            int fewest = Integer.MAX_VALUE;
            int shortest = Integer.MAX_VALUE;
            for (int cuts = 0; cuts < 1 << (bytes.size() - 1); cuts++) {
                int passes = 0;
                int computed = 0;
                long filled = 0;
                boolean fits = true;
                for (int layer = 0; layer < bytes.size(); layer++) {
                    filled += bytes.get(layer);
                    fits &= filled <= room;
                    if (layer == bytes.size() - 1 || (cuts >> layer & 1) == 1) {
                        passes++;
                        computed += layer + 1;
                        filled = 0;
                    }
                }
                if (fits && (passes < fewest || (passes == fewest && computed < shortest))) {
                    fewest = passes;
                    shortest = computed;
                }
            }
            List<OnnxPassPlan> plan = OnnxPassPlan.of(bytes, room);
            assertThat(plan).hasSize(fewest);
            assertThat(plan.stream().mapToInt(OnnxPassPlan::to).sum()).isEqualTo(shortest);
            assertThat(plan.get(0).from()).isZero();
            for (int i = 0; i < plan.size(); i++) {
                assertThat(plan.get(i).to())
                        .isEqualTo(i + 1 < plan.size() ? plan.get(i + 1).from() : bytes.size());
                assertThat(bytes.subList(plan.get(i).from(), plan.get(i).to()).stream()
                                .mapToLong(Long::longValue)
                                .sum())
                        .isLessThanOrEqualTo(room);
            }
        }
    }
}

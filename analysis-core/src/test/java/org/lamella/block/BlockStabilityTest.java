package org.lamella.block;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.lamella.similarity.HsicSums;

class BlockStabilityTest {
    private static final int LAYERS = 24;

    /** Sums whose CKA is 0.95 in the block given and 0.5 elsewhere; every layer's own sum is 1. */
    private static HsicSums group(int start, int end, double noise, long seed) {
        var random = new SplittableRandom(seed);
        double[] sums = new double[LAYERS * (LAYERS + 1) / 2];
        for (int i = 0, at = 0; i < LAYERS; i++) {
            for (int j = i; j < LAYERS; j++, at++) {
                boolean inside = i >= start && j < end;
                sums[at] = i == j ? 1 : (inside ? 0.95 : 0.5) + noise * (random.nextDouble() - 0.5);
            }
        }
        return HsicSums.of(LAYERS, 1, 100, sums);
    }

    private static Block measured(List<HsicSums> groups, long seed) {
        var detector = BlockDetector.defaults();
        Blocks found = detector.detect(LayerSimilarity.of(
                "net", PlantedBlocks.names(LAYERS), HsicSums.total(groups).cka()));
        Blocks measured = BlockStability.defaults().withSeed(seed).measure(found, detector, groups, 0);
        assertThat(measured.blocks()).hasSize(1);
        return measured.blocks().get(0);
    }

    @Test
    void measure_blockInEveryGroup_alwaysComesBackWithItsBorders() {
        List<HsicSums> groups = new ArrayList<>();
        for (int g = 0; g < 10; g++) {
            groups.add(group(6, 18, 0.02, g));
        }
        assertThat(measured(groups, 0).stability()).isEqualTo(new Stability(1, 6, 6, 18, 18));
    }

    @Test
    void measure_borderThatHalfTheGroupsMove_hasAnInterval() {
        // The layer 18 belongs to the block in half of the groups. Where most groups drawn are of that half, it is more
        // similar to
        // the block than the block's least pair less 0.03 and the end moves.
        List<HsicSums> groups = new ArrayList<>();
        for (int g = 0; g < 10; g++) {
            groups.add(group(6, g % 2 == 0 ? 18 : 19, 0, g));
        }
        Stability stability = measured(groups, 1).stability();
        assertThat(stability).isNotNull();
        assertThat(stability.share()).isEqualTo(1);
        assertThat(stability.startLow()).isEqualTo(6);
        assertThat(stability.startHigh()).isEqualTo(6);
        assertThat(stability.endLow()).isEqualTo(18);
        assertThat(stability.endHigh()).isEqualTo(19);
    }

    @Test
    void measure_blockOfFewGroups_comesBackAsOftenAsTheyAreDrawn() {
        // One group of ten has a block; it dominates, its sums being 100 times the others'. A draw without it, of which
        // there are
        // (1 - 1/10)^10 = 0.349, has no block. With 1,000 draws the standard error is 0.015.
        List<HsicSums> groups = new ArrayList<>();
        HsicSums strong = group(6, 18, 0, 0);
        for (int i = 0; i < 99; i++) {
            strong = strong.plus(group(6, 18, 0, 0));
        }
        groups.add(HsicSums.of(LAYERS, 1, 100, strong.upperTriangle()));
        for (int g = 1; g < 10; g++) {
            groups.add(group(0, 0, 0, g));
        }
        var detector = BlockDetector.defaults();
        Blocks found = detector.detect(LayerSimilarity.of(
                "net", PlantedBlocks.names(LAYERS), HsicSums.total(groups).cka()));
        Stability stability = BlockStability.defaults()
                .withDraws(1000)
                .measure(found, detector, groups, 0)
                .blocks()
                .get(0)
                .stability();
        assertThat(stability).isNotNull();
        assertThat(stability.share()).isBetween(0.651 - 0.06, 0.651 + 0.06);
    }

    @Test
    void measure_secondModelOfARun_isItsOwnPartOfTheSums() {
        // Three layers of another model before those of this one.
        List<HsicSums> groups = new ArrayList<>();
        for (int g = 0; g < 5; g++) {
            HsicSums own = group(6, 18, 0.02, g);
            int all = LAYERS + 3;
            double[] sums = new double[all * (all + 1) / 2];
            for (int i = 0, at = 0; i < all; i++) {
                for (int j = i; j < all; j++, at++) {
                    sums[at] = i < 3 ? (i == j ? 1 : 0.99) : own.hsic(i - 3, j - 3);
                }
            }
            groups.add(HsicSums.of(all, 1, 100, sums));
        }
        var detector = BlockDetector.defaults();
        var alone = group(6, 18, 0, 0);
        Blocks found = detector.detect(LayerSimilarity.of("net", PlantedBlocks.names(LAYERS), alone.cka()));
        assertThat(BlockStability.defaults()
                        .measure(found, detector, groups, 3)
                        .blocks()
                        .get(0)
                        .stability())
                .isEqualTo(new Stability(1, 6, 6, 18, 18));
    }

    @Test
    void measure_oneGroup_leavesBlocksAsTheyAre() {
        assertThat(measured(List.of(group(6, 18, 0, 0)), 0).stability()).isNull();
    }

    @Test
    void measure_sameSeed_givesTheSame() {
        List<HsicSums> groups = new ArrayList<>();
        for (int g = 0; g < 6; g++) {
            groups.add(group(6, g % 3 == 0 ? 18 : 20, 0.05, g));
        }
        assertThat(measured(groups, 5)).isEqualTo(measured(groups, 5));
    }
}

package org.lamella.block;

import java.util.List;

/**
 * How well some blocks agree with the planted ones.
 *
 * @param overlap sum over the planted blocks of the best overlap (intersection over union) of a found one
 * @param planted number of them
 * @param missed planted blocks without a found one that overlaps by a half
 * @param spurious found blocks without a planted one that overlaps by a half
 * @param exact planted blocks found to the layer
 */
record DetectionScore(double overlap, int planted, int missed, int spurious, int exact) {
    static final DetectionScore NONE = new DetectionScore(0, 0, 0, 0, 0);

    /** @param found starts and ends (exclusive) */
    static DetectionScore of(List<int[]> found, List<int[]> planted) {
        double overlap = 0;
        int missed = 0;
        int exact = 0;
        for (int[] block : planted) {
            double best = best(block, found);
            overlap += best;
            missed += best < 0.5 ? 1 : 0;
            exact += best == 1 ? 1 : 0;
        }
        int spurious =
                (int) found.stream().filter(block -> best(block, planted) < 0.5).count();
        return new DetectionScore(overlap, planted.size(), missed, spurious, exact);
    }

    private static double best(int[] block, List<int[]> others) {
        return others.stream()
                .mapToDouble(other -> {
                    int shared = Math.min(block[1], other[1]) - Math.max(block[0], other[0]);
                    return Math.max(0, shared) / (double) (block[1] - block[0] + other[1] - other[0] - shared);
                })
                .max()
                .orElse(0);
    }

    DetectionScore plus(DetectionScore other) {
        return new DetectionScore(
                overlap + other.overlap,
                planted + other.planted,
                missed + other.missed,
                spurious + other.spurious,
                exact + other.exact);
    }

    double meanOverlap() {
        return overlap / planted;
    }

    static List<int[]> borders(Blocks found) {
        return found.blocks().stream()
                .map(block -> new int[] {block.start(), block.end()})
                .toList();
    }
}

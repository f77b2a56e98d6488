package org.lamella.block;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.lamella.similarity.HsicSums;

/**
 * How often blocks come back when the batches are others: the bootstrap over groups of batches (Efron 1979), whose sums a run
 * keeps apart.
 *
 * <p>Cost: for G groups and L layers, {@code draws} × G × L² / 2 additions and as many searches, side by side on all processors,
 * and 4 G L² bytes.
 *
 * @param draws how many sets of groups are drawn
 * @param seed of the draws
 */
public record BlockStability(int draws, long seed) {
    /** The least overlap with which a block counts as the same. */
    static final double SAME = 0.8;

    private static final double TAIL = 0.025;

    public BlockStability {
        if (draws < 1) {
            throw new IllegalArgumentException("at least one draw, not " + draws);
        }
    }

    /** A hundred draws with seed 0. */
    public static BlockStability defaults() {
        return new BlockStability(100, 0);
    }

    /** With another number of draws. */
    public BlockStability withDraws(int count) {
        return new BlockStability(count, seed);
    }

    /** With another seed. */
    public BlockStability withSeed(long other) {
        return new BlockStability(draws, other);
    }

    /**
     * The blocks found, each with its stability; as they are where fewer than two groups have batches.
     *
     * @param found by {@code detector} in all groups together
     * @param groups sums over the layers of all models of a run
     * @param offset of the model's first layer among them
     */
    public Blocks measure(Blocks found, BlockDetector detector, List<HsicSums> groups, int offset) {
        double[][] parts = groups.stream()
                .filter(group -> group.batches() > 0)
                .map(group -> part(group, offset, found.layers().size()))
                .toArray(double[][]::new);
        if (parts.length < 2 || found.isEmpty()) {
            return found;
        }
        var random = new SplittableRandom(seed);
        int[][] drawn = IntStream.range(0, draws)
                .mapToObj(draw -> times(parts.length, random))
                .toArray(int[][]::new);
        List<Blocks> again = Arrays.stream(drawn)
                .parallel()
                .map(times -> detector.detect(sum(found, parts, times)))
                .toList();
        List<Block> measured = new ArrayList<>();
        found.blocks().forEach(block -> measured.add(block.withStability(of(block, again))));
        return new Blocks(found.model(), found.layers(), measured);
    }

    /** The upper triangle of one model's sums, row by row. */
    private static double[] part(HsicSums group, int offset, int layers) {
        double[] triangle = new double[layers * (layers + 1) / 2];
        for (int i = 0, at = 0; i < layers; i++) {
            for (int j = i; j < layers; j++, at++) {
                triangle[at] = group.hsic(offset + i, offset + j);
            }
        }
        return triangle;
    }

    /** How often each group is drawn. */
    private static int[] times(int groups, SplittableRandom random) {
        int[] times = new int[groups];
        for (int i = 0; i < groups; i++) {
            times[random.nextInt(groups)]++;
        }
        return times;
    }

    private static LayerSimilarity sum(Blocks found, double[][] parts, int[] times) {
        double[] sum = new double[parts[0].length];
        for (int g = 0; g < parts.length; g++) {
            for (int i = 0; times[g] > 0 && i < sum.length; i++) {
                sum[i] += times[g] * parts[g][i];
            }
        }
        int layers = found.layers().size();
        return LayerSimilarity.of(
                found.model(),
                found.layers(),
                HsicSums.of(layers, parts.length, 0, sum).cka());
    }

    private static Stability of(Block block, List<Blocks> again) {
        List<Block> same = again.stream()
                .flatMap(blocks -> blocks.blocks().stream()
                        .filter(other -> block.overlap(other) >= SAME)
                        .max(Comparator.comparingDouble(block::overlap))
                        .stream())
                .toList();
        if (same.isEmpty()) {
            return new Stability(0, block.start(), block.start(), block.end(), block.end());
        }
        int[] starts = same.stream().mapToInt(Block::start).sorted().toArray();
        int[] ends = same.stream().mapToInt(Block::end).sorted().toArray();
        return new Stability(
                same.size() / (double) again.size(),
                percentile(starts, TAIL),
                percentile(starts, 1 - TAIL),
                percentile(ends, TAIL),
                percentile(ends, 1 - TAIL));
    }

    /** Of sorted numbers, the nearest. */
    private static int percentile(int[] sorted, double part) {
        return sorted[(int) Math.round(part * (sorted.length - 1))];
    }
}

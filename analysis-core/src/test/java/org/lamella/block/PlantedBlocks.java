package org.lamella.block;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Matrices that look like CKA, with blocks planted in them: the rules of the project's reference in Python ({@code block_case}
 * of {@code make_oracle.py}), with Java's random numbers.
 *
 * <p>Similarity decays with distance from 0.97 to {@code base}; inside a block it is 0.965; in a checkerboard, layers of odd and
 * even index have 0.72 of that; noise is normal, symmetric; the diagonal is 1.
 *
 * @param planted start and end (exclusive) of each block
 */
record PlantedBlocks(LayerSimilarity matrix, List<int[]> planted, boolean checkerboard) {
    private static final double LEVEL = 0.965;

    static PlantedBlocks of(int size, List<int[]> blocks, double noise, boolean checker, double drift, long seed) {
        double base = 0.35;
        var random = new SplittableRandom(seed);
        double[] m = new double[size * size];
        for (int i = 0; i < size; i++) {
            for (int j = 0; j < size; j++) {
                m[i * size + j] = base + (0.97 - base) * Math.exp(-drift * 8 * Math.abs(i - j));
            }
        }
        for (int[] block : blocks) {
            for (int i = block[0]; i < block[1]; i++) {
                Arrays.fill(m, i * size + block[0], i * size + block[1], LEVEL);
            }
        }
        for (int i = 0; i < size; i++) {
            for (int j = i; j < size; j++) {
                double w = (gaussian(random) + gaussian(random)) / 2 * noise;
                double value = m[i * size + j] * (checker && (i - j) % 2 != 0 ? 0.72 : 1) + w;
                value = i == j ? 1 : Math.max(-0.05, Math.min(0.999, value));
                m[i * size + j] = value;
                m[j * size + i] = value;
            }
        }
        return new PlantedBlocks(LayerSimilarity.of("planted", names(size), m), blocks, checker);
    }

    /** Of 20 to 200 layers, with up to {@code most} blocks of 6 layers or more, noise up to 0.01. */
    static PlantedBlocks random(long seed, int most, double drift) {
        var random = new SplittableRandom(seed);
        int size = random.nextInt(20, 201);
        boolean checker = random.nextBoolean();
        int wanted = random.nextInt(0, most + 1);
        List<int[]> blocks = new ArrayList<>();
        for (int i = 0; i < wanted; i++) {
            int length = random.nextInt(6, Math.max(7, size / 2));
            int start = random.nextInt(0, size - length + 1);
            boolean free = blocks.stream().allMatch(b -> start > b[1] || start + length < b[0]);
            if (free && length < size) {
                blocks.add(new int[] {start, start + length});
            }
        }
        blocks.sort((a, b) -> Integer.compare(a[0], b[0]));
        return of(size, blocks, random.nextDouble(0, 0.01), checker, drift, random.nextLong());
    }

    static List<String> names(int size) {
        return IntStream.range(0, size).mapToObj(i -> "layer" + i).toList();
    }

    /** As in Box and Muller (1958). */
    private static double gaussian(SplittableRandom random) {
        return Math.sqrt(-2 * Math.log(1 - random.nextDouble())) * Math.cos(2 * Math.PI * random.nextDouble());
    }
}

package org.lamella.block;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * The table of docs/blocks.md: the detector beside two simpler ways of finding runs, on random planted matrices. No part of the
 * build; the command:
 *
 * <pre>mvn -q -pl analysis-core test -Dtest=BlockComparison -Dseeds=10000</pre>
 */
class BlockComparison {
    private static final int LEAST = BlockDetector.defaults().length();

    private record Family(String name, Function<Long, PlantedBlocks> matrix) {}

    @Test
    void comparison_ofThreeDetectors_isPrinted() {
        long seeds = Long.getLong("seeds", 1000);
        Map<String, Function<LayerSimilarity, List<int[]>>> detectors = new LinkedHashMap<>();
        detectors.put(
                "`lamella blocks`",
                matrix -> DetectionScore.borders(BlockDetector.defaults().detect(matrix)));
        for (double threshold : new double[] {0.9, 0.95}) {
            detectors.put("neighbours, " + threshold, matrix -> neighbours(matrix, threshold));
        }
        for (double threshold : new double[] {0.9, 0.95}) {
            detectors.put("greedy, " + threshold, matrix -> greedy(matrix, threshold));
        }
        var out = new StringBuilder(
                "| matrices | detector | overlap | to the layer | missed | false blocks in 1,000 matrices |%n| --- | --- | --- | --- | --- | --- |%n"
                        .formatted());
        for (Family family : families()) {
            List<DetectionScore> scores = LongStream.range(0, seeds)
                    .parallel()
                    .mapToObj(seed -> {
                        PlantedBlocks planted = family.matrix().apply(seed);
                        return detectors.values().stream()
                                .map(detector -> DetectionScore.of(detector.apply(planted.matrix()), planted.planted()))
                                .toList();
                    })
                    .reduce(BlockComparison::sums)
                    .orElseThrow();
            int at = 0;
            for (String name : detectors.keySet()) {
                out.append(row(family.name(), name, scores.get(at++), seeds));
            }
        }
        System.out.print(out);
    }

    private static List<DetectionScore> sums(List<DetectionScore> some, List<DetectionScore> others) {
        return IntStream.range(0, some.size())
                .mapToObj(i -> some.get(i).plus(others.get(i)))
                .toList();
    }

    private static List<Family> families() {
        List<Family> families = new ArrayList<>();
        for (double drift : new double[] {0.02, 0.003}) {
            for (boolean checker : new boolean[] {false, true}) {
                String kind = (checker ? "checkerboard" : "plain") + ", drift " + drift;
                families.add(new Family(
                        "one to three blocks, " + kind, seed -> PlantedBlocks.random(seed, 1, 3, checker, drift)));
            }
        }
        families.add(new Family(
                "no block, drift 0.001 to 0.03",
                seed -> PlantedBlocks.random(seed, 0, 0.001 + 0.029 * (seed % 100) / 100)));
        return families;
    }

    private static String row(String family, String detector, DetectionScore score, long seeds) {
        Supplier<String> found = () -> String.format(
                Locale.ROOT,
                "%.4f | %.2f %% | %,d of %,d",
                score.meanOverlap(),
                100.0 * score.exact() / score.planted(),
                score.missed(),
                score.planted());
        return String.format(
                Locale.ROOT,
                "| %s | %s | %s | %.1f |%n",
                family,
                detector,
                score.planted() == 0 ? "– | – | –" : found.get(),
                1000.0 * score.spurious() / seeds);
    }

    /** Runs in which every layer is similar to the next, as DeepArc makes its modules. */
    private static List<int[]> neighbours(LayerSimilarity matrix, double threshold) {
        List<int[]> runs = new ArrayList<>();
        for (int start = 0, end = 1; end <= matrix.size(); end++) {
            if (end == matrix.size() || !(matrix.value(end - 1, end) >= threshold)) {
                add(runs, start, end);
                start = end;
            }
        }
        return runs;
    }

    /** A layer and those after it that are similar to it, up to the first that is not, as MPruner makes its clusters. */
    private static List<int[]> greedy(LayerSimilarity matrix, double threshold) {
        List<int[]> runs = new ArrayList<>();
        for (int start = 0; start < matrix.size(); ) {
            int end = start + 1;
            while (end < matrix.size() && matrix.value(start, end) >= threshold) {
                end++;
            }
            add(runs, start, end);
            start = end;
        }
        return runs;
    }

    private static void add(List<int[]> runs, int start, int end) {
        if (end - start >= LEAST) {
            runs.add(new int[] {start, end});
        }
    }
}

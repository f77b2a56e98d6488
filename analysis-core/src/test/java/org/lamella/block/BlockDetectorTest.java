package org.lamella.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lamella.LamellaException;
import org.lamella.activation.Layer;
import org.lamella.similarity.CkaMatrix;
import org.lamella.similarity.LayerId;

class BlockDetectorTest {
    private static final double DRIFT = 0.02;

    @FunctionalInterface
    private interface Cell {
        double at(int i, int j);
    }

    private static LayerSimilarity matrix(int size, Cell cell) {
        double[] values = new double[size * size];
        for (int i = 0; i < size; i++) {
            for (int j = 0; j < size; j++) {
                values[i * size + j] = i == j ? 1 : cell.at(Math.min(i, j), Math.max(i, j));
            }
        }
        return LayerSimilarity.of("net", PlantedBlocks.names(size), values);
    }

    private static boolean both(int i, int j, IntPredicate property) {
        return property.test(i) && property.test(j);
    }

    private static List<String> found(LayerSimilarity matrix) {
        return borders(BlockDetector.defaults().detect(matrix));
    }

    private static List<String> borders(Blocks blocks) {
        return blocks.blocks().stream().map(b -> b.start() + "-" + b.end()).toList();
    }

    private static DetectionScore score(PlantedBlocks planted) {
        return DetectionScore.of(
                DetectionScore.borders(BlockDetector.defaults().detect(planted.matrix())), planted.planted());
    }

    // The reference's seven cases, by its rules: sizes, blocks, noise, checkerboard and drift are those of
    // make_oracle.py.
    @ParameterizedTest
    @CsvSource({
        "30,    ,      0.004, false, 0.02",
        "40,    ,      0.004, false, 0.003",
        "40,    ,      0.004, true,  0.02",
        "40, 22-38,    0.006, false, 0.02",
        "24, 8-17,     0.004, false, 0.02",
        "60, 10-24 35-58, 0.006, false, 0.02",
        "48, 20-44,    0.004, true,  0.02"
    })
    void detect_casesOfTheReference_areFoundToTheLayer(
            int size, String planted, double noise, boolean checker, double drift) {
        List<String> expected = planted == null ? List.of() : List.of(planted.split(" "));
        List<int[]> blocks = expected.stream()
                .map(b -> new int[] {Integer.parseInt(b.split("-")[0]), Integer.parseInt(b.split("-")[1])})
                .toList();
        for (long seed = 0; seed < 20; seed++) {
            var matrix =
                    PlantedBlocks.of(size, blocks, noise, checker, drift, seed).matrix();
            assertThat(found(matrix)).as("seed %d", seed).isEqualTo(expected);
        }
    }

    @Test
    void detect_randomPlantedBlocks_missesNoneAndOverlapsNearlyWholly() {
        DetectionScore all = LongStream.range(0, 300)
                .mapToObj(seed -> score(PlantedBlocks.random(seed, 3, DRIFT)))
                .reduce(DetectionScore.NONE, DetectionScore::plus);
        assertThat(all.planted()).isGreaterThan(200);
        assertThat(all.missed()).isZero();
        assertThat(all.spurious()).isZero();
        assertThat(all.meanOverlap()).isGreaterThanOrEqualTo(0.999);
    }

    @Test
    void detect_thousandMatricesWithoutBlock_findsNone() {
        DetectionScore all = LongStream.range(0, 1000)
                .mapToObj(seed -> score(PlantedBlocks.random(seed, 0, 0.03 * (seed % 30 + 1) / 30)))
                .reduce(DetectionScore.NONE, DetectionScore::plus);
        assertThat(all.spurious()).isZero();
    }

    @Test
    void detect_block_hasItsNumbersInClosedForm() {
        // 0.9 inside 3..8 but for one pair of 0.85; 0.4 outside, but 0.5 between layer 9 and the block.
        var matrix = matrix(
                12,
                (i, j) -> both(i, j, k -> k >= 3 && k < 9)
                        ? (i == 4 && j == 7 ? 0.85 : 0.9)
                        : j == 9 && i >= 3 && i < 9 ? 0.5 : 0.4);
        Blocks blocks = BlockDetector.defaults().detect(matrix);
        assertThat(borders(blocks)).containsExactly("3-9");
        Block block = blocks.blocks().get(0);
        assertThat(block.first()).isEqualTo("layer3");
        assertThat(block.last()).isEqualTo("layer8");
        assertThat(block.mean()).isCloseTo((14 * 0.9 + 0.85) / 15, within(1e-12));
        assertThat(block.min()).isEqualTo(0.85);
        assertThat(block.before()).isCloseTo(0.45, within(1e-12));
        assertThat(block.after()).isCloseTo(0.35, within(1e-12));
        assertThat(block.contrast()).isCloseTo(0.35, within(1e-12));
        assertThat(blocks.score()).isCloseTo(6.0 / 12 * 0.35, within(1e-12));
        assertThat(blocks.toString()).contains("1 block in the 12 layers of net", "layers 3 to 8 (layer3 … layer8)");
    }

    @Test
    void detect_blocksAtBothEnds_haveOneBorderEach() {
        var matrix = matrix(20, (i, j) -> i < 7 == j < 7 ? 0.95 : 0.3);
        Blocks blocks = BlockDetector.defaults().detect(matrix);
        assertThat(borders(blocks)).containsExactly("0-7", "7-20");
        assertThat(blocks.blocks().get(0).before()).isNaN();
        assertThat(blocks.blocks().get(1).after()).isNaN();
        assertThat(blocks.blocks().get(0).contrast()).isCloseTo(0.65, within(1e-12));
    }

    @Test
    void detect_allLayersAlike_isNoBlockForWantOfABorder() {
        assertThat(found(matrix(30, (i, j) -> 0.97))).isEmpty();
    }

    @Test
    void detect_chainOfAnySpeed_isNoBlock() {
        for (double step : new double[] {0.0005, 0.002, 0.01, 0.05, 0.3}) {
            assertThat(found(matrix(120, (i, j) -> 1 - step * (j - i)))).isEmpty();
            assertThat(found(matrix(120, (i, j) -> Math.exp(-step * (j - i))))).isEmpty();
            assertThat(found(matrix(120, (i, j) -> 1 / (1 + step * (j - i) * (j - i)))))
                    .isEmpty();
        }
    }

    @Test
    void detect_chainWhoseNeighboursAreAlikeWithABlockIn_findsTheBlockOnly() {
        // Steps of 0.01, none inside 30..49: neighbours are everywhere more similar than 0.98.
        double[] place = new double[80];
        for (int i = 1; i < 80; i++) {
            place[i] = place[i - 1] + (i > 30 && i < 50 ? 0 : 0.01);
        }
        var matrix = matrix(80, (i, j) -> 1 - (place[j] - place[i]) - (both(i, j, k -> k >= 30 && k < 50) ? 0 : 0.05));
        assertThat(found(matrix)).containsExactly("30-50");
    }

    @Test
    void detect_checkerboardOfOneAddInSeven_isFoundAmongTheAdds() {
        // Layers 7, 14 … 49 are alike; branch layers between resemble only their neighbours.
        var matrix = matrix(
                64,
                (i, j) -> both(i, j, k -> k % 7 == 0)
                        ? both(i, j, k -> k >= 7 && k < 50) ? 0.97 : Math.max(0.3, 1 - 0.03 * (j - i))
                        : Math.max(0.2, 0.9 - 0.1 * (j - i)));
        Blocks blocks = BlockDetector.defaults().detect(matrix);
        assertThat(borders(blocks)).containsExactly("7-50");
        assertThat(blocks.blocks().get(0).min()).isEqualTo(0.97);
        assertThat(blocks.blocks().get(0).apart()).contains("layer8", "layer13").doesNotContain("layer14");
    }

    @Test
    void detect_layersOutOfLine_areNamedAndDoNotBreakABlock() {
        var matrix = matrix(40, (i, j) -> {
            boolean odd = i == 18 || j == 18 || i == 25 || j == 25;
            return both(i, j, k -> k >= 10 && k < 30) ? odd ? 0.6 : 0.95 : 0.3;
        });
        Blocks blocks = BlockDetector.defaults().detect(matrix);
        assertThat(borders(blocks)).containsExactly("10-30");
        assertThat(blocks.blocks().get(0).apart()).containsExactly("layer18", "layer25");
        assertThat(blocks.blocks().get(0).min()).isEqualTo(0.95);
    }

    @Test
    void detect_undefinedLayers_arePassedOver() {
        var whole = matrix(24, (i, j) -> both(i, j, k -> k >= 8 && k < 17) ? 0.95 : 0.4);
        var matrix = matrix(24, (i, j) -> both(i, j, k -> k != 3 && k != 12) ? whole.value(i, j) : Double.NaN);
        Blocks blocks = BlockDetector.defaults().detect(matrix);
        assertThat(borders(blocks)).containsExactly("8-17");
        assertThat(blocks.blocks().get(0).apart()).containsExactly("layer12");
        assertThat(found(matrix(10, (i, j) -> Double.NaN))).isEmpty();
        // One cell only: the fewest layers are passed over that leave no gap.
        var gap = matrix(24, (i, j) -> i == 1 && j == 20 ? Double.NaN : whole.value(i, j));
        assertThat(found(gap)).containsExactly("8-17");
    }

    @Test
    void detect_negativeValues_countAsTheyAre() {
        assertThat(found(matrix(20, (i, j) -> both(i, j, k -> k >= 5 && k < 12) ? 0.9 : -0.2)))
                .containsExactly("5-12");
    }

    @Test
    void detect_run_isTheBestOfAllByExhaustion() {
        // Every set of disjoint runs of 9 layers, tried one by one.
        for (long seed = 0; seed < 40; seed++) {
            int size = 9;
            double[] values = LayerSimilarityTest.random(size, seed);
            double best = Run.best(values, size, 2, -2, 0.001).stream()
                    .mapToDouble(Run::score)
                    .sum();
            assertThat(best).isCloseTo(exhaust(values, size, 0), within(1e-12));
        }
    }

    private static double exhaust(double[] values, int size, int from) {
        if (from >= size) {
            return 0;
        }
        double best = exhaust(values, size, from + 1);
        for (int end = from + 2; end <= size; end++) {
            double contrast = contrast(values, size, from, end);
            if (contrast >= 0.001) {
                best = Math.max(best, (end - from) * contrast + exhaust(values, size, end));
            }
        }
        return best;
    }

    private static double contrast(double[] values, int size, int start, int end) {
        int[] inside = IntStream.range(start, end).toArray();
        double least = Double.POSITIVE_INFINITY;
        for (int i : inside) {
            for (int j : inside) {
                least = i == j ? least : Math.min(least, values[i * size + j]);
            }
        }
        double outside = IntStream.of(start - 1, end)
                .filter(k -> k >= 0 && k < size)
                .mapToDouble(k -> IntStream.of(inside)
                        .mapToDouble(i -> values[k * size + i])
                        .average()
                        .orElseThrow())
                .max()
                .orElse(Double.POSITIVE_INFINITY);
        return least - outside;
    }

    @Test
    void detect_options_areKept() {
        var matrix = matrix(
                30, (i, j) -> both(i, j, k -> k >= 4 && k < 10) ? 0.7 : both(i, j, k -> k >= 15 && k < 25) ? 0.9 : 0.5);
        var detector = BlockDetector.defaults();
        assertThat(borders(detector.detect(matrix))).containsExactly("15-25");
        assertThat(borders(detector.withSimilarity(0.6).detect(matrix))).containsExactly("4-10", "15-25");
        assertThat(borders(detector.withSimilarity(0.6).withLength(7).detect(matrix)))
                .containsExactly("15-25");
        assertThat(borders(detector.withSimilarity(0.6).withContrast(0.3).detect(matrix)))
                .containsExactly("15-25");
        assertThat(borders(detector.withContrast(0.41).detect(matrix))).isEmpty();
        assertThatThrownBy(() -> detector.withLength(2)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> detector.withContrast(0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void detect_ofSeveralModels_isRefused() {
        var layers = List.of(
                new LayerId("a", new Layer(0, "x", "array", List.of(1), 0)),
                new LayerId("b", new Layer(0, "x", "array", List.of(1), 0)));
        var cka = new CkaMatrix(layers, layers, new double[4], new double[4]);
        assertThatThrownBy(() -> BlockDetector.defaults().detect(cka))
                .isInstanceOf(LamellaException.class)
                .hasMessageContaining("between(name, name)");
    }

    @Test
    void detect_fourThousandLayers_isExact() {
        var planted =
                PlantedBlocks.of(4000, List.of(new int[] {1000, 1500}, new int[] {2200, 2206}), 0.005, true, DRIFT, 7);
        assertThat(found(planted.matrix())).containsExactly("1000-1500", "2200-2206");
    }
}

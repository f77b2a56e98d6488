package org.lamella.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lamella.similarity.Activations;
import org.lamella.similarity.CkaMatrix;
import org.lamella.similarity.Estimator;
import org.lamella.similarity.PlainCka;

/**
 * Networks whose block is made: layers 1 to 3 are noise of their own, to which one component is added that a few known examples
 * dominate. What was planted must come back, and the CKA without it is computed by hand.
 */
class PlantedComponentsTest {
    private static final int FEATURES = 60;

    /** 600 examples go the way of float32 and the temporary file, 120 that of float64. */
    @ParameterizedTest
    @ValueSource(ints = {120, 600})
    void plantedBlock_isFoundAndTakenAway(int n) {
        int[] planted = {5, 17, 40, 77, n - 1};
        Planted data = Planted.make(n, planted, 1);
        ComponentAnalysis found = analysis(data.source("net"), 5.0 / n, n > 512);

        for (int layer = 1; layer <= 3; layer++) {
            // The component is 400 times the variance of a feature of noise, among 60 of which it stands.
            double[] scores = found.layers().get(layer).scores(0);
            assertThat(Math.abs(LayerComponents.dot(scores, data.component))).isGreaterThan(0.99);
            assertThat(found.layers().get(layer).varianceFraction(0)).isGreaterThan(0.5);
        }
        assertThat(found.layers().get(0).varianceFraction(0)).isLessThan(0.15);
        assertThat(sorted(found.dominance().get(0).examples())).containsExactly(planted);
        assertThat(found.dominantOverlap().value(1, 3)).isEqualTo(1);
        assertThat(found.dominantOverlap().value(0, 2)).isLessThan(0.5);
        assertThat(found.pc1Cosine().value(1, 2)).isGreaterThan(0.98);
        assertThat(found.pc1Cosine().value(0, 2)).isLessThan(0.2);

        // The block is bright, and gone without its component or its examples; each as computed by hand.
        assertThat(found.cka().value(1, 2)).isGreaterThan(0.9);
        assertThat(found.ckaWithout().value(1, 2)).isLessThan(0.1);
        assertThat(found.ckaWithoutDominant().value(1, 2)).isLessThan(0.3);
        double tolerance = n > 512 ? 1e-5 : 1e-9;
        assertByHand(found.cka(), data, IntStream.range(0, n).toArray(), false, tolerance);
        assertByHand(
                found.ckaWithoutDominant(),
                data,
                IntStream.range(0, n)
                        .filter(i -> Arrays.binarySearch(planted, i) < 0)
                        .toArray(),
                false,
                tolerance);
        // Scaled activations are rounded to float32 by hand: 1e-6.
        assertByHand(found.ckaUnitNorm(), data, IntStream.range(0, n).toArray(), true, Math.max(1e-6, tolerance));
    }

    @Test
    void twoModels_withOtherDominantExamples_disagree() {
        Planted one = Planted.make(200, new int[] {3, 8, 90, 120}, 1);
        Planted other = Planted.make(200, new int[] {3, 9, 91, 121}, 2);
        ComponentAnalysis found = Components.of(List.of(one.source("a"), other.source("b")))
                .with(new Components.Options(0, 4, 1, 0.02, List.of(), false, 2))
                .compute();

        assertThat(found.dominance().get(0).agreement(found.dominance().get(1))).isEqualTo(0.25);
        assertThat(found.dominantOverlap().value(1, 5)).isEqualTo(0.25);
        assertThat(found.models()).containsExactly("a", "b");
        // The map without dominant examples leaves out those of either model.
        int[] kept = IntStream.range(0, 200)
                .filter(i -> !List.of(3, 8, 90, 120, 9, 91, 121).contains(i))
                .toArray();
        assertThat(found.ckaWithoutDominant().value(1, 2))
                .isCloseTo(
                        PlainCka.cka(rows(one.layers[1], kept), rows(one.layers[2], kept), Estimator.UNBIASED),
                        within(1e-9));
    }

    /** Two equal eigenvalues have an effective rank of 2; and a variance that is all between the classes has no scatter within. */
    @Test
    void closedForms_ofRankAndSeparation_areGivenBack() {
        float[][] square = {{1, 1}, {1, -1}, {-1, 1}, {-1, -1}, {1, 1}, {1, -1}, {-1, 1}, {-1, -1}};
        float[][] line = {{1, 7}, {1, 7}, {-1, 7}, {-1, 7}, {1, 7}, {1, 7}, {-1, 7}, {-1, 7}};
        ComponentAnalysis found = Components.of(List.of(Activations.of("m", "square", square, "line", line)))
                .with(new Components.Options(0, 3, 1, 0.1, List.of(), false, 1))
                .classes(Classes.of(new int[] {0, 0, 1, 1, 0, 0, 1, 1}))
                .compute();

        LayerComponents first = found.layers().get(0);
        assertThat(first.effectiveRank()).isCloseTo(2, within(1e-12));
        assertThat(first.varianceFraction(0)).isCloseTo(0.5, within(1e-12));
        assertThat(first.norm(3)).isCloseTo(Math.sqrt(2), within(1e-12));
        // One of its two features is the class, the other varies within.
        assertThat(first.classSeparation()).isCloseTo(1, within(1e-12));
        LayerComponents second = found.layers().get(1);
        assertThat(second.effectiveRank()).isCloseTo(1, within(1e-12));
        assertThat(second.norm(3)).isCloseTo(Math.sqrt(50), within(1e-12));
        assertThat(Math.abs(second.projection(0, 0))).isCloseTo(1, within(1e-12));
        assertThat(second.classSeparation()).isGreaterThan(1e12);
        // Nothing is left of a line without its direction.
        assertThat(found.ckaWithout().value(1, 1)).isNaN();
        assertThat(found.ckaWithout().value(0, 0)).isEqualTo(1);
    }

    private static ComponentAnalysis analysis(Activations source, double dominant, boolean inFile) {
        return Components.of(List.of(source))
                .with(new Components.Options(0, 4, 1, dominant, List.of(), inFile, 2))
                .compute();
    }

    private static void assertByHand(CkaMatrix found, Planted data, int[] kept, boolean unit, double tolerance) {
        for (int i = 0; i < data.layers.length; i++) {
            for (int j = i + 1; j < data.layers.length; j++) {
                float[][] x = rows(unit ? unitNorm(data.layers[i]) : data.layers[i], kept);
                float[][] y = rows(unit ? unitNorm(data.layers[j]) : data.layers[j], kept);
                assertThat(found.value(i, j))
                        .as("%d with %d", i, j)
                        .isCloseTo(PlainCka.cka(x, y, Estimator.UNBIASED), within(tolerance));
            }
        }
    }

    private static float[][] rows(float[][] x, int[] kept) {
        return Arrays.stream(kept).mapToObj(i -> x[i]).toArray(float[][]::new);
    }

    private static float[][] unitNorm(float[][] x) {
        float[][] scaled = new float[x.length][];
        for (int i = 0; i < x.length; i++) {
            double square = 0;
            for (float value : x[i]) {
                square += (double) value * value;
            }
            scaled[i] = new float[x[i].length];
            for (int k = 0; k < x[i].length; k++) {
                scaled[i][k] = (float) (x[i][k] / Math.sqrt(square));
            }
        }
        return scaled;
    }

    private static int[] sorted(int[] numbers) {
        int[] copy = numbers.clone();
        Arrays.sort(copy);
        return copy;
    }

    /** Four layers of noise with a small common offset; to the last three a component is added, along another direction in each. */
    private record Planted(float[][][] layers, double[] component) {
        static Planted make(int n, int[] dominant, long seed) {
            var random = new Random(seed);
            double[] component = new double[n];
            for (int i = 0; i < n; i++) {
                component[i] = 0.005 * random.nextGaussian();
            }
            for (int i = 0; i < dominant.length; i++) {
                component[dominant[i]] = i % 2 == 0 ? 1 : -1.2;
            }
            double mean = Arrays.stream(component).average().orElseThrow();
            double norm = Math.sqrt(
                    Arrays.stream(component).map(c -> (c - mean) * (c - mean)).sum());
            for (int i = 0; i < n; i++) {
                component[i] = (component[i] - mean) / norm;
            }
            float[][][] layers = new float[4][n][FEATURES];
            for (int layer = 0; layer < 4; layer++) {
                double[] direction = random.doubles(FEATURES, -1, 1)
                        .map(d -> d * 4 * Math.sqrt(n))
                        .toArray();
                for (int i = 0; i < n; i++) {
                    for (int k = 0; k < FEATURES; k++) {
                        double added = layer == 0 ? 0 : component[i] * direction[k];
                        layers[layer][i][k] = (float) (0.5 + random.nextGaussian() + added);
                    }
                }
            }
            return new Planted(layers, component);
        }

        Activations source(String name) {
            return Activations.of(name, "input", layers[0], "one", layers[1], "two", layers[2], "three", layers[3]);
        }
    }
}

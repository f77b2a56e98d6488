package org.lamella.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lamella.LamellaException;

/** Closed forms and computations written out anew. Tolerance 1e-9 where both sides are float64 of the same float32 numbers. */
class MeasureTest {
    private static final Measures.Settings DEFAULTS = Measures.Settings.defaults();
    private static final double EXACT = 1e-9;

    static List<Measure<?>> measures() {
        return Measures.all(DEFAULTS);
    }

    private static Measure<?> named(String name) {
        return Measures.named(name, DEFAULTS);
    }

    @ParameterizedTest
    @MethodSource("measures")
    void value_ofALayerWithItself_isTheBestOne(Measure<?> measure) {
        float[][] x = Layers.gaussian(1, 40, 5);

        double best = measure.direction() == Direction.SIMILARITY ? measure.most() : measure.least();
        // The arccos of 1 less rounding: the root of the rounding.
        double tolerance = measure.name().equals("procrustes-angle") ? 1e-6 : EXACT;
        MeasureMatrix found = Layers.compare(measure, "x", x, "same", x);
        assertThat(found.values().value(0, 0)).isCloseTo(best, within(tolerance));
        assertThat(found.values().value(0, 1)).isCloseTo(best, within(tolerance));
    }

    @ParameterizedTest
    @MethodSource("measures")
    void constantLayer_withAnyOther_isNaNAndNamedWithTheReason(Measure<?> measure) {
        float[][] x = Layers.gaussian(1, 40, 5);
        float[][] constant = new float[40][3];
        for (float[] example : constant) {
            java.util.Arrays.fill(example, 2.5f);
        }

        MeasureMatrix found = Layers.compare(measure, "x", x, "dead", constant, "y", Layers.related(2, x, 4, 1));

        assertThat(found.values().value(0, 1)).isNaN();
        assertThat(found.values().value(1, 1)).isNaN();
        assertThat(found.values().value(0, 2)).isNotNaN();
        assertThat(found.undefined()).singleElement().satisfies(undefined -> {
            assertThat(undefined.layer().name()).isEqualTo("dead");
            assertThat(undefined.reason()).isEqualTo("its activation is the same for all examples");
        });
    }

    @ParameterizedTest
    @MethodSource("measures")
    void permutedLayer_ofAPreparedOne_isThatOfPermutedExamples(Measure<?> measure) {
        float[][] x = Layers.gaussian(1, 40, 5);
        float[][] y = Layers.related(2, x, 4, 0.5);
        int[] order = LayerComparison.order(40, new Random(9));

        MeasureMatrix found = Layers.compareWithChance(measure, 1, 9, "x", x, "y", y);

        assertThat(java.util.Objects.requireNonNull(found.chance()).at(0, 1).mean())
                .isCloseTo(Layers.value(measure, x, Layers.permuted(y, order)), within(EXACT));
    }

    @Test
    void oneFeatureEach_correlationR_givesEveryMeasureOfCorrelationsInClosedForm() {
        float[][] x = Layers.gaussian(1, 50, 1);
        float[][] y = Layers.related(2, x, 1, 1);
        double r = Math.abs(correlation(column(x), column(y)));

        assertThat(Layers.value(named("mean-cca"), x, y)).isCloseTo(r, within(EXACT));
        assertThat(Layers.value(named("mean-squared-cca"), x, y)).isCloseTo(r * r, within(EXACT));
        assertThat(Layers.value(named("svcca"), x, y)).isCloseTo(r, within(EXACT));
        assertThat(Layers.value(named("pwcca"), x, y)).isCloseTo(r, within(EXACT));
        assertThat(Layers.value(named("procrustes"), x, y)).isCloseTo(2 - 2 * r, within(EXACT));
        assertThat(Layers.value(named("procrustes-angle"), x, y)).isCloseTo(Math.acos(r), within(EXACT));
        assertThat(Layers.value(named("cka-biased"), x, y)).isCloseTo(r * r, within(EXACT));
        // κ is the ridge times s² / (n - 1), so each side shrinks by √(1 + ridge / (n - 1)).
        var ridge = new CanonicalCorrelation(CanonicalCorrelation.Mean.CORRELATIONS, 4.9);
        assertThat(Layers.value(ridge, x, y)).isCloseTo(r / 1.1, within(EXACT));
    }

    @Test
    void distanceCorrelation_ofSmallLayers_isThatOfItsDefinition() {
        float[][] x = Layers.gaussian(1, 30, 3);
        float[][] y = Layers.related(2, x, 2, 0.5);
        double[][] a = centredDistances(x);
        double[][] b = centredDistances(y);

        assertThat(Layers.value(named("distance-correlation"), x, y))
                .isCloseTo(Math.sqrt(inner(a, b) / Math.sqrt(inner(a, a) * inner(b, b))), within(EXACT));
    }

    @Test
    void rsaPearson_ofSmallLayers_isThatOfItsDefinition() {
        float[][] x = Layers.gaussian(1, 30, 7);
        float[][] y = Layers.related(2, x, 9, 0.5);

        assertThat(Layers.value(named("rsa-pearson"), x, y))
                .isCloseTo(correlation(dissimilarities(x), dissimilarities(y)), within(EXACT));
    }

    @Test
    void rsa_ofAnExampleWithOneNumber_isUndefinedAndSaysWhich() {
        float[][] x = Layers.gaussian(1, 30, 7);
        float[][] flat = Layers.gaussian(2, 30, 7);
        java.util.Arrays.fill(flat[11], 4f);

        MeasureMatrix found = Layers.compare(named("rsa-spearman"), "x", x, "flat", flat);

        assertThat(found.values().value(0, 1)).isNaN();
        assertThat(found.undefined().get(0).reason()).contains("example 11");
    }

    @Test
    void ranks_ofEqualNumbers_areShared() {
        assertThat(Ranks.of(new double[] {3, 1, 3, -2, 3, 1})).containsExactly(4, 1.5, 4, 0, 4, 1.5);
    }

    @Test
    void median_ofDistances_countsTheDiagonalAndBothHalves() {
        // Sorted, the nine entries are 0 0 0 1 1 4 4 9 9.
        assertThat(RbfCka.median(new double[] {0, 1, 9, 1, 0, 4, 9, 4, 0}, 3)).isEqualTo(1);
        // Of four examples, sixteen entries: four zeros, then 1 1 2 2 3 3 4 4 5 5 6 6.
        double[] even = {0, 1, 2, 3, 1, 0, 4, 5, 2, 4, 0, 6, 3, 5, 6, 0};
        assertThat(RbfCka.median(even, 4)).isEqualTo(2.5);
    }

    @Test
    void neighbours_equallyNear_areTheEarlierOnes() {
        double low = Double.NEGATIVE_INFINITY;
        double[] similarities = {
            low, 1, 1, 1, //
            2, low, 5, 5, //
            3, 1, low, 2, //
            1, 1, 1, low
        };
        Neighbourhoods two = Neighbourhoods.nearest(similarities, 4, 2);
        Neighbourhoods other =
                Neighbourhoods.nearest(new double[] {low, 9, 9, 0, 0, low, 9, 9, 9, 0, low, 9, 9, 9, 0, low}, 4, 2);

        assertThat(two.meanJaccard(other)).isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("measures")
    void manyFeatures_moreThanExamples_areRefusedWhereEverythingWouldCorrelate(Measure<?> measure) {
        float[][] x = Layers.gaussian(1, 20, 30);
        float[][] y = Layers.gaussian(2, 20, 25);

        if (List.of("mean-cca", "mean-squared-cca", "pwcca").contains(measure.name())) {
            assertThatThrownBy(() -> Layers.value(measure, x, y))
                    .isInstanceOf(LamellaException.class)
                    .hasMessageContaining("svcca")
                    .hasMessageContaining("model/row")
                    .hasMessageContaining("30 features and 20 examples");
        } else {
            assertThat(Layers.value(measure, x, y)).isNotNaN();
        }
    }

    @Test
    void ridge_withMoreFeaturesThanExamples_tellsRelatedLayersFromUnrelated() {
        float[][] signal = Layers.gaussian(1, 60, 5);
        float[][] x = Layers.related(2, signal, 100, 0.05);
        var ridge = new CanonicalCorrelation(CanonicalCorrelation.Mean.CORRELATIONS, 1);

        double related = Layers.value(ridge, x, Layers.related(4, signal, 100, 0.05));
        double unrelated = Layers.value(ridge, x, Layers.related(6, Layers.gaussian(8, 60, 5), 100, 0.05));

        // Five of the 59 directions correlate, all others hardly vary.
        assertThat(related).isBetween(4.5 / 59, 6.5 / 59);
        assertThat(unrelated).isLessThan(related / 2);
    }

    @Test
    void measure_ofUnknownName_isRefusedWithThoseThereAre() {
        assertThatThrownBy(() -> named("cosine"))
                .isInstanceOf(LamellaException.class)
                .hasMessageContaining("rsa-spearman");
    }

    private static double[] column(float[][] x) {
        return IntStream.range(0, x.length).mapToDouble(i -> x[i][0]).toArray();
    }

    private static double correlation(double[] a, double[] b) {
        double meanA = java.util.Arrays.stream(a).average().orElseThrow();
        double meanB = java.util.Arrays.stream(b).average().orElseThrow();
        double ab = 0;
        double aa = 0;
        double bb = 0;
        for (int i = 0; i < a.length; i++) {
            ab += (a[i] - meanA) * (b[i] - meanB);
            aa += (a[i] - meanA) * (a[i] - meanA);
            bb += (b[i] - meanB) * (b[i] - meanB);
        }
        return ab / Math.sqrt(aa * bb);
    }

    private static double[] dissimilarities(float[][] x) {
        double[] found = new double[x.length * (x.length - 1) / 2];
        for (int i = 0, to = 0; i < x.length; i++) {
            for (int j = i + 1; j < x.length; j++, to++) {
                found[to] = 1 - correlation(doubles(x[i]), doubles(x[j]));
            }
        }
        return found;
    }

    private static double[] doubles(float[] row) {
        return IntStream.range(0, row.length).mapToDouble(k -> row[k]).toArray();
    }

    private static double[][] centredDistances(float[][] x) {
        int n = x.length;
        double[][] d = new double[n][n];
        double[] means = new double[n];
        double all = 0;
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                double square = 0;
                for (int k = 0; k < x[0].length; k++) {
                    square += ((double) x[i][k] - x[j][k]) * ((double) x[i][k] - x[j][k]);
                }
                d[i][j] = Math.sqrt(square);
                means[i] += d[i][j] / n;
                all += d[i][j] / n / n;
            }
        }
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                d[i][j] += all - means[i] - means[j];
            }
        }
        return d;
    }

    private static double inner(double[][] a, double[][] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            for (int j = 0; j < a.length; j++) {
                sum += a[i][j] * b[i][j];
            }
        }
        return sum;
    }
}

package org.lamella.similarity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import java.util.function.IntToDoubleFunction;
import org.ejml.data.FMatrixRMaj;
import org.ejml.dense.row.CommonOps_FDRM;
import org.ejml.dense.row.RandomMatrices_FDRM;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lamella.LamellaException;

/** What CKA must do whatever the numbers are. Tolerances: float32 data of unit scale, 1e-5 unless the same sums are formed. */
class CkaPropertiesTest {
    private final Random random = new Random(7);

    private float[][] gaussian(int n, int d) {
        float[][] x = new float[n][d];
        for (float[] row : x) {
            for (int j = 0; j < d; j++) {
                row[j] = (float) random.nextGaussian();
            }
        }
        return x;
    }

    private static float[][] map(float[][] x, java.util.function.DoubleUnaryOperator f) {
        float[][] y = new float[x.length][x[0].length];
        for (int i = 0; i < x.length; i++) {
            for (int j = 0; j < x[0].length; j++) {
                y[i][j] = (float) f.applyAsDouble(x[i][j]);
            }
        }
        return y;
    }

    /** n examples that share a common direction so strongly that the mean cosine between two of them is as asked. */
    private float[][] withMeanCosine(int n, int d, double cosine, float[][] mixed) {
        double offset = Math.sqrt(cosine / (1 - cosine));
        float[][] x = gaussian(n, d);
        double[] direction = random.doubles(d, 0, 1).toArray();
        double norm =
                Math.sqrt(java.util.Arrays.stream(direction).map(v -> v * v).sum() / d);
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < d; j++) {
                x[i][j] = (float) (0.5 * x[i][j]
                        + Math.sqrt(0.75) * mixed[i][j % mixed[i].length]
                        + offset * direction[j] / norm);
            }
        }
        return x;
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.3, 0.93, 0.995, 0.999})
    void sixLayers_sharedOffset_agreeWithFloat64(double cosine) {
        int n = 256;
        float[][] mixed = gaussian(n, 64);
        float[][][] layers = new float[6][][];
        Object[] named = new Object[12];
        for (int l = 0; l < 6; l++) {
            layers[l] = withMeanCosine(n, 4096, cosine, mixed);
            named[2 * l] = "layer" + l;
            named[2 * l + 1] = layers[l];
        }
        CkaMatrix cka = Cka.of(Activations.of("m", named)).compute();
        double[][][] grams =
                java.util.Arrays.stream(layers).parallel().map(PlainCka::gram).toArray(double[][][]::new);
        for (int i = 0; i < 6; i++) {
            double[][] k = grams[i];
            for (int j = i; j < 6; j++) {
                double[][] l = grams[j];
                double expected = PlainCka.hsic(k, l, Estimator.UNBIASED)
                        / Math.sqrt(PlainCka.hsic(k, k, Estimator.UNBIASED) * PlainCka.hsic(l, l, Estimator.UNBIASED));
                assertThat(Math.abs(cka.value(i, j) - expected)).isLessThan(1e-5);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Estimator.class)
    void cka_raggedPassesInOrder_equalsRatioOfSummedHsic(Estimator estimator) {
        float[][] x = gaussian(50, 9);
        float[][] y = map(x, v -> v * v + 0.1 * v);
        CkaMatrix cka = Cka.of(Activations.of("m", "x", x, "y", y))
                .batch(16)
                .estimator(estimator)
                .compute();
        double xy = 0;
        double xx = 0;
        double yy = 0;
        for (int from = 0; from + 4 <= 50; from += 16) { // 16 + 16 + 16, the last 2 left out
            int to = Math.min(from + 16, 50);
            double[][] k = PlainCka.gram(java.util.Arrays.copyOfRange(x, from, to));
            double[][] l = PlainCka.gram(java.util.Arrays.copyOfRange(y, from, to));
            xy += PlainCka.hsic(k, l, estimator);
            xx += PlainCka.hsic(k, k, estimator);
            yy += PlainCka.hsic(l, l, estimator);
        }
        assertThat(Math.abs(cka.value(0, 1) - xy / Math.sqrt(xx * yy))).isLessThan(1e-5);
    }

    @ParameterizedTest
    @EnumSource(Estimator.class)
    void cka_anyLayers_isSymmetricWithUnitDiagonal(Estimator estimator) {
        float[][] x = gaussian(64, 30);
        CkaMatrix cka = Cka.of(Activations.of(
                        "m", "x", x, "y", map(x, Math::sin), "z", gaussian(64, 300), "w", map(x, v -> v * v)))
                .batch(32)
                .estimator(estimator)
                .compute();
        for (int i = 0; i < 4; i++) {
            assertThat(cka.value(i, i)).isEqualTo(1);
            for (int j = 0; j < 4; j++) {
                assertThat(cka.value(i, j)).isEqualTo(cka.value(j, i));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Estimator.class)
    void cka_rotatedScaledShifted_staysTheSame(Estimator estimator) {
        float[][] x = gaussian(96, 40);
        float[][] y = map(x, v -> Math.max(v, 0));
        var orthogonal = RandomMatrices_FDRM.orthogonal(40, 40, random);
        var rotated = new FMatrixRMaj(96, 40);
        CommonOps_FDRM.mult(new FMatrixRMaj(x), orthogonal, rotated);
        float[][] turned = new float[96][40];
        for (int i = 0; i < 96; i++) {
            for (int j = 0; j < 40; j++) {
                turned[i][j] = rotated.get(i, j);
            }
        }
        CkaMatrix cka = Cka.of(Activations.of(
                        "m",
                        "y",
                        y,
                        "x",
                        x,
                        "rotated",
                        turned,
                        "shifted",
                        map(x, v -> v + 8),
                        "tiny",
                        map(x, v -> v * 1e-14),
                        "huge",
                        map(x, v -> v * 1e14)))
                .batch(48)
                .estimator(estimator)
                .compute();
        for (int j = 2; j < 6; j++) {
            assertThat(Math.abs(cka.value(0, j) - cka.value(0, 1))).isLessThan(2e-6);
            assertThat(Math.abs(cka.value(1, j) - 1)).isLessThan(2e-6);
        }
    }

    @Test
    void cka_modelGivenTwice_hasEqualWithinAndCrossMatrices() {
        float[][] x = gaussian(100, 20);
        float[][] y = map(x, Math::cos);
        CkaMatrix joint = Cka.of(Activations.of("a", "x", x, "y", y), Activations.of("b", "x", x, "y", y))
                .batch(30)
                .compute();
        for (int i = 0; i < 2; i++) {
            for (int j = 0; j < 2; j++) {
                double within = joint.between("a", "a").value(i, j);
                assertThat(Math.abs(joint.between("a", "b").value(i, j) - within))
                        .isLessThan(1e-6);
            }
        }
    }

    @Test
    void unbiasedCka_independentLayers_isNearZeroAndMayBeNegative() {
        boolean negative = false;
        for (int trial = 0; trial < 8; trial++) {
            CkaMatrix cka = Cka.of(Activations.of("m", "x", gaussian(256, 512), "y", gaussian(256, 512)))
                    .compute();
            // Standard deviation about sqrt(2)/n; five of them.
            assertThat(Math.abs(cka.value(0, 1))).isLessThan(0.03);
            negative |= cka.value(0, 1) < 0;
        }
        assertThat(negative).isTrue();
    }

    @ParameterizedTest
    @ValueSource(floats = {0f, 0.1f, 2.5f, -1234.567f, 1e-20f})
    void cka_constantLayer_isNaNAndNamed(float value) {
        float[][] x = gaussian(64, 12);
        CkaMatrix cka = Cka.of(Activations.of("m", "x", x, "dead", map(x, v -> value)))
                .batch(32)
                .compute();
        assertThat(cka.value(0, 1)).isNaN();
        assertThat(cka.value(1, 1)).isNaN();
        assertThat(cka.value(0, 0)).isEqualTo(1);
        assertThat(cka.undefinedRows()).extracting(LayerId::name).containsExactly("dead");
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY})
    void cka_valueNotFinite_namesLayerAndExample(float value) {
        float[][] x = gaussian(64, 12);
        x[37][3] = value;
        var source = Activations.of("m", "conv1", x);
        assertThatThrownBy(() -> Cka.of(source).batch(16).compute())
                .isInstanceOf(LamellaException.class)
                .hasMessageContaining("conv1")
                .hasMessageContaining("example 37");
    }

    @Test
    void cka_differentNumbersOfExamples_isRefused() {
        assertThatThrownBy(() -> Cka.of(
                                Activations.of("a", "x", gaussian(64, 3)), Activations.of("b", "x", gaussian(65, 3)))
                        .compute())
                .isInstanceOf(LamellaException.class)
                .hasMessageContaining("64")
                .hasMessageContaining("65");
    }

    @Test
    void cka_threeExamples_isRefused() {
        assertThatThrownBy(
                        () -> Cka.of(Activations.of("a", "x", gaussian(3, 3))).compute())
                .isInstanceOf(LamellaException.class)
                .hasMessageContaining("at least 4");
    }

    @Test
    void cka_runTwice_isBitForBitTheSame() {
        float[][] x = gaussian(200, 333);
        var source = Activations.of("m", "x", x, "y", map(x, Math::tanh), "z", gaussian(200, 50));
        Cka cka = Cka.of(source).batch(64).passes(3);
        CkaMatrix first = cka.compute();
        CkaMatrix second = cka.compute();
        for (int i = 0; i < 3; i++) {
            for (int j = 0; j < 3; j++) {
                assertThat(second.value(i, j)).isEqualTo(first.value(i, j));
                assertThat(second.standardError(i, j)).isEqualTo(first.standardError(i, j));
            }
        }
    }

    @Test
    void standardError_manyRepetitions_matchesTheirSpread() {
        IntToDoubleFunction estimate = trial -> related(400).value(0, 1);
        double[] values = java.util.stream.IntStream.range(0, 60)
                .mapToDouble(estimate::applyAsDouble)
                .toArray();
        double mean = java.util.Arrays.stream(values).average().orElseThrow();
        double spread = Math.sqrt(java.util.Arrays.stream(values)
                        .map(v -> (v - mean) * (v - mean))
                        .sum()
                / (values.length - 1));
        double told = java.util.stream.IntStream.range(0, 20)
                .mapToDouble(trial -> related(400).standardError(0, 1))
                .average()
                .orElseThrow();
        // 60 repetitions know the spread to 10 %, twenty groups the error to 16 %: a factor of 1.5 leaves room for
        // both.
        assertThat(told / spread).isBetween(1 / 1.5, 1.5);
    }

    private CkaMatrix related(int n) {
        float[][] x = gaussian(n, 8);
        float[][] noise = gaussian(n, 8);
        float[][] y = new float[n][8];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < 8; j++) {
                y[i][j] = x[i][j] + noise[i][j];
            }
        }
        return Cka.of(Activations.of("m", "x", x, "y", y)).batch(20).compute();
    }
}

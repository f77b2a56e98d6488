package org.lamella.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Gram matrices against sums written out in float64. */
class FullGramTest {
    /**
     * Tolerances relative to the trace over n: float64's own rounding, and that of float32 products on centred features. The mean is
     * 40 times the spread, so that a Gram matrix which was not centred first would miss them in float32.
     */
    @ParameterizedTest
    @CsvSource({
        "FLOAT64, 9, 5, 1e-12",
        "FLOAT64, 70, 4000, 1e-12",
        "FLOAT32, 9, 5, 2e-6",
        "FLOAT32, 70, 4000, 2e-6",
        "FLOAT32, 600, 900, 2e-6"
    })
    void centredProductsAndShift_areThoseOfTheDefinition(
            GramPrecision precision, int n, int features, double tolerance) {
        var random = new Random(7);
        float[][] x = new float[n][features];
        for (float[] row : x) {
            for (int k = 0; k < features; k++) {
                row[k] = (float) (40 + random.nextGaussian());
            }
        }
        try (NativeMatrix activation = NativeMatrix.allocate(n, features);
                FullGramKernel kernel = new FullGramKernel(n, precision);
                FullGram gram = new FullGram(n)) {
            for (int i = 0; i < n; i++) {
                activation.writeRow(i, x[i]);
            }
            kernel.compute(activation, gram);

            double scale = features * tolerance;
            double[] mean = new double[features];
            for (float[] row : x) {
                for (int k = 0; k < features; k++) {
                    mean[k] += row[k] / (double) n;
                }
            }
            for (int i = 0; i < n; i += 1 + n / 40) {
                double sum = 0;
                for (int j = 0; j < n; j++) {
                    double centred = 0;
                    double plain = 0;
                    for (int k = 0; k < features; k++) {
                        centred += (x[i][k] - mean[k]) * (x[j][k] - mean[k]);
                        plain += (double) x[i][k] * x[j][k];
                    }
                    assertThat(gram.centred().get(i, j)).isCloseTo(centred, within(scale));
                    // 1,600 times larger than the centred ones, of whose digits it has as many.
                    assertThat(gram.innerProduct(i, j)).isCloseTo(plain, within(1600 * scale));
                    sum += gram.centred().get(i, j);
                }
                assertThat(sum).isCloseTo(0, within(1e-9 * features));
                double total = 0;
                for (float value : x[i]) {
                    total += value;
                }
                assertThat(gram.featureSums()[i] / total).isCloseTo(1, within(tolerance));
            }
            assertThat(gram.features()).isEqualTo(features);
            assertThat(gram.isConstant()).isFalse();
            assertThat(gram.isFinite()).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource({"FLOAT64", "FLOAT32"})
    void constantActivation_isKnown_andSoAreNumbersThatAreNone(GramPrecision precision) {
        try (NativeMatrix activation = NativeMatrix.allocate(6, 1000);
                FullGramKernel kernel = new FullGramKernel(6, precision);
                FullGram gram = new FullGram(6)) {
            float[] row = new float[1000];
            java.util.Arrays.fill(row, 0.1f);
            for (int i = 0; i < 6; i++) {
                activation.writeRow(i, row);
            }
            kernel.compute(activation, gram);
            assertThat(gram.isConstant()).isTrue();
            assertThat(gram.isFinite()).isTrue();

            row[999] = Float.NaN;
            activation.writeRow(3, row);
            kernel.compute(activation, gram);
            assertThat(gram.isFinite()).isFalse();
        }
    }
}

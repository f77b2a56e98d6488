package org.lamella.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Scores against their definition in float64. */
class FeatureScoresTest {
    private static final int LEARNED = 40;
    private static final int SCORED = 25;
    private static final int CLASSES = 3;

    /**
     * Features of spread 1 around 30, so many that they come in one piece, in several, and in several with a rest. A score is a sum of
     * d products of size √LEARNED and is itself about as large as its square root; tolerance: 1e-6 of the sum of sizes.
     */
    @ParameterizedTest
    @ValueSource(ints = {7, 8065, 20000})
    void scores_areThoseOfTheDefinition(int features) {
        var random = new Random(4);
        float[][] x = new float[LEARNED + SCORED][features];
        for (float[] row : x) {
            for (int k = 0; k < features; k++) {
                row[k] = (float) (30 + random.nextGaussian());
            }
        }
        double[][] a = new double[CLASSES][LEARNED];
        for (double[] row : a) {
            for (int j = 0; j < LEARNED; j++) {
                row[j] = random.nextGaussian();
            }
        }
        try (NativeMatrix activation = activation(x);
                DoubleMatrix coefficients = DoubleMatrix.of(a);
                DoubleMatrix scores = FeatureScores.of(activation, coefficients)) {
            assertThat(scores.rows()).isEqualTo(SCORED);
            double[] mean = new double[features];
            for (int j = 0; j < LEARNED; j++) {
                for (int k = 0; k < features; k++) {
                    mean[k] += x[j][k] / (double) LEARNED;
                }
            }
            double tolerance = 1e-6 * features * Math.sqrt(LEARNED);
            for (int c = 0; c < CLASSES; c++) {
                double[] weights = new double[features];
                for (int j = 0; j < LEARNED; j++) {
                    for (int k = 0; k < features; k++) {
                        weights[k] += a[c][j] * (x[j][k] - mean[k]);
                    }
                }
                for (int i = 0; i < SCORED; i++) {
                    double score = 0;
                    for (int k = 0; k < features; k++) {
                        score += weights[k] * (x[LEARNED + i][k] - mean[k]);
                    }
                    assertThat(scores.get(i, c)).isCloseTo(score, within(tolerance));
                }
            }
        }
    }

    @Test
    void featureThatIsNoNumber_leavesNoScoreOfItsExample_whateverTheWeights() {
        float[][] x = new float[LEARNED + SCORED][50];
        x[LEARNED + 2][49] = Float.POSITIVE_INFINITY;
        try (NativeMatrix activation = activation(x);
                DoubleMatrix nothing = DoubleMatrix.zeros(1, LEARNED);
                DoubleMatrix scores = FeatureScores.of(activation, nothing)) {
            assertThat(scores.isFinite()).isFalse();
            assertThat(scores.get(1, 0)).isZero();
            assertThat(scores.get(2, 0)).isNaN();
        }
    }

    @Test
    void activationWithoutExamplesToScore_isRefused() {
        try (NativeMatrix activation = activation(new float[LEARNED][4]);
                DoubleMatrix coefficients = DoubleMatrix.zeros(1, LEARNED)) {
            assertThatThrownBy(() -> FeatureScores.of(activation, coefficients))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    private static NativeMatrix activation(float[][] x) {
        NativeMatrix activation = NativeMatrix.allocate(x.length, x[0].length);
        for (int i = 0; i < x.length; i++) {
            activation.writeRow(i, x[i]);
        }
        return activation;
    }
}

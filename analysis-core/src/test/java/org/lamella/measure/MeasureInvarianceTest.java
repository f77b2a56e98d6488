package org.lamella.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.ejml.simple.SimpleMatrix;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every measure keeps its value under the changes that it claims to be blind to, and under no other.
 *
 * <p>Tolerance 1e-5: changed activations are rounded to float32, 6e-8 relative; the ranks and neighbours of these examples do not
 * depend on that. A change counts as seen from 1e-3 on.
 */
class MeasureInvarianceTest {
    private static final int FEATURES = 6;
    private static final float[][] X = Layers.gaussian(1, 60, FEATURES);
    private static final float[][] Y = Layers.related(3, X, 5, 0.7);

    static Stream<Arguments> measuresAndChanges() {
        List<Arguments> cases = new ArrayList<>();
        var ridge = new Measures.Settings(0.4, 0.9, 0.5, 7);
        for (Measure<?> measure : Measures.all(Measures.Settings.defaults())) {
            for (Invariance change : Invariance.values()) {
                cases.add(Arguments.of(measure, change));
            }
        }
        for (String name : List.of("mean-cca", "mean-squared-cca")) {
            for (Invariance change : Invariance.values()) {
                cases.add(Arguments.of(Measures.named(name, ridge), change));
            }
        }
        return cases.stream();
    }

    private static float[][] changed(float[][] x, Invariance change) {
        double[][] map = new double[x[0].length][x[0].length];
        var random = new Random(5);
        for (double[] row : map) {
            for (int k = 0; k < row.length; k++) {
                row[k] = random.nextGaussian();
            }
        }
        return switch (change) {
            case SCALE ->
                Layers.times(x, SimpleMatrix.identity(map.length).scale(37).toArray2());
            case LINEAR_MAP -> Layers.times(x, map);
            case ROTATION -> Layers.times(x, new SimpleMatrix(map).svd().getU().toArray2());
            case SHIFT -> {
                float[][] moved = new float[x.length][];
                for (int i = 0; i < x.length; i++) {
                    moved[i] = x[i].clone();
                    for (int k = 0; k < moved[i].length; k++) {
                        moved[i][k] += k - 1;
                    }
                }
                yield moved;
            }
        };
    }

    @ParameterizedTest
    @MethodSource("measuresAndChanges")
    void value_underAChangeOfEitherLayer_staysExactlyWhereTheMeasureSaysSo(Measure<?> measure, Invariance change) {
        double before = Layers.value(measure, X, Y);

        double rows = Layers.value(measure, changed(X, change), Y);
        double columns = Layers.value(measure, X, changed(Y, change));

        if (measure.invariances().contains(change)) {
            assertThat(rows).isCloseTo(before, within(1e-5));
            assertThat(columns).isCloseTo(before, within(1e-5));
        } else {
            assertThat(Math.max(Math.abs(rows - before), Math.abs(columns - before)))
                    .isGreaterThan(1e-3);
        }
    }

    @ParameterizedTest
    @MethodSource("org.lamella.measure.MeasureTest#measures")
    void value_ofTwoLayers_liesInItsRangeAndIsSymmetricWhereTheMeasureSaysSo(Measure<?> measure) {
        MeasureMatrix found = Layers.compare(measure, "x", X, "y", Y);

        assertThat(found.values().value(0, 1)).isBetween(measure.least(), measure.most());
        double other = Layers.value(measure, Y, X);
        if (measure.isSymmetric()) {
            assertThat(other).isCloseTo(found.values().value(0, 1), within(1e-9));
            assertThat(found.values().value(1, 0)).isEqualTo(found.values().value(0, 1));
        } else {
            assertThat(Math.abs(other - found.values().value(0, 1))).isGreaterThan(1e-3);
            assertThat(found.values().value(1, 0)).isCloseTo(other, within(1e-9));
        }
    }
}

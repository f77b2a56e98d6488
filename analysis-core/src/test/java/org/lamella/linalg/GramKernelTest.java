package org.lamella.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Loader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Centred Gram matrices of every kernel against sums written out in float64. */
class GramKernelTest {
    /** Every kernel there is. */
    enum Kernel {
        BLAS,
        AVX2,
        AVX512;

        GramKernel open() {
            int lanes = this == AVX512 ? 16 : 8;
            assumeTrue(this == BLAS || lanes <= PackedGramKernel.widest(), "this machine has no " + this);
            return this == BLAS ? GramKernel.blas() : new PackedGramKernel(lanes);
        }
    }

    /** Below, at and above multiples of 8 and 16 examples and features, of the 256 features of a piece, and of its 512 examples. */
    static Stream<Arguments> sizes() {
        List<int[]> sizes = List.of(
                new int[] {4, 1},
                new int[] {5, 3},
                new int[] {8, 8},
                new int[] {16, 16},
                new int[] {17, 33},
                new int[] {40, 255},
                new int[] {48, 256},
                new int[] {63, 257},
                new int[] {100, 530},
                new int[] {256, 784},
                new int[] {511, 300},
                new int[] {512, 100},
                new int[] {700, 90});
        return Stream.of(Kernel.values())
                .flatMap(kernel -> sizes.stream().map(size -> Arguments.of(kernel, size[0], size[1])));
    }

    /** The mean is 40 times the spread, so that what was not centred first fails. */
    @ParameterizedTest
    @MethodSource("sizes")
    void productsRowSumsAndOffset_areThoseOfTheDefinition(Kernel kernel, int n, int features) {
        float[][] x = drawn(n, features);
        try (GramKernel gramKernel = kernel.open();
                NativeMatrix activation = matrix(x)) {
            var gram = new Gram();
            gramKernel.compute(activation, gram);

            requireRight(gram, x);
            for (int i = 0; i < n; i++) {
                float[] row = new float[features];
                activation.readRow(i, row);
                assertThat(row).as("left as it was").isEqualTo(x[i]);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void sizesThatGrowAndShrink_areServedByOneKernel(Kernel kernel) {
        try (GramKernel gramKernel = kernel.open()) {
            var gram = new Gram();
            for (int n : new int[] {20, 512, 511, 256, 4, 300}) {
                float[][] x = drawn(n, 290);
                try (NativeMatrix activation = matrix(x)) {
                    gramKernel.compute(activation, gram);
                    requireRight(gram, x);
                }
            }
        }
    }

    /** As an array in a mapped file may. */
    @ParameterizedTest
    @EnumSource
    void activationThatBeginsAtAnOddByte_isRead(Kernel kernel) {
        float[][] x = drawn(37, 41);
        try (GramKernel gramKernel = kernel.open();
                NativeMatrix even = matrix(x);
                BytePointer bytes = new BytePointer(37L * 41 * Float.BYTES + 1)) {
            BytePointer odd = bytes.getPointer(1);
            BytePointer.memcpy(odd, even.pointer(), 37L * 41 * Float.BYTES);
            var gram = new Gram();
            gramKernel.compute(NativeMatrix.view(new FloatPointer(odd), 37, 41), gram);
            requireRight(gram, x);
        }
    }

    @ParameterizedTest
    @EnumSource
    void nanAndInfinity_areSeenOnTheDiagonal(Kernel kernel) {
        for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
            for (int[] at : new int[][] {{0, 0}, {29, 299}, {13, 256}}) {
                float[][] x = drawn(30, 300);
                x[at[0]][at[1]] = bad;
                try (GramKernel gramKernel = kernel.open();
                        NativeMatrix activation = matrix(x)) {
                    var gram = new Gram();
                    gramKernel.compute(activation, gram);
                    assertThat(gram.isFinite()).isFalse();
                }
            }
        }
    }

    @Test
    void linuxOnX86_hasItsLibrary() {
        assumeTrue(Loader.getPlatform().equals("linux-x86_64"));
        assertThat(GramKernel.problem()).isNull();
    }

    private static float[][] drawn(int n, int features) {
        var random = new Random(n * 31L + features);
        float[][] x = new float[n][features];
        for (float[] row : x) {
            for (int k = 0; k < features; k++) {
                row[k] = (float) (40 + random.nextGaussian());
            }
        }
        return x;
    }

    private static NativeMatrix matrix(float[][] x) {
        NativeMatrix matrix = NativeMatrix.allocate(x.length, x[0].length);
        for (int i = 0; i < x.length; i++) {
            matrix.writeRow(i, x[i]);
        }
        return matrix;
    }

    private static void requireRight(Gram gram, float[][] x) {
        int n = x.length;
        int features = x[0].length;
        assertThat(gram.size()).isEqualTo(n);
        double[] mean = new double[features];
        for (float[] row : x) {
            for (int k = 0; k < features; k++) {
                mean[k] += (double) row[k] / n;
            }
        }
        double[][] centred = new double[n][features];
        double trace = 0;
        for (int i = 0; i < n; i++) {
            for (int k = 0; k < features; k++) {
                centred[i][k] = x[i][k] - mean[k];
                trace += centred[i][k] * centred[i][k];
            }
        }
        double diagonal = trace / n;
        double offset = 0;
        for (double m : mean) {
            offset += m * m * n;
        }
        assertThat(gram.offset()).isCloseTo(offset, within(1e-5 * offset));
        double[][] expected = new double[n][n];
        double[][] given = new double[n][n];
        for (int i = 0; i < n; i++) {
            for (int j = i; j < n; j++) {
                expected[i][j] = expected[j][i] = dot(centred[i], centred[j]);
                given[i][j] = given[j][i] = gram.values()[i * n + j];
            }
        }
        // The mean is float32's, so that a row or a column may be off by a little; rounding of the products is what is
        // left
        // when that is taken off.
        assertThat(farthest(given, expected)).isLessThan(1e-5 * diagonal);
        for (int i = 0; i < n; i++) {
            double sum = Arrays.stream(given[i]).sum();
            assertThat((double) gram.rowSums()[i]).isCloseTo(sum, within(1e-5 * diagonal));
        }
        assertThat(farthest(centred(given), expected)).isLessThan(1e-6 * diagonal);
    }

    private static double farthest(double[][] given, double[][] expected) {
        double most = 0;
        for (int i = 0; i < given.length; i++) {
            for (int j = 0; j < given.length; j++) {
                double away = Math.abs(given[i][j] - expected[i][j]);
                most = away <= most ? most : away; // NaN stays
            }
        }
        return most;
    }

    private static double[][] centred(double[][] k) {
        int n = k.length;
        double[] means = Arrays.stream(k)
                .mapToDouble(row -> Arrays.stream(row).sum() / n)
                .toArray();
        double all = Arrays.stream(means).sum() / n;
        double[][] centred = new double[n][n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                centred[i][j] = k[i][j] - means[i] - means[j] + all;
            }
        }
        return centred;
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int k = 0; k < a.length; k++) {
            sum += a[k] * b[k];
        }
        return sum;
    }
}

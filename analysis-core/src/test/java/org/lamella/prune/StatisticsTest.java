package org.lamella.prune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StatisticsTest {
    /**
     * The first line is the example of Fagerland, Lydersen and Laake (2014, table IV: -0.517 to -0.026). All were computed by maximising
     * the likelihood of the three counts on the line of a supposed drop by a search, and scanning for the drops that a score test keeps:
     * without the closed form under test. Both end in double precision; the search reaches about 1e-8.
     */
    @ParameterizedTest
    @CsvSource({
        "21, 1, 7, -0.517232276, -0.026003035, -0.481622491, -0.074630770",
        "1500, 30, 25, -0.006564912, 0.013423802, -0.004910257, 0.011715296",
        "1500, 0, 0, -0.002554431, 0.002554431, -0.001800448, 0.001800448",
        "1500, 12, 0, 0.004582226, 0.013931334, 0.005003420, 0.012768221",
        "300, 0, 9, -0.056022539, -0.015861854, -0.050866297, -0.017535303",
        "44, 16, 2, 0.145680931, 0.480062942, 0.175815119, 0.454646587",
    })
    void drop_ofPairedProportions_hasTangosInterval(
            int examples,
            int lost,
            int gained,
            double lower,
            double upper,
            double oneSidedLower,
            double oneSidedUpper) {
        var pair = new PairedProportions(examples, lost, gained);

        Interval both = pair.drop(Interval.TWO_SIDED);
        Interval one = pair.drop(Interval.ONE_SIDED);

        assertThat(both.value()).isEqualTo((lost - gained) / (double) examples);
        assertThat(both.lower()).isCloseTo(lower, within(1e-7));
        assertThat(both.upper()).isCloseTo(upper, within(1e-7));
        assertThat(one.lower()).isCloseTo(oneSidedLower, within(1e-7));
        assertThat(one.upper()).isCloseTo(oneSidedUpper, within(1e-7));
    }

    @Test
    void drop_ofEveryExample_isBetweenMinusOneAndOne() {
        assertThat(new PairedProportions(20, 20, 0).drop(Interval.TWO_SIDED).upper())
                .isCloseTo(1, within(1e-9));
        assertThat(new PairedProportions(20, 0, 20).drop(Interval.TWO_SIDED).lower())
                .isCloseTo(-1, within(1e-9));
    }

    /** From sums of binomial coefficients in exact arithmetic. */
    @ParameterizedTest
    @CsvSource({"1, 7, 0.0703125", "30, 25, 0.5900533317766357", "12, 0, 0.00048828125", "5, 5, 1", "0, 0, 1"})
    void mcNemar_isTheExactBinomialTest(int lost, int gained, double probability) {
        assertThat(new PairedProportions(100, lost, gained).mcNemar()).isCloseTo(probability, within(1e-12));
    }

    /** The first is the example of Newcombe (1998, table I, method 3): 81 of 263. */
    @ParameterizedTest
    @CsvSource({
        "81, 263, 0.2552885198, 0.3662095770",
        "0, 10, 0, 0.2775327999",
        "1370, 1500, 0.8980187446, 0.9265362594"
    })
    void proportion_hasWilsonsInterval(int count, int of, double lower, double upper) {
        Interval interval = Interval.proportion(count, of);

        assertThat(interval.lower()).isCloseTo(lower, within(1e-9));
        assertThat(interval.upper()).isCloseTo(upper, within(1e-9));
    }

    /**
     * The upper bound lies above the true mean of skewed numbers (a squared normal, mean 1) about as often as it says: 95 of 100. Over
     * 300 trials the standard error is 1.3 points; that of the bootstrap-t at n = 100 is known to be within 2 points of its level.
     */
    @Test
    void bootstrapMean_ofSkewedNumbers_keepsItsLevel() {
        Random random = new Random(3);
        long above = IntStream.range(0, 300)
                .filter(trial -> {
                    double[] numbers = random.doubles(100)
                            .map(ignored -> Math.pow(random.nextGaussian(), 2))
                            .toArray();
                    return BootstrapMean.of(numbers, 0.05, trial).upper() >= 1;
                })
                .count();
        assertThat(above / 300.0).isBetween(0.91, 0.99);
    }

    @Test
    void bootstrapMean_ofEqualNumbers_isThatNumber() {
        assertThat(BootstrapMean.of(new double[] {0.5, 0.5, 0.5}, 0.05, 1)).isEqualTo(new Interval(0.5, 0.5, 0.5));
    }

    @Test
    void scores_takeProbabilitiesAsTheyAre_andOthersByTheirSoftmax() {
        var probabilities = new Scores(Answers.of(new float[][] {{0.25f, 0.75f}, {1, 0}}));
        var logits = new Scores(Answers.of(new float[][] {{0, (float) Math.log(3)}, {2, -1}}));

        assertThat(probabilities.areProbabilities()).isTrue();
        assertThat(logits.areProbabilities()).isFalse();
        assertThat(probabilities.logarithm(0, 1)).isCloseTo(Math.log(0.75), within(1e-7));
        assertThat(logits.logarithm(0, 1)).isCloseTo(Math.log(0.75), within(1e-7));
        assertThat(logits.prediction(1)).isZero();
    }

    @Test
    void scores_ofASingleNumber_areOfTwoClasses() {
        var probabilities = new Scores(Answers.of(new float[][] {{0.4f}, {0.6f}}));
        var logits = new Scores(Answers.of(new float[][] {{-0.4f}, {2}}));

        assertThat(probabilities.prediction(0)).isZero();
        assertThat(probabilities.prediction(1)).isOne();
        assertThat(logits.prediction(0)).isZero();
        assertThat(logits.prediction(1)).isOne();
        assertThat(logits.logarithm(1, 1)).isCloseTo(-Math.log(1 + Math.exp(-2)), within(1e-9));
    }
}

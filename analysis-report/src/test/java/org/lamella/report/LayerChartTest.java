package org.lamella.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lamella.LamellaException;

class LayerChartTest {
    private static final int BLUE = 0x0072b2;

    @TempDir
    Path folder;

    private static LayerChart.Series series(String name, double... values) {
        return new LayerChart.Series(
                name,
                IntStream.range(0, values.length)
                        .mapToObj(i -> new LayerChart.Point(values[i], values[i] - 0.05, values[i] + 0.05))
                        .toList());
    }

    private static BufferedImage image(LayerChart chart) throws IOException {
        return ImageIO.read(new ByteArrayInputStream(chart.png()));
    }

    private static long pixels(BufferedImage image, int rgb, int fromY, int toY) {
        return IntStream.range(fromY, toY)
                .mapToLong(y -> IntStream.range(0, image.getWidth())
                        .filter(x -> (image.getRGB(x, y) & 0xffffff) == rgb)
                        .count())
                .sum();
    }

    @Test
    void png_ofALineAtTheTop_hasItsColourThereAndNotBelow() throws IOException {
        BufferedImage high = image(LayerChart.of("accuracy", List.of(series("net", 0.9, 0.95, 0.9))));
        int middle = high.getHeight() / 2;

        assertThat(pixels(high, BLUE, 0, middle)).isGreaterThan(500);
        assertThat(pixels(high, BLUE, middle, high.getHeight())).isZero();
    }

    @Test
    void png_whereAValueIsMissing_leavesItOut() throws IOException {
        BufferedImage whole = image(LayerChart.of("accuracy", List.of(series("net", 0.5, 0.5, 0.5, 0.5))));
        BufferedImage broken = image(LayerChart.of("accuracy", List.of(series("net", 0.5, Double.NaN, 0.5, 0.5))));

        assertThat(pixels(broken, BLUE, 0, broken.getHeight()))
                .isLessThan(pixels(whole, BLUE, 0, whole.getHeight()) / 2);
    }

    @Test
    void files_ofTheSameChart_areTheSame() throws IOException {
        LayerChart chart = LayerChart.of("accuracy", List.of(series("a", 0.1, 0.4), series("b", 0.2, 0.3, 0.9)))
                .withTitle("Probes", "ridge")
                .withReference(0.1, "chance");
        for (String name : List.of("chart.png", "chart.svg")) {
            chart.save(folder.resolve(name));
            byte[] first = Files.readAllBytes(folder.resolve(name));
            chart.save(folder.resolve(name));
            assertThat(folder.resolve(name)).hasBinaryContent(first);
        }
        assertThat(folder.resolve("chart.svg")).content().contains("<title>Probes</title>", "chance", "accuracy");
        assertThatThrownBy(() -> chart.save(folder.resolve("chart.gif")))
                .isInstanceOf(LamellaException.class)
                .hasMessageContaining(".svg");
    }

    @Test
    void ticks_ofARange_areEasyToCountBy() {
        assertThat(LayerChart.of("accuracy", List.of(series("a", 1))).ticks())
                .containsExactly(0.0, 0.2, 0.4, 0.6000000000000001, 0.8, 1.0);
        List<Double> part =
                LayerChart.of("x", List.of(series("a", 1))).withRange(0.55, 0.9).ticks();
        assertThat(part.get(0)).isCloseTo(0.55, within(1e-9));
        assertThat(part).hasSize(8);
    }

    @Test
    void png_ofANumberAloneAmongManyLayers_showsIt() throws IOException {
        double[] values = new double[120];
        Arrays.fill(values, Double.NaN);
        values[60] = 0.5;

        BufferedImage alone = image(LayerChart.of("accuracy", List.of(series("net", values))));

        assertThat(pixels(alone, BLUE, 0, alone.getHeight())).isGreaterThan(30);
    }

    @Test
    void axis_fromZero_endsAtARoundNumberThatNoFiniteValueSurpasses() {
        var points = List.of(
                LayerChart.Point.of(43.2),
                LayerChart.Point.of(Double.NaN),
                LayerChart.Point.of(Double.POSITIVE_INFINITY));
        LayerChart chart = LayerChart.of("rank", List.of(new LayerChart.Series("a", points)));

        assertThat(chart.withRangeFromZero().low()).isZero();
        assertThat(chart.withRangeFromZero().high()).isCloseTo(50, within(1e-9));
        LayerChart empty = LayerChart.of("rank", List.of(series("a", Double.NaN, 0)));
        assertThat(empty.withRangeFromZero().high()).isCloseTo(1, within(1e-9));
    }

    @Test
    void chart_withoutLayers_isRefused() {
        assertThatThrownBy(() -> LayerChart.of("accuracy", List.of(series("empty"))))
                .isInstanceOf(LamellaException.class)
                .hasMessageContaining("no layers");
    }
}

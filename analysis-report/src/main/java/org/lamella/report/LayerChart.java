package org.lamella.report;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import org.lamella.LamellaException;

/**
 * A picture of a number for each layer, from the input on, a line for each model, with the interval in which each number may lie. PNG
 * or SVG; the same numbers give the same bytes.
 *
 * @param title above the picture; empty for none
 * @param subtitle under the title, smaller; empty for none
 * @param quantity what the numbers are, in a word or two
 * @param series a line for each model
 * @param low where the vertical axis begins
 * @param high where it ends
 * @param reference a number to compare with, drawn as a broken line; empty for none
 * @param referenceName what that number is
 */
public record LayerChart(
        String title,
        String subtitle,
        String quantity,
        List<Series> series,
        double low,
        double high,
        OptionalDouble reference,
        String referenceName) {
    private static final int DENSITY = 2;

    public LayerChart {
        series = List.copyOf(series);
        if (series.isEmpty() || series.stream().anyMatch(one -> one.points().isEmpty())) {
            throw new LamellaException("chart", "there are no layers to show");
        }
        ColourScale.checkEnds(low, high);
    }

    /**
     * The numbers of one model.
     *
     * @param points one for each layer, in order
     */
    public record Series(String name, List<Point> points) {
        public Series {
            points = List.copyOf(points);
        }
    }

    /** A number and its interval; NaN where there is none. */
    public record Point(double value, double low, double high) {
        /** A number of which no interval is known. */
        public static Point of(double value) {
            return new Point(value, Double.NaN, Double.NaN);
        }
    }

    /** A chart from 0 to 1 without a reference. */
    public static LayerChart of(String quantity, List<Series> series) {
        return new LayerChart("", "", quantity, series, 0, 1, OptionalDouble.empty(), "");
    }

    /** With a title. */
    public LayerChart withTitle(String newTitle, String newSubtitle) {
        return new LayerChart(newTitle, newSubtitle, quantity, series, low, high, reference, referenceName);
    }

    /** With the vertical axis between two numbers. */
    public LayerChart withRange(double newLow, double newHigh) {
        return new LayerChart(title, subtitle, quantity, series, newLow, newHigh, reference, referenceName);
    }

    /** With the vertical axis from 0 to the first number easy to count by that no value surpasses; values may be infinite. */
    LayerChart withRangeFromZero() {
        double largest = series.stream()
                .flatMap(line -> line.points().stream())
                .mapToDouble(Point::value)
                .filter(value -> value > 0 && value < Double.POSITIVE_INFINITY)
                .max()
                .orElse(1);
        double step = step(largest);
        return withRange(0, step * Math.ceil(largest / step - 1e-9));
    }

    /** With a number to compare with. */
    public LayerChart withReference(double number, String name) {
        return new LayerChart(title, subtitle, quantity, series, low, high, OptionalDouble.of(number), name);
    }

    /** Numbers easy to count by, that divide the axis in at most eight parts. */
    List<Double> ticks() {
        double step = step(high - low);
        List<Double> ticks = new ArrayList<>();
        for (long k = (long) Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; k++) {
            ticks.add(k * step);
        }
        return ticks;
    }

    /** 1, 2 or 5 times a power of ten, at most eight of which make a span. */
    private static double step(double span) {
        double step = Math.pow(10, Math.floor(Math.log10(span / 8)));
        int multiple = 0;
        double[] nice = {1, 2, 5, 10};
        while (span / (step * nice[multiple]) > 8 + 1e-9) {
            multiple++;
        }
        return step * nice[multiple];
    }

    byte[] png() {
        return PngPicture.of(new LayerChartDrawing(this), DENSITY);
    }

    /**
     * Writes the picture, whole or not at all, and makes the folder if there is none.
     *
     * @param file ends with {@code .png} or {@code .svg}
     * @throws LamellaException if it ends otherwise, cannot be written, or this Java cannot draw text
     */
    public void save(Path file) {
        String name = file.toString().toLowerCase(Locale.ROOT);
        if (name.endsWith(".png")) {
            WholeFile.write(file, png());
        } else if (name.endsWith(".svg")) {
            WholeFile.write(file, SvgPicture.of(new LayerChartDrawing(this), title));
        } else {
            throw new LamellaException(file.toString(), "a chart is written as .png or .svg: end the name with one");
        }
    }
}

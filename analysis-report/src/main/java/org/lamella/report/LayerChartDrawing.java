package org.lamella.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.geom.AffineTransform;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** A {@link LayerChart} laid out: layers from left to right, numbers upwards, names of the lines above. */
final class LayerChartDrawing implements Drawing {
    private static final int WIDTH = 760;
    private static final int PLOT_HEIGHT = 320;
    private static final int LEFT = 64;
    private static final int RIGHT = 24;
    private static final int BOTTOM = 52;
    private static final int PADDING = 18;
    private static final double TEXT = 11;
    private static final double NAMES = 12;
    private static final int LEGEND_LINE = 20;
    private static final double DOT = 4.4;
    /** Dots of more layers than this would run together. */
    private static final int MOST_DOTS = 90;

    /** Told apart by those who do not see colours as well (Okabe and Ito 2008). */
    private static final List<Color> COLOURS = List.of(
            new Color(0x0072b2),
            new Color(0xd55e00),
            new Color(0x009e73),
            new Color(0xcc79a7),
            new Color(0xe69f00),
            new Color(0x56b4e9));

    private final LayerChart chart;
    private final PictureFonts fonts = PictureFonts.get();
    private final int top;
    private final int layers;

    LayerChartDrawing(LayerChart chart) {
        this.chart = chart;
        this.layers = chart.series().stream()
                .mapToInt(one -> one.points().size())
                .max()
                .orElse(1);
        int titles = (chart.title().isBlank() ? 0 : 24) + (chart.subtitle().isBlank() ? 0 : 18);
        this.top = PADDING + titles + (chart.series().size() > 1 ? LEGEND_LINE * legendLines() : 0) + 8;
    }

    @Override
    public int width() {
        return WIDTH;
    }

    @Override
    public int height() {
        return top + PLOT_HEIGHT + BOTTOM + PADDING;
    }

    @Override
    public void draw(Graphics2D canvas) {
        HeatmapChart.prepare(canvas);
        canvas.setColor(Ink.PAPER);
        canvas.fill(new Rectangle2D.Double(0, 0, width(), height()));
        drawTitles(canvas);
        drawAxes(canvas);
        for (int i = 0; i < chart.series().size(); i++) {
            drawBand(canvas, chart.series().get(i), colour(i));
        }
        for (int i = 0; i < chart.series().size(); i++) {
            drawLine(canvas, chart.series().get(i), colour(i));
        }
    }

    private static Color colour(int series) {
        return series < COLOURS.size() ? COLOURS.get(series) : Palette.of(series);
    }

    private void drawTitles(Graphics2D canvas) {
        double y = PADDING;
        if (!chart.title().isBlank()) {
            y += 16;
            canvas.setColor(Ink.STRONG);
            write(canvas, chart.title(), fonts.bold(chart.title(), 16), PADDING, y);
            y += 8;
        }
        if (!chart.subtitle().isBlank()) {
            y += 12;
            canvas.setColor(Ink.TEXT);
            write(canvas, chart.subtitle(), fonts.regular(chart.subtitle(), NAMES), PADDING, y);
            y += 6;
        }
        if (chart.series().size() > 1) {
            drawLegend(canvas, y);
        }
    }

    private double legendWidth(LayerChart.Series series) {
        return 26 + PictureFonts.width(series.name(), fonts.regular(series.name(), NAMES)) + 22;
    }

    private int legendLines() {
        int lines = 1;
        double x = LEFT;
        for (LayerChart.Series series : chart.series()) {
            if (x > LEFT && x + legendWidth(series) > WIDTH - RIGHT) {
                lines++;
                x = LEFT;
            }
            x += legendWidth(series);
        }
        return lines;
    }

    private void drawLegend(Graphics2D canvas, double from) {
        double x = LEFT;
        double y = from + LEGEND_LINE - 4;
        for (int i = 0; i < chart.series().size(); i++) {
            LayerChart.Series series = chart.series().get(i);
            if (x > LEFT && x + legendWidth(series) > WIDTH - RIGHT) {
                x = LEFT;
                y += LEGEND_LINE;
            }
            canvas.setStroke(new BasicStroke(2));
            canvas.setColor(colour(i));
            canvas.draw(new Line2D.Double(x, y - 4, x + 20, y - 4));
            canvas.fill(dot(x + 10, y - 4));
            canvas.setColor(Ink.TEXT);
            write(canvas, series.name(), fonts.regular(series.name(), NAMES), x + 26, y);
            x += legendWidth(series);
        }
    }

    private void drawAxes(Graphics2D canvas) {
        canvas.setStroke(new BasicStroke(1));
        Font font = fonts.regular("0", TEXT);
        for (double tick : chart.ticks()) {
            double y = y(tick);
            canvas.setColor(new Color(0xe4e4e8));
            canvas.draw(new Line2D.Double(LEFT, y, WIDTH - RIGHT, y));
            canvas.setColor(Ink.TEXT);
            String text = number(tick);
            write(canvas, text, font, LEFT - 8 - PictureFonts.width(text, font), y + TEXT * 0.36);
        }
        for (int layer : labelled()) {
            canvas.setColor(Ink.RULE);
            canvas.draw(new Line2D.Double(x(layer), top + PLOT_HEIGHT, x(layer), top + PLOT_HEIGHT + 4));
            canvas.setColor(Ink.TEXT);
            String text = Integer.toString(layer);
            write(canvas, text, font, x(layer) - PictureFonts.width(text, font) / 2, top + PLOT_HEIGHT + 17);
        }
        canvas.setColor(Ink.RULE);
        canvas.draw(new Line2D.Double(LEFT, top, LEFT, top + PLOT_HEIGHT));
        canvas.draw(new Line2D.Double(LEFT, top + PLOT_HEIGHT, WIDTH - RIGHT, top + PLOT_HEIGHT));
        drawReference(canvas);
        canvas.setColor(Ink.STRONG);
        String name = "layer";
        Font names = fonts.regular(name, NAMES);
        write(
                canvas,
                name,
                names,
                (LEFT + WIDTH - RIGHT) / 2.0 - PictureFonts.width(name, names) / 2,
                top + PLOT_HEIGHT + 38);
        Font quantity = fonts.regular(chart.quantity(), NAMES);
        AffineTransform before = canvas.getTransform();
        canvas.rotate(-Math.PI / 2, PADDING + 8, top + PLOT_HEIGHT / 2.0);
        write(
                canvas,
                chart.quantity(),
                quantity,
                PADDING + 8 - PictureFonts.width(chart.quantity(), quantity) / 2,
                top + PLOT_HEIGHT / 2.0);
        canvas.setTransform(before);
    }

    private void drawReference(Graphics2D canvas) {
        if (chart.reference().isEmpty()) {
            return;
        }
        double y = y(chart.reference().getAsDouble());
        canvas.setColor(Ink.RULE);
        canvas.setStroke(
                new BasicStroke(1.2f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_MITER, 10, new float[] {5, 4}, 0));
        canvas.draw(new Line2D.Double(LEFT, y, WIDTH - RIGHT, y));
        canvas.setColor(Ink.TEXT);
        Font font = fonts.regular(chart.referenceName(), TEXT);
        write(
                canvas,
                chart.referenceName(),
                font,
                WIDTH - RIGHT - PictureFonts.width(chart.referenceName(), font) - 4,
                y - 5);
        canvas.setStroke(new BasicStroke(1));
    }

    private List<Integer> labelled() {
        int[] steps = {1, 2, 5, 10, 20, 25, 50, 100, 200, 500, 1000, 5000};
        int step = 1;
        for (int candidate : steps) {
            step = candidate;
            if ((layers - 1.0) / candidate <= 20) {
                break;
            }
        }
        int every = step;
        return IntStream.range(0, layers)
                .filter(layer -> layer % every == 0)
                .boxed()
                .toList();
    }

    private void drawBand(Graphics2D canvas, LayerChart.Series series, Color colour) {
        canvas.setColor(new Color(colour.getRed(), colour.getGreen(), colour.getBlue(), 46));
        for (int from = 0; from < series.points().size(); from++) {
            int to = from;
            while (to < series.points().size()
                    && !Double.isNaN(series.points().get(to).low())) {
                to++;
            }
            if (to > from) {
                canvas.fill(band(series, from, to));
                from = to;
            }
        }
    }

    private Path2D band(LayerChart.Series series, int from, int to) {
        Path2D band = new Path2D.Double();
        // A single layer's interval is as wide as a dot.
        double half = to - from == 1 ? DOT / 2 : 0;
        band.moveTo(x(from) - half, y(series.points().get(from).high()));
        for (int i = from; i < to; i++) {
            band.lineTo(x(i) + half, y(series.points().get(i).high()));
        }
        for (int i = to - 1; i >= from; i--) {
            band.lineTo(x(i) + half, y(series.points().get(i).low()));
        }
        band.lineTo(x(from) - half, y(series.points().get(from).low()));
        band.closePath();
        return band;
    }

    private void drawLine(Graphics2D canvas, LayerChart.Series series, Color colour) {
        canvas.setColor(colour);
        canvas.setStroke(new BasicStroke(1.6f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
        Path2D line = new Path2D.Double();
        boolean drawing = false;
        for (int i = 0; i < series.points().size(); i++) {
            double value = series.points().get(i).value();
            if (Double.isNaN(value)) {
                drawing = false;
                continue;
            }
            if (drawing) {
                line.lineTo(x(i), y(value));
            } else {
                line.moveTo(x(i), y(value));
            }
            drawing = true;
            if (layers <= MOST_DOTS || isAlone(series, i)) {
                canvas.fill(dot(x(i), y(value)));
            }
        }
        canvas.draw(line);
    }

    /** Whether no line leads to or from a number. */
    private static boolean isAlone(LayerChart.Series series, int layer) {
        return IntStream.of(layer - 1, layer + 1)
                .filter(i -> i >= 0 && i < series.points().size())
                .allMatch(i -> Double.isNaN(series.points().get(i).value()));
    }

    private static Ellipse2D dot(double x, double y) {
        return new Ellipse2D.Double(x - DOT / 2, y - DOT / 2, DOT, DOT);
    }

    private double x(int layer) {
        double room = WIDTH - RIGHT - LEFT - 16;
        return LEFT + 8 + (layers == 1 ? room / 2 : room * layer / (layers - 1));
    }

    private double y(double value) {
        double inside = Math.min(chart.high(), Math.max(chart.low(), value));
        return top + PLOT_HEIGHT * (chart.high() - inside) / (chart.high() - chart.low());
    }

    private String number(double value) {
        List<Double> ticks = chart.ticks();
        double step = ticks.size() > 1 ? ticks.get(1) - ticks.get(0) : 1;
        int digits = (int) Math.max(0, Math.ceil(-Math.log10(step) - 1e-9));
        return String.format(Locale.ROOT, "%." + digits + "f", value).replace('-', '\u2212');
    }

    private static void write(Graphics2D canvas, String text, Font font, double x, double y) {
        canvas.setFont(font);
        canvas.drawString(text, (float) x, (float) y);
    }
}

package org.lamella.report;

import java.awt.BasicStroke;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Locale;

/**
 * A number by layer: a line a model, over the layers' indices. A number that is undefined leaves a gap.
 *
 * @param title above the picture
 * @param unit after the numbers of the axis: empty or {@code %}
 * @param series lines, each a number a layer
 */
record LineChart(String title, String unit, List<Series> series) {
    private static final int WIDTH = 620;
    private static final int HEIGHT = 250;
    private static final int TOP = 34;
    private static final int BOTTOM = 40;
    private static final int RIGHT = 16;
    private static final int LEFT = 50;
    private static final int LEGEND = 20;
    private static final int DENSITY = 2;
    private static final double TEXT = 11;

    LineChart {
        series = List.copyOf(series);
    }

    record Series(String name, List<Double> values) {}

    /** As PNG. */
    byte[] png() {
        int height = HEIGHT + (series.size() > 1 ? LEGEND : 0);
        var image = new BufferedImage(DENSITY * WIDTH, DENSITY * height, BufferedImage.TYPE_INT_RGB);
        Graphics2D canvas = image.createGraphics();
        try {
            canvas.scale(DENSITY, DENSITY);
            canvas.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
            canvas.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
            canvas.setRenderingHint(RenderingHints.KEY_FRACTIONALMETRICS, RenderingHints.VALUE_FRACTIONALMETRICS_ON);
            canvas.setColor(Ink.PAPER);
            canvas.fillRect(0, 0, WIDTH, height);
            draw(canvas);
        } finally {
            canvas.dispose();
        }
        return PngPicture.encode(image, DENSITY);
    }

    private void draw(Graphics2D canvas) {
        PictureFonts fonts = PictureFonts.get();
        canvas.setColor(Ink.STRONG);
        canvas.setFont(fonts.bold(title, 13));
        canvas.drawString(title, LEFT, 18);
        int layers =
                series.stream().mapToInt(line -> line.values().size()).max().orElse(1);
        double step = step(largest());
        double top = step * Math.max(1, Math.ceil(largest() / step));
        Font font = fonts.regular("0", TEXT);
        canvas.setFont(font);
        canvas.setStroke(new BasicStroke(0.5f));
        for (int tick = 0; tick * step <= top * (1 + 1e-9); tick++) {
            double y = y(tick * step, top);
            canvas.setColor(Ink.RULE);
            canvas.draw(new Line2D.Double(LEFT, y, WIDTH - RIGHT, y));
            String text = number(tick * step, step) + unit;
            canvas.setColor(Ink.TEXT);
            canvas.drawString(text, (float) (LEFT - 7 - PictureFonts.width(text, font)), (float) y + 4);
        }
        int every = Math.max(1, (int) step(layers / 2.0));
        for (int layer = 0; layer < layers; layer += every) {
            String text = Integer.toString(layer);
            canvas.drawString(
                    text, (float) (x(layer, layers) - PictureFonts.width(text, font) / 2), HEIGHT - BOTTOM + 16);
        }
        String axis = "index of the layer";
        canvas.drawString(
                axis, (float) ((LEFT + WIDTH - RIGHT - PictureFonts.width(axis, font)) / 2), HEIGHT - BOTTOM + 32);
        for (int i = 0; i < series.size(); i++) {
            drawLine(canvas, i, layers, top);
        }
        if (series.size() > 1) {
            drawLegend(canvas, fonts);
        }
    }

    private void drawLine(Graphics2D canvas, int number, int layers, double top) {
        double[] values = series.get(number).values().stream()
                .mapToDouble(Double::doubleValue)
                .toArray();
        canvas.setColor(Palette.of(number));
        canvas.setStroke(new BasicStroke(1.8f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
        double dot = layers > 60 ? 1.3 : 2.4;
        for (int i = 0; i < values.length; i++) {
            if (Double.isNaN(values[i])) {
                continue;
            }
            double x = x(i, layers);
            double y = y(Math.min(values[i], top), top);
            canvas.fill(new Ellipse2D.Double(x - dot, y - dot, 2 * dot, 2 * dot));
            if (i > 0 && !Double.isNaN(values[i - 1])) {
                canvas.draw(new Line2D.Double(x(i - 1, layers), y(Math.min(values[i - 1], top), top), x, y));
            }
        }
    }

    private void drawLegend(Graphics2D canvas, PictureFonts fonts) {
        double x = LEFT;
        for (int i = 0; i < series.size(); i++) {
            String name = Label.printable(series.get(i).name());
            Font font = fonts.regular(name, TEXT);
            canvas.setColor(Palette.of(i));
            canvas.fill(new Ellipse2D.Double(x, HEIGHT + 1, 9, 9));
            canvas.setColor(Ink.TEXT);
            canvas.setFont(font);
            canvas.drawString(name, (float) x + 14, HEIGHT + 10);
            x += 30 + PictureFonts.width(name, font);
        }
    }

    private double largest() {
        return series.stream()
                .flatMap(line -> line.values().stream())
                .mapToDouble(Double::doubleValue)
                .filter(Double::isFinite)
                .max()
                .orElse(1);
    }

    /** Between ticks: 1, 2 or 5 times a power of ten, so that there are about five. */
    private static double step(double span) {
        double rough = Math.max(span, 1e-9) / 5;
        double power = Math.pow(10, Math.floor(Math.log10(rough)));
        double part = rough / power;
        return power * (part <= 1 ? 1 : part <= 2 ? 2 : part <= 5 ? 5 : 10);
    }

    private static String number(double value, double step) {
        int digits = (int) Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
        return String.format(Locale.ROOT, "%." + digits + "f", value);
    }

    private static double x(int layer, int layers) {
        return LEFT + 6 + (WIDTH - LEFT - RIGHT - 12.0) * layer / Math.max(1, layers - 1);
    }

    private static double y(double value, double top) {
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / top;
    }
}

package org.lamella.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.lamella.run.ComponentResults;

/**
 * The first two components of some layers of a model, side by side: a point an example, its colour the class. Each panel has a scale
 * of its own, the same in both directions, and reaches as far as 99 of 100 examples do; those beyond lie on its border.
 */
final class ScatterPanels {
    /** As many as stay readable. */
    static final int MOST = 12;

    private static final int SIDE = 190;
    private static final int GAP = 14;
    private static final int CAPTION = 34;
    private static final int COLUMNS = 4;
    private static final int LEGEND = 26;
    private static final int DENSITY = 2;
    private static final double WITHIN = 0.99;

    private final ComponentResults results;
    private final List<Integer> layers;

    private ScatterPanels(ComponentResults results, List<Integer> layers) {
        this.results = results;
        this.layers = layers;
    }

    /** Of layers of a model spread evenly over its depth; empty if none has two components. */
    static ScatterPanels of(ComponentResults results, String model) {
        List<Integer> there = IntStream.range(0, results.layers().size())
                .filter(i -> results.layers().get(i).layer().model().equals(model))
                .filter(i -> results.scores().get(i).size() == 2)
                .boxed()
                .toList();
        return new ScatterPanels(results, spread(there, MOST));
    }

    /** The first, the last, and others between them at equal distances. */
    static <T> List<T> spread(List<T> all, int most) {
        if (all.size() <= most) {
            return all;
        }
        List<T> some = new ArrayList<>();
        for (int i = 0; i < most; i++) {
            some.add(all.get((int) Math.round((double) i * (all.size() - 1) / (most - 1))));
        }
        return some;
    }

    boolean isEmpty() {
        return layers.isEmpty();
    }

    /** As PNG. */
    byte[] png() {
        int columns = Math.min(COLUMNS, layers.size());
        int rows = (layers.size() - 1) / COLUMNS + 1;
        int legend = results.labels().isEmpty() ? 0 : LEGEND;
        int width = GAP + columns * (SIDE + GAP);
        int height = legend + GAP + rows * (SIDE + CAPTION + GAP);
        var image = new BufferedImage(DENSITY * width, DENSITY * height, BufferedImage.TYPE_INT_RGB);
        Graphics2D canvas = image.createGraphics();
        try {
            canvas.scale(DENSITY, DENSITY);
            canvas.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
            canvas.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
            canvas.setColor(Ink.PAPER);
            canvas.fillRect(0, 0, width, height);
            if (legend > 0) {
                drawLegend(canvas, width);
            }
            for (int i = 0; i < layers.size(); i++) {
                int x = GAP + i % COLUMNS * (SIDE + GAP);
                int y = legend + GAP + i / COLUMNS * (SIDE + CAPTION + GAP);
                drawPanel(canvas, layers.get(i), x, y);
            }
        } finally {
            canvas.dispose();
        }
        return PngPicture.encode(image, DENSITY);
    }

    private int[] classes() {
        return results.labels().stream()
                .mapToInt(Integer::intValue)
                .distinct()
                .sorted()
                .toArray();
    }

    private void drawLegend(Graphics2D canvas, int width) {
        double x = GAP;
        int[] classes = classes();
        for (int i = 0; i < classes.length; i++) {
            List<String> names = results.manifest().classes();
            String name =
                    Label.printable(classes[i] < names.size() ? names.get(classes[i]) : Integer.toString(classes[i]));
            Font font = PictureFonts.get().regular(name, 11);
            double needed = 30 + PictureFonts.width(name, font);
            if (x + needed > width && i < classes.length) {
                canvas.setColor(Ink.TEXT);
                canvas.drawString("…", (float) x, 19);
                return;
            }
            canvas.setColor(Palette.of(i));
            canvas.fill(new Ellipse2D.Double(x, 10, 9, 9));
            canvas.setColor(Ink.TEXT);
            canvas.setFont(font);
            canvas.drawString(name, (float) x + 14, 19);
            x += needed;
        }
    }

    private void drawPanel(Graphics2D canvas, int layer, int left, int top) {
        List<double[]> scores = results.scores().get(layer);
        ComponentResults.LayerNumbers numbers = results.layers().get(layer);
        // Coordinates are projections: the second component is as much narrower as its variance is smaller.
        double second = Math.sqrt(
                numbers.varianceFractions().get(1) / numbers.varianceFractions().get(0));
        double[] x = scores.get(0);
        double[] y = Arrays.stream(scores.get(1)).map(v -> v * second).toArray();
        double reach = reach(x, y);
        List<Integer> labels = results.labels();
        int[] classes = classes();
        double dot = x.length > 1000 ? 1.1 : 1.7;
        for (int i = 0; i < x.length; i++) {
            Color colour = labels.isEmpty() ? Palette.of(0) : Palette.of(Arrays.binarySearch(classes, labels.get(i)));
            canvas.setColor(new Color(colour.getRed(), colour.getGreen(), colour.getBlue(), 150));
            double px = left + SIDE / 2.0 * (1 + clamped(x[i] / reach));
            double py = top + SIDE / 2.0 * (1 - clamped(y[i] / reach));
            canvas.fill(new Ellipse2D.Double(px - dot, py - dot, 2 * dot, 2 * dot));
        }
        canvas.setColor(Ink.RULE);
        canvas.setStroke(new BasicStroke(0.6f));
        canvas.draw(new Rectangle2D.Double(left, top, SIDE, SIDE));
        String name = numbers.layer().layer().index() + "  "
                + Label.bare(Label.printable(numbers.layer().name()));
        Font bold = PictureFonts.get().bold(name, 11);
        canvas.setFont(bold);
        canvas.setColor(Ink.STRONG);
        canvas.drawString(Label.fitted(name, SIDE, t -> PictureFonts.width(t, bold)), left, top + SIDE + 14);
        String below = String.format(
                Locale.ROOT,
                "%.0f%% + %.0f%% of the variance%s",
                100 * numbers.varianceFractions().get(0),
                100 * numbers.varianceFractions().get(1),
                Double.isNaN(numbers.classSeparation())
                        ? ""
                        : String.format(Locale.ROOT, ", classes %.2f", numbers.classSeparation()));
        canvas.setFont(PictureFonts.get().regular(below, 10));
        canvas.setColor(Ink.TEXT);
        canvas.drawString(below, left, top + SIDE + 28);
    }

    private static double reach(double[] x, double[] y) {
        double[] far = IntStream.range(0, x.length)
                .mapToDouble(i -> Math.max(Math.abs(x[i]), Math.abs(y[i])))
                .sorted()
                .toArray();
        double reach = far[(int) Math.floor(WITHIN * (far.length - 1))];
        return reach > 0 ? 1.08 * reach : Math.max(far[far.length - 1], Double.MIN_NORMAL);
    }

    private static double clamped(double value) {
        return Math.max(-0.98, Math.min(0.98, value));
    }
}

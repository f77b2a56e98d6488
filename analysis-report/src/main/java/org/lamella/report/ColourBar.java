package org.lamella.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.geom.AffineTransform;
import java.awt.geom.Line2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import org.jfree.chart.block.RectangleConstraint;
import org.jfree.chart.title.Title;
import org.jfree.chart.ui.RectangleEdge;
import org.jfree.chart.ui.Size2D;
import org.jspecify.annotations.Nullable;
import org.lamella.similarity.CkaMatrix;

/**
 * What the colours mean: the colour map with ticks, and a box for each colour beside it (below, above, undefined) that the
 * matrix needs.
 */
final class ColourBar extends Title {
    private static final long serialVersionUID = 1L;

    private static final double STRIP = 14;
    private static final double GAP = 24;
    private static final double TICK = 4;
    private static final double TEXT_SIZE = 11;
    private static final double BOX_STEP = STRIP + 8;
    private static final int WIDTH = 104;
    private static final int INTERVALS = 5;

    private final String name;
    private final transient ColourScale colours;
    private final transient Set<ColourScale.Place> places;
    private final transient PictureFonts fonts;
    private final double height;
    private final double marginBelow;

    /**
     * @param name what the colours are, in a word
     * @param height of the bar with its boxes
     * @param marginBelow from the bar's lower end to the lower end of the room it is given
     */
    ColourBar(
            CkaMatrix matrix, String name, ColourScale colours, PictureFonts fonts, double height, double marginBelow) {
        setPosition(RectangleEdge.RIGHT);
        this.name = name;
        this.colours = colours;
        this.fonts = fonts;
        this.height = height;
        this.marginBelow = marginBelow;
        this.places = EnumSet.noneOf(ColourScale.Place.class);
        for (int row = 0; row < matrix.rows().size(); row++) {
            for (int column = 0; column < matrix.columns().size(); column++) {
                places.add(colours.place(matrix.value(row, column)));
            }
        }
    }

    /** Room beside the map. */
    int thickness() {
        return WIDTH;
    }

    @Override
    public Size2D arrange(Graphics2D canvas, RectangleConstraint constraint) {
        return new Size2D(
                WIDTH,
                constraint.getHeightRange() == null
                        ? height
                        : constraint.getHeightRange().getUpperBound());
    }

    @Override
    public @Nullable Object draw(Graphics2D canvas, Rectangle2D area, @Nullable Object parameters) {
        draw(canvas, area);
        return null;
    }

    @Override
    public void draw(Graphics2D canvas, Rectangle2D area) {
        double x = area.getX() + GAP;
        double bottom = area.getMaxY() - marginBelow;
        double top = bottom - height;
        canvas.setStroke(new BasicStroke(1));
        canvas.setColor(Ink.STRONG);
        write(canvas, name, x, top - 10);
        if (places.contains(ColourScale.Place.ABOVE)) {
            drawBox(canvas, x, top, ColourScale.ABOVE, "> " + end(colours.high()));
            top += BOX_STEP;
        }
        if (places.contains(ColourScale.Place.UNDEFINED)) {
            drawBox(canvas, x, bottom - STRIP, ColourScale.UNDEFINED, "undefined");
            drawHatch(canvas, x, bottom - STRIP);
            bottom -= BOX_STEP;
        }
        if (places.contains(ColourScale.Place.BELOW)) {
            drawBox(canvas, x, bottom - STRIP, ColourScale.BELOW, "< " + end(colours.low()));
            bottom -= BOX_STEP;
        }
        drawStrip(canvas, x, top, bottom);
    }

    private void drawStrip(Graphics2D canvas, double x, double top, double bottom) {
        var strip = new BufferedImage(1, Magma.SIZE, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < Magma.SIZE; i++) {
            strip.setRGB(0, Magma.SIZE - 1 - i, Magma.colour(i));
        }
        var place = AffineTransform.getTranslateInstance(x, top);
        place.scale(STRIP, (bottom - top) / Magma.SIZE);
        canvas.drawImage(strip, place, null);
        for (int i = 0; i <= INTERVALS; i++) {
            double y = bottom - (bottom - top) * i / INTERVALS;
            canvas.setColor(Ink.RULE);
            canvas.draw(new Line2D.Double(x + STRIP, y, x + STRIP + TICK, y));
            canvas.setColor(Ink.TEXT);
            double value = colours.low() + (colours.high() - colours.low()) * i / INTERVALS;
            write(canvas, number(value), x + STRIP + TICK + 4, y + TEXT_SIZE * 0.36);
        }
    }

    private void drawBox(Graphics2D canvas, double x, double y, int colour, String text) {
        canvas.setColor(new Color(colour));
        canvas.fill(new Rectangle2D.Double(x, y, STRIP, STRIP));
        canvas.setColor(Ink.TEXT);
        write(canvas, text, x + STRIP + TICK + 4, y + STRIP / 2 + TEXT_SIZE * 0.36);
    }

    private static void drawHatch(Graphics2D canvas, double x, double y) {
        canvas.setColor(new Color(ColourScale.UNDEFINED_HATCH));
        for (double offset = 4; offset < 2 * STRIP; offset += 5) {
            double from = Math.max(0, offset - STRIP);
            double to = Math.min(STRIP, offset);
            canvas.draw(new Line2D.Double(x + from, y + offset - from, x + to, y + offset - to));
        }
    }

    private void write(Graphics2D canvas, String text, double x, double y) {
        Font font = fonts.regular(text, TEXT_SIZE);
        canvas.setFont(font);
        canvas.drawString(text, (float) x, (float) y);
    }

    private String end(double value) {
        return value == Math.rint(value) ? number(value).replaceFirst("\\.0+$", "") : number(value);
    }

    /** With the digits that tell the ticks apart, and no more. */
    private String number(double value) {
        int digits = (int) Math.max(0, Math.ceil(-Math.log10((colours.high() - colours.low()) / INTERVALS) - 1e-9));
        String text = String.format(Locale.ROOT, "%." + Math.min(9, digits) + "f", value);
        return text.replace('-', '\u2212');
    }
}

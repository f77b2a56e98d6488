package org.lamella.report;

import java.awt.BasicStroke;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.geom.AffineTransform;
import java.awt.geom.Line2D;
import java.awt.geom.Rectangle2D;
import java.util.List;
import org.jfree.chart.axis.AxisState;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.plot.PlotRenderingInfo;
import org.jfree.chart.ui.RectangleEdge;
import org.jspecify.annotations.Nullable;

/**
 * The axis of a heat map, at its left or its bottom: as many names of layers as have room, each with its index, and under
 * them the names of the models.
 */
final class LayerAxis extends NumberAxis {
    private static final long serialVersionUID = 1L;

    private static final double LABEL_SIZE = 11;
    private static final double MODEL_SIZE = 13;
    /** From one label's base line to the next. */
    private static final double LINE = 13;

    private static final double WIDEST_LABEL = 220;
    private static final double TICK = 4;
    private static final double TICK_TO_LABEL = 4;
    private static final double LABEL_TO_MODEL = 8;
    private static final double MODEL_HEIGHT = 17;

    private final transient LayerScale scale;
    private final transient PictureFonts fonts;
    private final transient List<Text> labels;

    private record Text(int layer, String text, Font font, double width, boolean shortened) {}

    LayerAxis(LayerScale scale, PictureFonts fonts) {
        super(null);
        this.scale = scale;
        this.fonts = fonts;
        List<Integer> shown = scale.labelled(LINE);
        boolean whole = shown.stream().map(layer -> label(layer, name(layer))).noneMatch(Text::shortened);
        this.labels = shown.stream()
                .map(layer -> label(layer, whole ? name(layer) : Label.bare(name(layer))))
                .toList();
        setAutoRange(false);
        setRange(0, scale.length());
    }

    private String name(int layer) {
        return Label.printable(scale.layers().get(layer).name());
    }

    private Text label(int layer, String name) {
        String index = "  " + scale.layers().get(layer).layer().index();
        Font font = fonts.regular(name, LABEL_SIZE);
        double room = WIDEST_LABEL - PictureFonts.width(index, font);
        String fitted = Label.fitted(name, room, t -> PictureFonts.width(t, font));
        String text = fitted + index;
        return new Text(layer, text, font, PictureFonts.width(text, font), !fitted.equals(name));
    }

    /** Room beside the map for all that this axis writes. */
    double thickness() {
        return TICK + TICK_TO_LABEL + widestLabel() + LABEL_TO_MODEL + MODEL_HEIGHT;
    }

    private double widestLabel() {
        return labels.stream().mapToDouble(Text::width).max().orElse(0);
    }

    @Override
    public AxisState draw(
            Graphics2D canvas,
            double cursor,
            Rectangle2D plotArea,
            Rectangle2D dataArea,
            RectangleEdge edge,
            @Nullable PlotRenderingInfo info) {
        boolean left = edge.equals(RectangleEdge.LEFT);
        canvas.setStroke(new BasicStroke(1));
        for (Text label : labels) {
            double at = position(scale.centre(label.layer()), dataArea, left);
            canvas.setColor(Ink.RULE);
            canvas.draw(
                    left
                            ? new Line2D.Double(cursor - TICK, at, cursor, at)
                            : new Line2D.Double(at, cursor, at, cursor + TICK));
            canvas.setColor(Ink.TEXT);
            double end = TICK + TICK_TO_LABEL;
            if (left) {
                write(canvas, label.text(), label.font(), cursor - end - label.width(), at + baseline(label), false);
            } else {
                write(canvas, label.text(), label.font(), at + baseline(label), cursor + end + label.width(), true);
            }
        }
        double base = TICK + TICK_TO_LABEL + widestLabel() + LABEL_TO_MODEL;
        canvas.setColor(Ink.STRONG);
        for (LayerScale.Span span : scale.models()) {
            drawModel(canvas, span, cursor, base, dataArea, left);
        }
        return new AxisState(cursor);
    }

    private void drawModel(
            Graphics2D canvas, LayerScale.Span span, double cursor, double base, Rectangle2D dataArea, boolean left) {
        double from = scale.start(span.first());
        double to = scale.start(span.end() - 1) + scale.cell();
        // One model may be named beyond its own map, which can be small; several must not run into each other.
        double room = scale.models().size() == 1 ? Math.max(to - from, WIDEST_LABEL) : to - from;
        String name = Label.printable(span.model());
        Font font = fonts.bold(name, MODEL_SIZE);
        String shown = Label.fitted(name, room, t -> PictureFonts.width(t, font));
        double half = Math.min(PictureFonts.width(shown, font), room) / 2;
        double middle = position((from + to) / 2, dataArea, left);
        if (left) {
            double start = Math.min(middle + half, dataArea.getMaxY());
            write(canvas, shown, font, cursor - base - 4, start, true);
        } else {
            double start = Math.max(middle - half, dataArea.getX());
            write(canvas, shown, font, start, cursor + base + MODEL_SIZE, false);
        }
    }

    /** From a place on the scale, which grows right and up, to one on the canvas. */
    private static double position(double place, Rectangle2D dataArea, boolean left) {
        return left ? dataArea.getMaxY() - place : dataArea.getX() + place;
    }

    /** How far the base line lies below the middle of the small letters. */
    private static double baseline(Text label) {
        return label.font().getSize2D() * 0.36;
    }

    private static void write(Graphics2D canvas, String text, Font font, double x, double y, boolean upwards) {
        AffineTransform before = canvas.getTransform();
        canvas.setFont(font);
        canvas.translate(x, y);
        if (upwards) {
            canvas.rotate(-Math.PI / 2);
        }
        canvas.drawString(text, 0, 0);
        canvas.setTransform(before);
    }
}

package org.lamella.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.lamella.prune.Deletion;

/**
 * The heat map of a model's layers, and under it the accuracy without the blocks from a place to the end of its stage: as figure 6 of
 * Nguyen, Raghu and Kornblith (2021). Upright lines part the stages, the level line is the accuracy of the whole model.
 */
public final class DeletionPicture {
    private static final int PANEL = 230;
    private static final int ROOM_ABOVE = 34;
    private static final int ROOM_BELOW = 26;
    private static final Color STAGE = new Color(0x2e8b57);
    private static final Color CURVE = new Color(0x3b5bdb);
    private static final float LABEL_SIZE = 11;

    private final Heatmap map;
    private final Deletion deletion;

    private DeletionPicture(Heatmap map, Deletion deletion) {
        this.map = map;
        this.deletion = deletion;
    }

    public static DeletionPicture of(Deletion deletion) {
        return new DeletionPicture(Heatmap.of(deletion.cka()), deletion);
    }

    /** Writes a PNG, whole or not at all. */
    public void save(Path file) {
        int density = map.density();
        var chart = HeatmapChart.of(map, density);
        var image = new BufferedImage(
                density * chart.width(), density * (chart.height() + PANEL), BufferedImage.TYPE_INT_RGB);
        Graphics2D canvas = image.createGraphics();
        try {
            canvas.scale(density, density);
            canvas.setColor(Ink.PAPER);
            canvas.fill(new Rectangle2D.Double(0, 0, chart.width(), chart.height() + PANEL));
            Rectangle2D cells = chart.drawAndFindCells(canvas);
            double top = chart.height() + ROOM_ABOVE;
            draw(canvas, new Rectangle2D.Double(cells.getX(), top, cells.getWidth(), PANEL - ROOM_ABOVE - ROOM_BELOW));
        } finally {
            canvas.dispose();
        }
        WholeFile.write(file, PngPicture.encode(image, density));
    }

    private void draw(Graphics2D canvas, Rectangle2D area) {
        Font font = PictureFonts.get().regular("0.5", LABEL_SIZE);
        canvas.setFont(font);
        canvas.setStroke(new BasicStroke(1));
        for (int tenth = 0; tenth <= 10; tenth += 2) {
            double y = y(tenth / 10.0, area);
            canvas.setColor(new Color(0xe4e4e0));
            canvas.draw(new Line2D.Double(area.getX(), y, area.getMaxX(), y));
            canvas.setColor(Ink.TEXT);
            String label = String.format(Locale.ROOT, "%.1f", tenth / 10.0);
            canvas.drawString(label, (float) (area.getX() - 8 - PictureFonts.width(label, font)), (float) (y + 4));
        }
        canvas.setColor(Ink.STRONG);
        canvas.drawString(
                "Accuracy without the blocks from here to the end of the stage; grey: the whole model",
                (float) area.getX(),
                (float) (area.getY() - 12));
        canvas.setColor(Ink.RULE);
        canvas.setStroke(new BasicStroke(1.5f));
        double level = y(deletion.whole().value(), area);
        canvas.draw(new Line2D.Double(area.getX(), level, area.getMaxX(), level));
        List<Deletion.Step> steps = deletion.steps();
        for (int i = 0; i < steps.size(); i++) {
            Deletion.Step step = steps.get(i);
            double x = x(step.layer(), area);
            boolean begins = i == 0 || steps.get(i - 1).stage() != step.stage();
            if (begins && i > 0) {
                double between = (x(steps.get(i - 1).layer(), area) + x) / 2;
                canvas.setColor(STAGE);
                canvas.setStroke(new BasicStroke(1.5f));
                canvas.draw(new Line2D.Double(between, area.getY(), between, area.getMaxY()));
            }
            canvas.setColor(CURVE);
            canvas.setStroke(new BasicStroke(1.2f));
            double y = y(step.accuracy().value(), area);
            canvas.draw(new Line2D.Double(
                    x, y(step.accuracy().lower(), area), x, y(step.accuracy().upper(), area)));
            canvas.fill(new Ellipse2D.Double(x - 3, y - 3, 6, 6));
            if (!begins) {
                canvas.draw(new Line2D.Double(
                        x(steps.get(i - 1).layer(), area),
                        y(steps.get(i - 1).accuracy().value(), area),
                        x,
                        y));
            }
        }
        canvas.setColor(Ink.TEXT);
        canvas.drawString("layers, as above", (float) area.getX(), (float) (area.getMaxY() + 18));
    }

    private double x(int layer, Rectangle2D area) {
        return area.getX() + (layer + 0.5) * map.cellSize();
    }

    private static double y(double accuracy, Rectangle2D area) {
        return area.getMaxY() - accuracy * area.getHeight();
    }
}

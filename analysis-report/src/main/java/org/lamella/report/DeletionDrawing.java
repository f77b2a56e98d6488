package org.lamella.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.geom.Rectangle2D;
import java.util.List;
import java.util.Locale;
import org.lamella.prune.Deletion;

/** A heat map laid out, with a panel of accuracies under its cells. */
final class DeletionDrawing implements Drawing {
    private static final int PANEL = 230;
    private static final int ROOM_ABOVE = 34;
    private static final int ROOM_BELOW = 26;
    private static final Color STAGE = new Color(0x2e8b57);
    private static final Color CURVE = new Color(0x3b5bdb);
    private static final Color GRID = new Color(0xe4e4e0);
    private static final float LABEL_SIZE = 11;

    private final HeatmapChart chart;
    private final int cellSize;
    private final Deletion deletion;

    /** @param density pixels of the cells' image to a unit of the picture */
    DeletionDrawing(Heatmap map, Deletion deletion, int density) {
        this.chart = HeatmapChart.of(map, density);
        this.cellSize = map.cellSize();
        this.deletion = deletion;
    }

    @Override
    public int width() {
        return chart.width();
    }

    @Override
    public int height() {
        return chart.height() + PANEL;
    }

    @Override
    public void draw(Graphics2D canvas) {
        canvas.setColor(Ink.PAPER);
        canvas.fill(new Rectangle2D.Double(0, 0, width(), height()));
        Rectangle2D cells = chart.drawAndFindCells(canvas);
        double top = chart.height() + ROOM_ABOVE;
        drawPanel(canvas, new Rectangle2D.Double(cells.getX(), top, cells.getWidth(), PANEL - ROOM_ABOVE - ROOM_BELOW));
    }

    private void drawPanel(Graphics2D canvas, Rectangle2D area) {
        Font font = PictureFonts.get().regular("0.5", LABEL_SIZE);
        canvas.setFont(font);
        canvas.setStroke(new BasicStroke(1));
        for (int tenth = 0; tenth <= 10; tenth += 2) {
            double y = y(tenth / 10.0, area);
            canvas.setColor(GRID);
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
        return area.getX() + (layer + 0.5) * cellSize;
    }

    private static double y(double accuracy, Rectangle2D area) {
        return area.getMaxY() - accuracy * area.getHeight();
    }
}

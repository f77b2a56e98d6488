package org.lamella.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.geom.Rectangle2D;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.jfree.chart.annotations.AbstractXYAnnotation;
import org.jfree.chart.axis.ValueAxis;
import org.jfree.chart.plot.PlotRenderingInfo;
import org.jfree.chart.plot.XYPlot;
import org.jspecify.annotations.Nullable;
import org.lamella.block.Block;
import org.lamella.block.Blocks;

/** Outlines of blocks: squares on the diagonal of their model, light around dark, so that they show on every colour of the map. */
final class BlockMarks extends AbstractXYAnnotation {
    private static final long serialVersionUID = 1L;

    private static final Color LINE = new Color(0x00796b);
    private static final float HALO_WIDTH = 4;
    private static final float LINE_WIDTH = 2;

    private final transient List<Blocks> marks;
    private final transient LayerScale columns;
    private final transient LayerScale rows;

    BlockMarks(List<Blocks> marks, LayerScale columns, LayerScale rows) {
        this.marks = marks;
        this.columns = columns;
        this.rows = rows;
    }

    @Override
    public void draw(
            Graphics2D canvas,
            XYPlot plot,
            Rectangle2D dataArea,
            ValueAxis domainAxis,
            ValueAxis rangeAxis,
            int rendererIndex,
            @Nullable PlotRenderingInfo info) {
        for (Blocks found : marks) {
            OptionalInt column = first(columns, found);
            OptionalInt row = first(rows, found);
            if (column.isPresent() && row.isPresent()) {
                found.blocks().forEach(block -> outline(canvas, dataArea, block, column.getAsInt(), row.getAsInt()));
            }
        }
    }

    /** The first layer of the model; that of any model where the blocks tell none. */
    private static OptionalInt first(LayerScale scale, Blocks found) {
        return IntStream.range(0, scale.layers().size())
                .filter(i ->
                        found.model().isEmpty() || scale.layers().get(i).model().equals(found.model()))
                .findFirst();
    }

    private void outline(Graphics2D canvas, Rectangle2D dataArea, Block block, int column, int row) {
        double left = dataArea.getX() + columns.start(column + block.start());
        double below = dataArea.getMaxY() - rows.start(row + block.start());
        double side = (double) block.length() * columns.cell();
        var square = new Rectangle2D.Double(left, below - side, side, side);
        canvas.setColor(Ink.PAPER);
        canvas.setStroke(new BasicStroke(HALO_WIDTH, BasicStroke.CAP_SQUARE, BasicStroke.JOIN_MITER));
        canvas.draw(square);
        canvas.setColor(LINE);
        canvas.setStroke(new BasicStroke(LINE_WIDTH, BasicStroke.CAP_SQUARE, BasicStroke.JOIN_MITER));
        canvas.draw(square);
    }
}

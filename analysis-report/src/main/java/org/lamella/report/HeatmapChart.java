package org.lamella.report;

import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import org.jfree.chart.ChartRenderingInfo;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.AxisSpace;
import org.jfree.chart.block.RectangleConstraint;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.title.TextTitle;
import org.jfree.chart.title.Title;
import org.jfree.chart.ui.HorizontalAlignment;
import org.jfree.chart.ui.RectangleInsets;
import org.jfree.data.Range;

/**
 * A heat map laid out: its chart, and the size at which every cell is a square of whole pixels.
 *
 * <p>The room for axes, titles and colour bar is measured first and then fixed, so that the map gets exactly the rest.
 */
final class HeatmapChart implements Drawing {
    private static final int PADDING = 18;
    private static final int GAP_BETWEEN_MODELS = 3;
    private static final int LEAST_BAR = 120;
    private static final int ROOM_ABOVE_MAP = 30;
    private static final double TITLE_SIZE = 16;
    private static final double SUBTITLE_SIZE = 12;

    private final JFreeChart chart;
    private final int width;
    private final int height;

    private HeatmapChart(JFreeChart chart, int width, int height) {
        this.chart = chart;
        this.width = width;
        this.height = height;
    }

    @Override
    public int width() {
        return width;
    }

    @Override
    public int height() {
        return height;
    }

    /**
     * @param density pixels of the cells' image to a unit of the picture
     */
    static HeatmapChart of(Heatmap heatmap, int density) {
        PictureFonts fonts = PictureFonts.get();
        var matrix = heatmap.matrix();
        var colours = new ColourScale(heatmap.low(), heatmap.high());
        var columns = LayerScale.of(matrix.columns(), heatmap.cellSize(), GAP_BETWEEN_MODELS);
        var rows = LayerScale.of(matrix.rows(), heatmap.cellSize(), GAP_BETWEEN_MODELS);
        var columnAxis = new LayerAxis(columns, fonts);
        var rowAxis = new LayerAxis(rows, fonts);
        int left = (int) Math.ceil(rowAxis.thickness());
        int bottom = (int) Math.ceil(columnAxis.thickness());
        int barHeight = Math.max(rows.length(), LEAST_BAR);
        int top = ROOM_ABOVE_MAP + barHeight - rows.length();

        var plot = new XYPlot(null, columnAxis, rowAxis, null);
        plot.addAnnotation(new Cells(matrix, columns, rows, colours, fonts, density));
        plot.addAnnotation(new BlockMarks(heatmap.marks(), columns, rows));
        makePlain(plot);
        plot.setFixedRangeAxisSpace(space(left, 0, 0));
        plot.setFixedDomainAxisSpace(space(0, bottom, top));

        var bar = new ColourBar(matrix, heatmap.scaleName(), colours, fonts, barHeight, bottom);
        int contentWidth = left + columns.length() + bar.thickness();
        var chart = new JFreeChart(null, null, plot, false);
        chart.setBackgroundPaint(Ink.PAPER);
        chart.setPadding(new RectangleInsets(PADDING, PADDING, PADDING, PADDING));
        int titles = addTitle(chart, heatmap.title(), fonts.bold(heatmap.title(), TITLE_SIZE), contentWidth)
                + addTitle(chart, heatmap.subtitle(), fonts.regular(heatmap.subtitle(), SUBTITLE_SIZE), contentWidth);
        chart.addSubtitle(bar);
        return new HeatmapChart(chart, contentWidth + 2 * PADDING, titles + top + rows.length() + bottom + 2 * PADDING);
    }

    private static void makePlain(XYPlot plot) {
        plot.setInsets(RectangleInsets.ZERO_INSETS);
        plot.setAxisOffset(RectangleInsets.ZERO_INSETS);
        plot.setBackgroundPaint(Ink.PAPER);
        plot.setOutlineVisible(false);
        plot.setDomainGridlinesVisible(false);
        plot.setRangeGridlinesVisible(false);
    }

    private static AxisSpace space(int left, int bottom, int top) {
        var space = new AxisSpace();
        space.setLeft(left);
        space.setBottom(bottom);
        space.setTop(top);
        return space;
    }

    /** Adds a line of text above the map, wrapped to the width, and returns its height: a whole number. */
    private static int addTitle(JFreeChart chart, String text, Font font, int width) {
        if (text.isBlank()) {
            return 0;
        }
        var title = new TextTitle(Label.printable(text), font);
        title.setPaint(Ink.STRONG);
        title.setHorizontalAlignment(HorizontalAlignment.LEFT);
        title.setTextAlignment(HorizontalAlignment.LEFT);
        title.setMaximumLinesToDisplay(4);
        title.setMargin(RectangleInsets.ZERO_INSETS);
        title.setPadding(RectangleInsets.ZERO_INSETS);
        double measured = heightOf(title, width);
        int height = (int) Math.ceil(measured) + 4;
        title.setPadding(new RectangleInsets(0, 0, height - measured, 0));
        chart.addSubtitle(title);
        return height;
    }

    private static double heightOf(Title title, int width) {
        Graphics2D canvas = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB).createGraphics();
        prepare(canvas);
        try {
            return title.arrange(canvas, new RectangleConstraint(new Range(0, width), new Range(0, 1e6)))
                    .getHeight();
        } finally {
            canvas.dispose();
        }
    }

    /** Smooth lines and letters, and images with sharp pixels. */
    static void prepare(Graphics2D canvas) {
        canvas.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        canvas.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        canvas.setRenderingHint(RenderingHints.KEY_FRACTIONALMETRICS, RenderingHints.VALUE_FRACTIONALMETRICS_ON);
        canvas.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
        canvas.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_NEAREST_NEIGHBOR);
    }

    @Override
    public void draw(Graphics2D canvas) {
        drawAndFindCells(canvas);
    }

    /**
     * Draws the chart with its upper left corner at the origin.
     *
     * @return where the cells are
     */
    Rectangle2D drawAndFindCells(Graphics2D canvas) {
        prepare(canvas);
        var drawn = new ChartRenderingInfo();
        chart.draw(canvas, new Rectangle2D.Double(0, 0, width, height), drawn);
        return drawn.getPlotInfo().getDataArea();
    }
}

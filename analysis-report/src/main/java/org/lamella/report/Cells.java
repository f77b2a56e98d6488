package org.lamella.report;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.geom.AffineTransform;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferInt;
import java.util.Arrays;
import java.util.Locale;
import org.jfree.chart.annotations.AbstractXYAnnotation;
import org.jfree.chart.axis.ValueAxis;
import org.jfree.chart.plot.PlotRenderingInfo;
import org.jfree.chart.plot.XYPlot;
import org.jspecify.annotations.Nullable;
import org.lamella.similarity.CkaMatrix;

/**
 * The cells of a heat map: row 0 at the bottom, column 0 at the left, drawn as one image, which costs the same for any number
 * of layers. Where a cell has room, its value is written in it.
 */
final class Cells extends AbstractXYAnnotation {
    private static final long serialVersionUID = 1L;

    private static final double NUMBER_SIZE = 11;
    private static final int ROOM_FOR_NUMBER = 34;
    /** Pixels of the image from one stripe of an undefined cell to the next. */
    private static final int HATCH = 8;

    private final transient CkaMatrix matrix;
    private final transient LayerScale columns;
    private final transient LayerScale rows;
    private final transient ColourScale colours;
    private final transient PictureFonts fonts;
    private final int density;

    /**
     * @param density pixels of the image to a unit of the picture
     */
    Cells(CkaMatrix matrix, LayerScale columns, LayerScale rows, ColourScale colours, PictureFonts fonts, int density) {
        this.matrix = matrix;
        this.columns = columns;
        this.rows = rows;
        this.colours = colours;
        this.fonts = fonts;
        this.density = density;
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
        var place = AffineTransform.getTranslateInstance(dataArea.getX(), dataArea.getY());
        place.scale(1.0 / density, 1.0 / density);
        canvas.drawImage(image(), place, null);
        if (columns.cell() >= ROOM_FOR_NUMBER) {
            writeNumbers(canvas, dataArea);
        }
    }

    private BufferedImage image() {
        var image = new BufferedImage(density * columns.length(), density * rows.length(), BufferedImage.TYPE_INT_RGB);
        int[] pixels = ((DataBufferInt) image.getRaster().getDataBuffer()).getData();
        Arrays.fill(pixels, Ink.PAPER.getRGB());
        int side = density * columns.cell();
        for (int row = 0; row < rows.layers().size(); row++) {
            int y = density * (rows.length() - rows.start(row) - rows.cell());
            for (int column = 0; column < columns.layers().size(); column++) {
                double value = matrix.value(row, column);
                fill(pixels, image.getWidth(), value, density * columns.start(column), y, side);
            }
        }
        return image;
    }

    private void fill(int[] pixels, int width, double value, int left, int top, int side) {
        int colour = colours.colour(value);
        boolean hatched = Double.isNaN(value);
        for (int y = top; y < top + side; y++) {
            Arrays.fill(pixels, y * width + left, y * width + left + side, colour);
            for (int x = left; hatched && x < left + side; x++) {
                if ((x + y) % HATCH < 2) {
                    pixels[y * width + x] = ColourScale.UNDEFINED_HATCH;
                }
            }
        }
    }

    private void writeNumbers(Graphics2D canvas, Rectangle2D dataArea) {
        for (int row = 0; row < rows.layers().size(); row++) {
            for (int column = 0; column < columns.layers().size(); column++) {
                double value = matrix.value(row, column);
                if (!Double.isNaN(value)) {
                    String text = String.format(Locale.ROOT, "%.2f", value).replace('-', '\u2212');
                    Font font = fonts.regular(text, NUMBER_SIZE);
                    canvas.setFont(font);
                    canvas.setColor(colours.isLight(value) ? Ink.STRONG : Color.WHITE);
                    canvas.drawString(
                            text,
                            (float) (dataArea.getX() + columns.centre(column) - PictureFonts.width(text, font) / 2),
                            (float) (dataArea.getMaxY() - rows.centre(row) + NUMBER_SIZE * 0.36));
                }
            }
        }
    }
}

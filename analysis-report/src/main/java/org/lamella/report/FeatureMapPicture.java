package org.lamella.report;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import org.lamella.run.FeatureMap;

/**
 * The feature maps of a layer for one example as a grid of pictures, channel by channel, row by row. All channels share one colour
 * scale, from the smallest value of the layer to the largest, so that a dark picture is a channel that says little.
 */
public final class FeatureMapPicture {
    private static final int WIDEST = 900;
    private static final int SMALLEST_TILE = 48;
    private static final int GAP = 3;
    private static final int MARGIN = 14;
    private static final int TITLE = 40;

    private FeatureMapPicture() {}

    /**
     * Writes the picture, whole or not at all, and makes the folder if there is none.
     *
     * @param file ends with {@code .png}
     */
    public static void save(FeatureMap map, Path file) {
        WholeFile.write(file, png(map));
    }

    static byte[] png(FeatureMap map) {
        int cell = Math.max(1, (SMALLEST_TILE + map.width() - 1) / map.width());
        int width = cell * map.width();
        int height = cell * map.height();
        int columns = Math.max(
                1,
                Math.min((int) Math.ceil(Math.sqrt(map.channels() * (double) height / width)), WIDEST / (width + GAP)));
        int rows = (map.channels() - 1) / columns + 1;
        String title = Label.printable("%s, example %s".formatted(map.layer(), map.id()));
        Font bold = PictureFonts.get().bold(title, 13);
        float low = Float.POSITIVE_INFINITY;
        float high = Float.NEGATIVE_INFINITY;
        for (float value : map.values()) {
            low = Math.min(low, value);
            high = Math.max(high, value);
        }
        String range = "%d channels of %d × %d; black is %.3g, white is %.3g"
                .formatted(map.channels(), map.height(), map.width(), low, high);
        Font regular = PictureFonts.get().regular(range, 11);
        int text = (int) Math.ceil(Math.max(PictureFonts.width(title, bold), PictureFonts.width(range, regular)));
        var image = new BufferedImage(
                2 * MARGIN + Math.max(text, columns * (width + GAP) - GAP),
                TITLE + 2 * MARGIN + rows * (height + GAP) - GAP,
                BufferedImage.TYPE_INT_RGB);
        Graphics2D canvas = image.createGraphics();
        try {
            canvas.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
            canvas.setColor(Ink.PAPER);
            canvas.fillRect(0, 0, image.getWidth(), image.getHeight());
            canvas.setColor(Ink.STRONG);
            canvas.setFont(bold);
            canvas.drawString(title, MARGIN, MARGIN + 12);
            canvas.setColor(Ink.TEXT);
            canvas.setFont(regular);
            canvas.drawString(range, MARGIN, MARGIN + 30);
            for (int channel = 0; channel < map.channels(); channel++) {
                int left = MARGIN + channel % columns * (width + GAP);
                int top = TITLE + MARGIN + channel / columns * (height + GAP);
                drawChannel(canvas, map, channel, low, high, cell, left, top);
            }
        } finally {
            canvas.dispose();
        }
        return PngPicture.encode(image, 1);
    }

    private static void drawChannel(
            Graphics2D canvas, FeatureMap map, int channel, float low, float high, int cell, int left, int top) {
        int plane = map.height() * map.width();
        for (int at = 0; at < plane; at++) {
            float value = map.values()[channel * plane + at];
            float grey = high > low ? (value - low) / (high - low) : 0;
            canvas.setColor(new Color(grey, grey, grey));
            canvas.fillRect(left + at % map.width() * cell, top + at / map.width() * cell, cell, cell);
        }
    }
}

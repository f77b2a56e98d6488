package org.lamella.report;

import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferInt;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/**
 * Heat maps as PNG, 8 bits each of red, green and blue.
 *
 * <p>Every row is stored as its difference from the row above, the filter that suits pictures of squares: rows inside a
 * cell become zeros. Java's own writer tries all filters on every row, which takes ten times as long for larger files.
 */
final class PngPicture {
    private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    private static final byte FILTER_UP = 2;
    /** Pixels of an ordinary screen to a metre: 96 to an inch. */
    private static final double PIXELS_PER_METRE = 96 / 0.0254;

    private PngPicture() {}

    static byte[] of(Heatmap heatmap) {
        return of(HeatmapChart.of(heatmap, heatmap.density()), heatmap.density());
    }

    /** @param density pixels for each pixel of an ordinary screen */
    static byte[] of(Drawing chart, int density) {
        var image = new BufferedImage(density * chart.width(), density * chart.height(), BufferedImage.TYPE_INT_RGB);
        Graphics2D canvas = image.createGraphics();
        try {
            canvas.scale(density, density);
            chart.draw(canvas);
        } finally {
            canvas.dispose();
        }
        return encode(image, density);
    }

    /**
     * @param image of type {@link BufferedImage#TYPE_INT_RGB}
     * @param density pixels for each pixel of an ordinary screen
     */
    static byte[] encode(BufferedImage image, int density) {
        int perMetre = (int) Math.round(density * PIXELS_PER_METRE);
        var png = new ByteArrayOutputStream();
        png.writeBytes(SIGNATURE);
        writeChunk(
                png,
                "IHDR",
                ByteBuffer.allocate(13)
                        .putInt(image.getWidth())
                        .putInt(image.getHeight())
                        .put(new byte[] {8, 2, 0, 0, 0})
                        .array());
        writeChunk(
                png,
                "pHYs",
                ByteBuffer.allocate(9)
                        .putInt(perMetre)
                        .putInt(perMetre)
                        .put((byte) 1)
                        .array());
        writeChunk(png, "IDAT", compressed(image));
        writeChunk(png, "IEND", new byte[0]);
        return png.toByteArray();
    }

    private static byte[] compressed(BufferedImage image) {
        int width = image.getWidth();
        int[] pixels = ((DataBufferInt) image.getRaster().getDataBuffer()).getData();
        byte[] row = new byte[1 + 3 * width];
        row[0] = FILTER_UP;
        byte[] piece = new byte[1 << 16];
        var bytes = new ByteArrayOutputStream();
        var deflater = new Deflater();
        try {
            for (int y = 0; y < image.getHeight(); y++) {
                for (int x = 0; x < width; x++) {
                    int here = pixels[y * width + x];
                    int above = y == 0 ? 0 : pixels[(y - 1) * width + x];
                    row[1 + 3 * x] = (byte) ((here >> 16) - (above >> 16));
                    row[2 + 3 * x] = (byte) ((here >> 8) - (above >> 8));
                    row[3 + 3 * x] = (byte) (here - above);
                }
                deflater.setInput(row);
                while (!deflater.needsInput()) {
                    bytes.write(piece, 0, deflater.deflate(piece));
                }
            }
            deflater.finish();
            while (!deflater.finished()) {
                bytes.write(piece, 0, deflater.deflate(piece));
            }
        } finally {
            deflater.end();
        }
        return bytes.toByteArray();
    }

    /** Length, type, content, and the checksum of the latter two. */
    private static void writeChunk(ByteArrayOutputStream png, String type, byte[] content) {
        byte[] name = type.getBytes(StandardCharsets.US_ASCII);
        var checksum = new CRC32();
        checksum.update(name);
        checksum.update(content);
        png.writeBytes(ByteBuffer.allocate(4).putInt(content.length).array());
        png.writeBytes(name);
        png.writeBytes(content);
        png.writeBytes(ByteBuffer.allocate(4).putInt((int) checksum.getValue()).array());
    }
}

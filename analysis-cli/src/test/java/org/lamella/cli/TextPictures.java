package org.lamella.cli;

import java.awt.Color;
import java.awt.Font;
import java.awt.FontFormatException;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import javax.imageio.ImageIO;

/** Pictures of printed text, as a text recognizer is given them: letters of many sizes and colours, slightly turned, with noise. */
final class TextPictures {
    private final Font font;
    private final Random random;

    TextPictures(long seed) throws IOException {
        this.random = new Random(seed);
        try (InputStream in = TextPictures.class.getResourceAsStream("/liberation/LiberationSans-Regular.ttf")) {
            this.font = Font.createFont(Font.TRUETYPE_FONT, in);
        } catch (FontFormatException e) {
            throw new IOException(e);
        }
    }

    /** A folder of PNG files, one for each text, with so many lines of it one below the other. */
    Path write(Path folder, List<String> texts, int width, int height, int lines) throws IOException {
        Files.createDirectories(folder);
        for (int i = 0; i < texts.size(); i++) {
            ImageIO.write(
                    picture(texts.get(i), width, height, lines),
                    "png",
                    folder.resolve("%04d.png".formatted(i)).toFile());
        }
        return folder;
    }

    private BufferedImage picture(String text, int width, int height, int lines) {
        var picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = picture.createGraphics();
        try {
            graphics.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
            int paper = 150 + random.nextInt(106);
            graphics.setColor(new Color(paper, paper - random.nextInt(30), paper - random.nextInt(30)));
            graphics.fillRect(0, 0, width, height);
            graphics.setColor(new Color(random.nextInt(100), random.nextInt(100), random.nextInt(100)));
            graphics.rotate((random.nextDouble() - 0.5) * 0.06);
            float size = height / (float) lines * (0.45f + 0.3f * random.nextFloat());
            graphics.setFont(font.deriveFont(size));
            for (int line = 0; line < lines; line++) {
                int from = Math.min(text.length(), line * text.length() / lines);
                graphics.drawString(text.substring(from), 4 + random.nextInt(10), (line + 0.75f) * height / lines);
            }
        } finally {
            graphics.dispose();
        }
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                picture.setRGB(x, y, noisy(picture.getRGB(x, y)));
            }
        }
        return picture;
    }

    private int noisy(int pixel) {
        int noise = (int) (6 * random.nextGaussian());
        int result = 0;
        for (int shift = 0; shift < 24; shift += 8) {
            int value = Math.max(0, Math.min(255, (pixel >> shift & 255) + noise));
            result |= value << shift;
        }
        return result;
    }
}

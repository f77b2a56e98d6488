package org.lamella.data;

import java.awt.image.ColorModel;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Locale;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.event.IIOReadWarningListener;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.jspecify.annotations.Nullable;
import org.lamella.LamellaException;

/**
 * The pixels of a PNG or JPEG file, upright, from 0 to 1, with the channels wanted.
 *
 * <p>Samples are taken as they are stored and divided by the largest that their depth allows. Colour profiles and gamma are not
 * applied and alpha is left away: this is what Pillow's {@code convert("RGB")} does, with which networks were trained. (Java's own
 * {@code BufferedImage.getRGB} would brighten grey images.) CMYK becomes red, green and blue by (1 - ink) (1 - black).
 */
final class DecodedImage implements PixelRows {
    private final ImageHeader header;
    private final Raster raster;
    private final float @Nullable [] @Nullable [] palette;
    /** The largest sample that the depth allows. */
    private final float largest;

    private final int channels;
    private final int bands;
    private final int[] samples;

    private DecodedImage(ImageHeader header, Raster raster, @Nullable ColorModel model, int channels) {
        this.header = header;
        this.raster = raster;
        this.palette = model instanceof IndexColorModel indexed ? palette(indexed) : null;
        this.largest = (1 << raster.getSampleModel().getSampleSize(0)) - 1;
        this.channels = channels;
        this.bands = raster.getNumBands() == 2 ? 1 : raster.getNumBands();
        this.samples = new int[Math.max(header.width(), header.height())];
    }

    private static float[][] palette(IndexColorModel indexed) {
        float[][] colours = new float[3][indexed.getMapSize()];
        for (int i = 0; i < indexed.getMapSize(); i++) {
            colours[0][i] = indexed.getRed(i) / 255f;
            colours[1][i] = indexed.getGreen(i) / 255f;
            colours[2][i] = indexed.getBlue(i) / 255f;
        }
        return colours;
    }

    /**
     * Decodes a file.
     *
     * @param where the file, for messages
     * @param channels wanted: 1 or 3
     * @throws LamellaException if it is cut off or damaged
     */
    static DecodedImage of(String where, byte[] file, ImageHeader header, int channels) {
        requireMemory(where, header);
        ImageReader reader = ImageIO.getImageReadersByFormatName(
                        header.format().name().toLowerCase(Locale.ROOT))
                .next();
        try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
            reader.setInput(in, true, true);
            reader.addIIOReadWarningListener(refusingWhatIsCutOff(where));
            if (reader.canReadRaster()) {
                return new DecodedImage(header, checked(where, header, reader.readRaster(0, null)), null, channels);
            }
            var image = reader.read(0);
            return new DecodedImage(header, checked(where, header, image.getRaster()), image.getColorModel(), channels);
        } catch (LamellaException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw new LamellaException(where, "is a damaged image: " + reason(e), e);
        } finally {
            reader.dispose();
        }
    }

    /** The innermost words on the file; of some exceptions the decoder says nothing but that it met one. */
    private static String reason(Throwable failure) {
        String said = "its content contradicts itself";
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String message = cause.getMessage();
            if (cause instanceof IOException
                    && message != null
                    && !message.strip().endsWith(":")) {
                said = message;
            }
        }
        return said;
    }

    // At most two bytes a sample; several images are decoded at once.
    private static void requireMemory(String where, ImageHeader header) {
        long needed = 2L * header.width() * header.height() * header.channels();
        long room = Runtime.getRuntime().maxMemory() / 4;
        if (needed > room) {
            throw new LamellaException(
                    where,
                    "is %,d x %,d pixels, for which Java's memory is too small; -Xmx%dg makes it large enough"
                            .formatted(header.height(), header.width(), 4 * needed / (1L << 30) + 1));
        }
    }

    private static Raster checked(String where, ImageHeader header, Raster raster) {
        if (raster.getWidth() != header.width() || raster.getHeight() != header.height()) {
            throw new LamellaException(where, "is a damaged image: its size is given twice, and differs");
        }
        return raster;
    }

    // The decoder fills what is missing with grey and only warns.
    private static IIOReadWarningListener refusingWhatIsCutOff(String where) {
        return (source, warning) -> {
            if (warning.matches("(?i).*(premature end|truncated|missing eoi|bad huffman).*")) {
                throw new LamellaException(where, "is cut off or damaged: " + warning);
            }
        };
    }

    @Override
    public int channels() {
        return channels;
    }

    @Override
    public int height() {
        return header.uprightHeight();
    }

    @Override
    public int width() {
        return header.uprightWidth();
    }

    @Override
    public void read(int row, float[] into) {
        int width = width();
        float[] colours = new float[Math.max(3, bands) * width];
        for (int band = 0; band < bands; band++) {
            sampled(row, band, colours, band * width);
        }
        int decoded = decodeColours(colours, width);
        if (channels == 1 && decoded == 3) {
            for (int x = 0; x < width; x++) {
                into[x] = ChannelsDataset.grey(colours[x], colours[width + x], colours[2 * width + x]);
            }
            return;
        }
        for (int channel = 0; channel < channels; channel++) {
            System.arraycopy(colours, decoded == 1 ? 0 : channel * width, into, channel * width, width);
        }
    }

    // A row of the upright image is a row or a column of the stored one, forwards or backwards.
    private void sampled(int row, int band, float[] into, int at) {
        int orientation = header.orientation();
        boolean aside = orientation >= 5;
        boolean fromTheEnd = orientation == 3 || orientation == 4 || orientation == 7 || orientation == 8;
        boolean backwards = orientation == 2 || orientation == 3 || orientation == 6 || orientation == 7;
        int line = fromTheEnd ? height() - 1 - row : row;
        if (aside) {
            raster.getSamples(line, 0, 1, header.height(), band, samples);
        } else {
            raster.getSamples(0, line, header.width(), 1, band, samples);
        }
        int width = width();
        for (int x = 0; x < width; x++) {
            int sample = samples[backwards ? width - 1 - x : x];
            into[at + x] = palette == null ? sample / largest : sample;
        }
    }

    /** Samples to grey (1) or red, green and blue (3); says which. */
    private int decodeColours(float[] row, int width) {
        if (palette != null) {
            for (int x = 0; x < width; x++) {
                int entry = (int) row[x];
                for (int channel = 2; channel >= 0; channel--) {
                    row[channel * width + x] = entry < palette[channel].length ? palette[channel][entry] : 0;
                }
            }
            return 3;
        }
        switch (header.colours()) {
            case AS_THEY_ARE -> {}
            case YCBCR -> fromYCbCr(row, width);
            case CMYK -> fromInks(row, width, true);
            case CMYK_INVERTED -> fromInks(row, width, false);
            case YCCK_INVERTED -> {
                fromYCbCr(row, width);
                fromInks(row, width, false);
            }
        }
        return bands == 1 ? 1 : 3;
    }

    // ITU-R BT.601 at full range (JFIF).
    private static void fromYCbCr(float[] row, int width) {
        float middle = 128f / 255f;
        for (int x = 0; x < width; x++) {
            float luma = row[x];
            float blue = row[width + x] - middle;
            float red = row[2 * width + x] - middle;
            row[x] = clipped(luma + 1.402f * red);
            row[width + x] = clipped(luma - 0.344136f * blue - 0.714136f * red);
            row[2 * width + x] = clipped(luma + 1.772f * blue);
        }
    }

    private static float clipped(float value) {
        return Math.min(1, Math.max(0, value));
    }

    private static void fromInks(float[] row, int width, boolean inks) {
        for (int channel = 0; channel < 3; channel++) {
            for (int x = 0; x < width; x++) {
                float colour = row[channel * width + x];
                float black = row[3 * width + x];
                row[channel * width + x] = inks ? (1 - colour) * (1 - black) : colour * black;
            }
        }
    }
}

package org.lamella.run;

import java.awt.image.BufferedImage;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.lamella.AtomicFile;
import org.lamella.LamellaException;
import org.lamella.data.Dataset;
import org.lamella.data.Examples;
import org.lamella.data.Resize;

/** Examples that are images, as small pictures of themselves: as the data give them, before anything was done to them for a model. */
final class ExampleImages {
    /** Side above which images are made smaller. */
    private static final int LARGEST = 96;

    private final Dataset images;
    private final int channels;
    private final int height;
    private final int width;

    private ExampleImages(Dataset images, List<Integer> shape) {
        this.images = images;
        this.channels = shape.get(0);
        this.height = shape.get(1);
        this.width = shape.get(2);
    }

    /** Empty if the examples are no images of one or three channels. */
    static Optional<ExampleImages> of(Examples examples) {
        if (!(examples instanceof Dataset data)) {
            return Optional.empty();
        }
        Dataset small = small(data);
        List<Integer> shape = small.shape();
        boolean picture =
                shape.size() == 3 && (shape.get(0) == 1 || shape.get(0) == 3) && shape.get(1) > 1 && shape.get(2) > 1;
        return picture ? Optional.of(new ExampleImages(small, shape)) : Optional.empty();
    }

    private static Dataset small(Dataset data) {
        try {
            List<Integer> shape = data.shape();
            boolean large = shape.size() == 3 && Math.max(shape.get(1), shape.get(2)) > LARGEST;
            return large ? data.resized(Resize.shorterSide(LARGEST)) : data;
        } catch (LamellaException e) {
            // Images in files of several sizes have no shape before they are brought to one.
            return data.resized(Resize.shorterSide(LARGEST));
        }
    }

    /** Writes an example as PNG. */
    void write(int example, Path file) {
        BufferedImage picture = picture(example);
        AtomicFile.write(file, out -> ImageIO.write(picture, "png", out));
    }

    BufferedImage picture(int example) {
        float[] pixels = new float[channels * height * width];
        images.read(new int[] {example}, FloatBuffer.wrap(pixels));
        float low = 0;
        float high = 1;
        for (float pixel : pixels) {
            low = Math.min(low, pixel);
            high = Math.max(high, pixel);
        }
        var picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        int plane = height * width;
        for (int at = 0; at < plane; at++) {
            int rgb = 0;
            for (int channel = 0; channel < 3; channel++) {
                float value = pixels[channel % channels * plane + at];
                rgb = rgb << 8 | Math.round(255 * (value - low) / (high - low));
            }
            picture.setRGB(at % width, at / width, rgb);
        }
        return picture;
    }
}

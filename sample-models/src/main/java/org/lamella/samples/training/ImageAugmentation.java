package org.lamella.samples.training;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.lamella.LamellaException;

/** Moves and mirrors images at random, as He et al. 2015 do for CIFAR. Not safe for use by several threads. */
final class ImageAugmentation {
    private final TrainingSpec.Augmentation options;
    private final int channels;
    private final int height;
    private final int width;
    private final float[] copy;

    /**
     * @param shape channels, height and width of an image; anything else is left as it is
     * @throws LamellaException if examples of another shape are to be moved or mirrored
     */
    ImageAugmentation(TrainingSpec.Augmentation options, List<Integer> shape) {
        boolean image = shape.size() == 3;
        if (!image && (options.crop() > 0 || options.flip())) {
            throw new LamellaException("augmentation", "needs images, and the examples are " + shape);
        }
        this.options = options;
        this.channels = image ? shape.get(0) : 0;
        this.height = image ? shape.get(1) : 0;
        this.width = image ? shape.get(2) : 0;
        this.copy = new float[channels * height * width];
    }

    /**
     * Changes one image.
     *
     * @param images modified: the image's channels × height × width numbers from {@code offset} on
     */
    void apply(float[] images, int offset, SplittableRandom random) {
        int down = random.nextInt(-options.crop(), options.crop() + 1);
        int right = random.nextInt(-options.crop(), options.crop() + 1);
        boolean mirrored = options.flip() && random.nextBoolean();
        if (down == 0 && right == 0 && !mirrored) {
            return;
        }
        System.arraycopy(images, offset, copy, 0, copy.length);
        Arrays.fill(images, offset, offset + copy.length, 0f);
        for (int channel = 0; channel < channels; channel++) {
            for (int row = Math.max(0, down); row < Math.min(height, height + down); row++) {
                int to = offset + (channel * height + row) * width;
                int from = (channel * height + row - down) * width;
                for (int column = Math.max(0, right); column < Math.min(width, width + right); column++) {
                    int source = column - right;
                    images[to + column] = copy[from + (mirrored ? width - 1 - source : source)];
                }
            }
        }
    }
}

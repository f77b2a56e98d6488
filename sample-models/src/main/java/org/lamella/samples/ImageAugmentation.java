package org.lamella.samples;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Moves and mirrors images at random, as He et al. 2015 do for CIFAR. Not safe for use by several threads. */
final class ImageAugmentation {
    private final TrainingSpec.Augmentation options;
    private final int channels;
    private final int height;
    private final int width;
    private final SplittableRandom random;
    private final float[] copy;

    /** @param shape channels, height and width of an image */
    ImageAugmentation(TrainingSpec.Augmentation options, List<Integer> shape, long seed) {
        this.options = options;
        this.channels = shape.get(0);
        this.height = shape.get(1);
        this.width = shape.get(2);
        this.random = new SplittableRandom(seed);
        this.copy = new float[channels * height * width];
    }

    /**
     * Changes one image.
     *
     * @param images modified: the image's channels × height × width numbers from {@code offset} on
     */
    void apply(float[] images, int offset) {
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

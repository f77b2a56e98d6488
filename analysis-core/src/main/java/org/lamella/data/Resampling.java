package org.lamella.data;

/**
 * Scales images as {@link Resize} says, first along rows, then along columns, in float32.
 *
 * <p>For output pixel i and a scale s (input over output pixels) the weights are those of a triangle of half width max(s, 1)
 * around (i + 1/2) s, at the centres of the input pixels, divided by their sum. This is the bilinear filter of Pillow's {@code
 * Image.resize}. Only what the cut keeps is computed.
 */
final class Resampling {
    private final int[] first;
    private final float[][] weights;

    private Resampling(int[] first, float[][] weights) {
        this.first = first;
        this.weights = weights;
    }

    /** Along one axis: outputs from {@code start} on, of an axis that is scaled from {@code length} to {@code scaled}. */
    private static Resampling axis(int length, int scaled, int start, int outputs) {
        double scale = (double) length / scaled;
        double half = Math.max(scale, 1);
        int[] first = new int[outputs];
        float[][] weights = new float[outputs][];
        for (int i = 0; i < outputs; i++) {
            double centre = (start + i + 0.5) * scale;
            first[i] = Math.max(0, (int) (centre - half + 0.5));
            int end = Math.min(length, (int) (centre + half + 0.5));
            double[] triangle = new double[end - first[i]];
            double sum = 0;
            for (int k = 0; k < triangle.length; k++) {
                triangle[k] = Math.max(0, 1 - Math.abs((first[i] + k + 0.5 - centre) / half));
                sum += triangle[k];
            }
            weights[i] = new float[triangle.length];
            for (int k = 0; k < triangle.length; k++) {
                weights[i][k] = (float) (triangle[k] / sum);
            }
        }
        return new Resampling(first, weights);
    }

    /** Where the cut begins, as torchvision rounds it: halves go to the even number. */
    private static int margin(int scaled, int cut) {
        return (int) Math.rint((scaled - cut) / 2.0);
    }

    /**
     * An image in another size.
     *
     * @return channels × height × width after the cut
     */
    static float[] resized(PixelRows image, Resize resize) {
        int height = image.height();
        int width = image.width();
        int scaledHeight = resize.scaledHeight(height, width);
        int scaledWidth = resize.scaledWidth(height, width);
        Resampling down = axis(height, scaledHeight, margin(scaledHeight, resize.cropHeight()), resize.cropHeight());
        Resampling along = axis(width, scaledWidth, margin(scaledWidth, resize.cropWidth()), resize.cropWidth());
        return down.columns(along.rows(image, down.first[0], down.end()), image.channels());
    }

    private int end() {
        return first[first.length - 1] + weights[weights.length - 1].length;
    }

    // Rows from begin to end, each channels × outputs.
    private float[][] rows(PixelRows image, int begin, int end) {
        int outputs = first.length;
        float[] row = new float[image.channels() * image.width()];
        float[][] scaled = new float[end][];
        for (int y = begin; y < end; y++) {
            image.read(y, row);
            scaled[y] = new float[image.channels() * outputs];
            for (int channel = 0; channel < image.channels(); channel++) {
                for (int i = 0; i < outputs; i++) {
                    int from = channel * image.width() + first[i];
                    float sum = 0;
                    for (int k = 0; k < weights[i].length; k++) {
                        sum += weights[i][k] * row[from + k];
                    }
                    scaled[y][channel * outputs + i] = sum;
                }
            }
        }
        return scaled;
    }

    private float[] columns(float[][] rows, int channels) {
        int width = rows[first[0]].length / channels;
        float[] image = new float[channels * first.length * width];
        for (int y = 0; y < first.length; y++) {
            for (int k = 0; k < weights[y].length; k++) {
                float[] row = rows[first[y] + k];
                float weight = weights[y][k];
                for (int channel = 0; channel < channels; channel++) {
                    int to = (channel * first.length + y) * width;
                    for (int x = 0; x < width; x++) {
                        image[to + x] += weight * row[channel * width + x];
                    }
                }
            }
        }
        return image;
    }
}

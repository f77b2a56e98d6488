package org.lamella.data;

import org.lamella.LamellaException;

/**
 * How images are brought to one size: scaled, then cut to the middle. What is scaled is interpolated bilinearly, by a triangle as
 * wide as the pixels that become one, so that no pixel of a larger image is passed over (what Pillow and torchvision call bilinear
 * with antialias).
 *
 * @param fit what scaling does to the sides
 * @param height the scaled image's, or the one that it covers
 * @param width likewise
 * @param cropHeight height after the cut; not above {@code height}
 * @param cropWidth likewise
 */
public record Resize(Fit fit, int height, int width, int cropHeight, int cropWidth) {
    /** The longest side that is made. */
    private static final int LONGEST = 8192;

    /** What scaling does to the sides of an image. */
    public enum Fit {
        /** Keeps their ratio: the smallest image that covers a height and a width. */
        COVER,
        /** Makes them what is asked for. */
        STRETCH
    }

    /** @throws LamellaException if a length is not positive, too large, or the cut is larger than the image */
    public Resize {
        for (int length : new int[] {height, width, cropHeight, cropWidth}) {
            if (length < 1 || length > LONGEST) {
                throw new LamellaException(
                        "--resize", "a side of %d is not from 1 to %,d pixels".formatted(length, LONGEST));
            }
        }
        if (cropHeight > height || cropWidth > width) {
            throw new LamellaException(
                    "--resize",
                    "%d x %d pixels cannot be cut out of %d x %d".formatted(cropHeight, cropWidth, height, width));
        }
    }

    /** The shorter side becomes a length and the ratio is kept; a square is cut out of the middle. */
    public static Resize shorterSide(int length) {
        return covering(length, length);
    }

    /** Scaled with the ratio kept until a rectangle is just covered, which is cut out of the middle. */
    public static Resize covering(int height, int width) {
        return new Resize(Fit.COVER, height, width, height, width);
    }

    /** Both sides as given, whatever the ratio was. */
    public static Resize exactly(int height, int width) {
        return new Resize(Fit.STRETCH, height, width, height, width);
    }

    /** The same scale with another rectangle cut out of the middle. */
    public Resize croppedTo(int newHeight, int newWidth) {
        return new Resize(fit, height, width, newHeight, newWidth);
    }

    /** The scaled height of an image, before the cut. */
    int scaledHeight(int imageHeight, int imageWidth) {
        return scaled(height, width, imageHeight, imageWidth);
    }

    /** The scaled width of an image, before the cut. */
    int scaledWidth(int imageHeight, int imageWidth) {
        return scaled(width, height, imageWidth, imageHeight);
    }

    // One side, given both of the target and of the image. The longer side is rounded down, as torchvision does.
    private int scaled(int target, int otherTarget, int length, int otherLength) {
        if (fit == Fit.STRETCH) {
            return target;
        }
        return (int) Math.max(target, (long) otherTarget * length / otherLength);
    }

    /** In words: {@code shorter side 256, centre crop 224 x 224}. */
    @Override
    public String toString() {
        String cut = "centre crop %d x %d".formatted(cropHeight, cropWidth);
        if (fit == Fit.COVER) {
            return (height == width ? "shorter side " + height : "covering %d x %d".formatted(height, width)) + ", "
                    + cut;
        }
        String scaled = "resized to %d x %d".formatted(height, width);
        return cropHeight == height && cropWidth == width ? scaled : scaled + ", " + cut;
    }
}

package org.lamella.block;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A run of layers that are nearly the same representation.
 *
 * @param start index of the first layer
 * @param end index after the last layer
 * @param first name of the first layer
 * @param last name of the last layer
 * @param mean similarity of the pairs of comparable layers inside
 * @param min the least similar of these pairs
 * @param contrast by how much that pair is still more similar than the layer at the weaker border is to the block on average
 * @param before the contrast at the start; NaN where the model begins
 * @param after the contrast at the end; NaN where the model ends
 * @param apart names of layers inside that are not compared with the others, being out of line with them or undefined
 * @param stability absent where it was not measured
 */
public record Block(
        int start,
        int end,
        String first,
        String last,
        double mean,
        double min,
        double contrast,
        double before,
        double after,
        List<String> apart,
        @Nullable Stability stability) {
    public Block {
        apart = List.copyOf(apart);
    }

    /** Number of layers from the first to the last. */
    public int length() {
        return end - start;
    }

    /** The layers in both blocks over the layers in either: 1 for the same, 0 for nothing in common. */
    public double overlap(Block other) {
        int shared = Math.min(end, other.end) - Math.max(start, other.start);
        return shared <= 0 ? 0 : shared / (double) (length() + other.length() - shared);
    }

    /** With how sure it is. */
    public Block withStability(Stability measured) {
        return new Block(start, end, first, last, mean, min, contrast, before, after, apart, measured);
    }

    /** In a line. */
    @Override
    public String toString() {
        String text = String.format(
                Locale.ROOT,
                "layers %d to %d (%s … %s): mean %.3f, least %.3f, contrast %.3f",
                start,
                end - 1,
                first,
                last,
                mean,
                min,
                contrast);
        return stability == null ? text : text + String.format(Locale.ROOT, ", stability %.2f", stability.share());
    }
}

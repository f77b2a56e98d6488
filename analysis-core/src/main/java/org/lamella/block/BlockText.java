package org.lamella.block;

import java.util.List;
import java.util.Locale;

/** A block in words for a reader who has not met the terms. */
public final class BlockText {
    /** From here on the first components of a block's layers are called one direction. */
    private static final double ONE_DIRECTION = 0.8;

    /** Of a layer's variance, from here on. */
    private static final double MOST = 0.5;

    /** Of a block's similarity above that of what is left, from here on. */
    private static final double GONE = 0.25;

    private static final int NAMED = 5;

    private BlockText() {}

    /** One paragraph, without what {@link Block#explanation} would say if there is none. */
    public static String paragraph(Block block) {
        var text = new StringBuilder(String.format(
                Locale.ROOT,
                "Layers %d to %d, %s to %s, say nearly the same: two of them have a similarity of %.3f on average and"
                        + " of %.3f at least, ",
                block.start(),
                block.end() - 1,
                block.first(),
                block.last(),
                block.mean(),
                block.min()));
        text.append(border(block));
        if (!block.apart().isEmpty()) {
            text.append(String.format(
                    Locale.ROOT,
                    " %d of its %d layers are left out of these numbers, being out of line or undefined: %s.",
                    block.apart().size(),
                    block.length(),
                    named(block.apart())));
        }
        Stability stability = block.stability();
        if (stability != null) {
            text.append(stability(block, stability));
        }
        Explanation explanation = block.explanation();
        if (explanation != null) {
            text.append(explanation(explanation));
        }
        return text.toString();
    }

    private static String border(Block block) {
        if (Double.isNaN(block.before()) || Double.isNaN(block.after())) {
            return String.format(
                    Locale.ROOT,
                    "%.3f more than the layer %s has with them on average.",
                    block.contrast(),
                    Double.isNaN(block.before()) ? "after" : "before");
        }
        return String.format(
                Locale.ROOT,
                "%.3f more than the layer before has with them on average and %.3f more than the layer after.",
                block.before(),
                block.after());
    }

    private static String stability(Block block, Stability measured) {
        String share = String.format(
                Locale.ROOT, " It comes back in %.0f %% of the draws from the batches", 100 * measured.share());
        if (measured.share() == 0) {
            return share + ", so it may be chance.";
        }
        boolean fixed = measured.startLow() == measured.startHigh()
                && measured.endLow() == measured.endHigh()
                && measured.startLow() == block.start()
                && measured.endLow() == block.end();
        return share
                + (fixed
                        ? ", with the same borders."
                        : ", from layer %s to layer %s."
                                .formatted(
                                        range(measured.startLow(), measured.startHigh()),
                                        range(measured.endLow() - 1, measured.endHigh() - 1)));
    }

    private static String range(int low, int high) {
        return low == high ? Integer.toString(low) : low + "–" + high;
    }

    private static String explanation(Explanation found) {
        String verdict = found.cosine() >= ONE_DIRECTION && found.share() >= MOST
                ? "Most of what its layers say is one direction that they share"
                : found.cosine() >= ONE_DIRECTION
                        ? "Its layers share one direction, though it is not most of what they say"
                        : "Its layers do not share one direction";
        boolean gone = found.similarity() > 0 && found.without() < found.similarity() * (1 - GONE);
        String text = String.format(
                Locale.ROOT,
                " %s: the first principal component has %.0f %% of a layer's variance on average (%.0f to %.0f %%),"
                        + " and those of two layers have a squared cosine of %.2f. Without that component the similarity"
                        + " inside goes from %.3f to %.3f: %s.",
                verdict,
                100 * found.share(),
                100 * found.leastShare(),
                100 * found.largestShare(),
                found.cosine(),
                found.similarity(),
                found.without(),
                gone ? "the block is largely that component" : "the block is more than that component");
        return found.dominant().isEmpty()
                ? text
                : text + " The examples that it is strongest for in most layers: " + named(found.dominant()) + ".";
    }

    private static String named(List<String> all) {
        String first = String.join(", ", all.subList(0, Math.min(NAMED, all.size())));
        return all.size() > NAMED ? first + " and " + (all.size() - NAMED) + " more" : first;
    }
}

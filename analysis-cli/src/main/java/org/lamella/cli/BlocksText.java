package org.lamella.cli;

import java.util.List;
import java.util.Locale;
import org.lamella.block.Block;
import org.lamella.block.BlockText;
import org.lamella.block.Blocks;
import org.lamella.block.Stability;

/** Blocks as a table for a terminal, with a paragraph each. */
final class BlocksText {
    private static final int WIDEST_NAME = 32;

    private BlocksText() {}

    static String of(Blocks found) {
        if (found.isEmpty()) {
            return found.toString();
        }
        int first = width(found.blocks().stream().map(Block::first).toList());
        int last = width(found.blocks().stream().map(Block::last).toList());
        String row = "%n%-11s  %-" + first + "s  %-" + last + "s  %6s  %6s  %8s  %9s  %-11s  %s";
        var text = new StringBuilder(found.toString().lines().findFirst().orElse(""));
        text.append(row.formatted(
                "layers", "first", "last", "mean", "least", "contrast", "stability", "starts at", "ends at"));
        for (Block block : found.blocks()) {
            Stability stability = block.stability();
            text.append(row.formatted(
                    range(block.start(), block.end() - 1),
                    shortened(block.first()),
                    shortened(block.last()),
                    number(block.mean(), 3),
                    number(block.min(), 3),
                    number(block.contrast(), 3),
                    stability == null ? "-" : number(stability.share(), 2),
                    stability == null ? "-" : range(stability.startLow(), stability.startHigh()),
                    stability == null ? "-" : range(stability.endLow() - 1, stability.endHigh() - 1)));
        }
        for (Block block : found.blocks()) {
            text.append("%n%n".formatted()).append(BlockText.paragraph(block));
        }
        if (!found.model().isEmpty() && found.blocks().stream().anyMatch(block -> block.explanation() == null)) {
            text.append("%n%n".formatted())
                    .append("What a block is made of: lamella components MODEL --data D --out RUN, then lamella blocks"
                            + " RUN.");
        }
        return text.toString();
    }

    private static int width(List<String> names) {
        return names.stream().mapToInt(name -> shortened(name).length()).max().orElse(1);
    }

    private static String shortened(String name) {
        return name.length() <= WIDEST_NAME ? name : "…" + name.substring(name.length() - WIDEST_NAME + 1);
    }

    private static String range(int low, int high) {
        return low == high ? Integer.toString(low) : low + "-" + high;
    }

    private static String number(double value, int digits) {
        return String.format(Locale.ROOT, "%." + digits + "f", value);
    }
}

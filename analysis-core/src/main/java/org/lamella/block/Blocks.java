package org.lamella.block;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The blocks of one model, in the order of its layers; there may be none. Immutable.
 *
 * @param model the model's name; may be empty
 * @param layers names of all its layers
 * @param blocks that have no layer in common
 */
public record Blocks(String model, List<String> layers, List<Block> blocks) {
    public Blocks {
        layers = List.copyOf(layers);
        blocks = List.copyOf(blocks);
    }

    /** The share of the layers that is in blocks, each weighted with its block's contrast: 0 without a block, below 1. */
    public double score() {
        return layers.isEmpty()
                ? 0
                : blocks.stream()
                                .mapToDouble(block -> block.length() * block.contrast())
                                .sum()
                        / layers.size();
    }

    /** Whether there is none. */
    public boolean isEmpty() {
        return blocks.isEmpty();
    }

    /** A line for each block, and the score. */
    @Override
    public String toString() {
        String name = model.isEmpty() ? "" : " of " + model;
        if (isEmpty()) {
            return "no block in the %d layers%s".formatted(layers.size(), name);
        }
        return String.format(
                        Locale.ROOT,
                        "%d %s in the %d layers%s, score %.4f",
                        blocks.size(),
                        blocks.size() == 1 ? "block" : "blocks",
                        layers.size(),
                        name,
                        score())
                + blocks.stream().map(block -> System.lineSeparator() + block).collect(Collectors.joining());
    }
}

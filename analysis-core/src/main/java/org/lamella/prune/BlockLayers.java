package org.lamella.prune;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.lamella.LamellaException;
import org.lamella.block.Blocks;

/**
 * Which layers are in blocks.
 *
 * @param layers names of the layers that were compared, in order
 * @param ranges of indices of these, the end exclusive
 */
public record BlockLayers(List<String> layers, List<Range> ranges) {
    public BlockLayers {
        layers = List.copyOf(layers);
        ranges = List.copyOf(ranges);
    }

    /** Layers from one index to before another. */
    public record Range(int start, int end) {}

    /** What was found. */
    public static BlockLayers of(Blocks blocks) {
        return new BlockLayers(
                blocks.layers(),
                blocks.blocks().stream()
                        .map(block -> new Range(block.start(), block.end()))
                        .toList());
    }

    /**
     * Reads {@code blocks.json}.
     *
     * @throws LamellaException if it is not such a file
     */
    public static BlockLayers read(Path file) {
        try {
            JsonNode root = JsonMapper.builder().build().readTree(file.toFile());
            List<String> layers = new ArrayList<>();
            root.path("layers").forEach(name -> layers.add(name.asText()));
            List<Range> ranges = new ArrayList<>();
            for (JsonNode block : root.path("blocks")) {
                Range range = new Range(
                        block.path("start").asInt(-1), block.path("end").asInt(-1));
                if (range.start() < 0 || range.end() <= range.start() || range.end() > layers.size()) {
                    throw new LamellaException(
                            file.toString(),
                            "has a block from %d to %d, and %d layers"
                                    .formatted(range.start(), range.end(), layers.size()));
                }
                ranges.add(range);
            }
            if (layers.isEmpty()) {
                throw new LamellaException(
                        file.toString(),
                        "names no layers; give the blocks.json that 'lamella blocks' writes for one model");
            }
            return new BlockLayers(layers, ranges);
        } catch (IOException e) {
            throw new LamellaException(file.toString(), "cannot be read as blocks.json: " + e.getMessage(), e);
        }
    }

    /** How many of these names are layers that were compared. */
    long known(List<String> names) {
        return names.stream().filter(layers::contains).count();
    }

    /**
     * Whether a unit lies in a block: the layer that takes its place and the layer that it gives, or of the layers that were compared
     * the nearest before and after, are in one block, and so are nearly the same representation.
     *
     * @param order the names of all layers of the network
     */
    public boolean holds(Unit unit, List<String> order) {
        int taken = order.indexOf(unit.sourceLayer());
        int before = nearest(order, taken < 0 ? order.indexOf(unit.layers().get(0)) - 1 : taken, -1);
        int after = nearest(order, order.indexOf(unit.exitLayer()), 1);
        return before >= 0
                && after >= 0
                && ranges.stream().anyMatch(range -> range.start() <= before && after < range.end());
    }

    /** Index among the compared layers of the first of them from a place on, in steps of 1 or -1; -1 if there is none. */
    private int nearest(List<String> order, int place, int step) {
        for (int i = place; i >= 0 && i < order.size(); i += step) {
            int found = layers.indexOf(order.get(i));
            if (found >= 0) {
                return found;
            }
        }
        return -1;
    }
}

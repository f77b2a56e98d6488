package org.lamella.prune;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
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

    /** Whether all layers of a unit that were compared lie in one block, and there is one. */
    public boolean holds(Unit unit) {
        BitSet places = new BitSet();
        unit.layers().stream().mapToInt(layers::indexOf).filter(i -> i >= 0).forEach(places::set);
        return !places.isEmpty()
                && ranges.stream()
                        .anyMatch(range -> places.nextSetBit(0) >= range.start() && places.length() <= range.end());
    }
}

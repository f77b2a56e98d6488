package org.lamella.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.lamella.AtomicFile;
import org.lamella.LamellaException;
import org.lamella.block.Block;
import org.lamella.block.BlockDetector;
import org.lamella.block.Blocks;
import org.lamella.block.Explanation;
import org.lamella.block.Stability;

/** {@code blocks.json}: the blocks of one model, or of each of several; docs/run-directory.md tells its form. */
public final class BlocksFile {
    private BlocksFile() {}

    /**
     * Writes the file, whole or not at all.
     *
     * @param found of each model; at least one
     * @param chance scores of networks without blocks to compare with, by name; may be empty
     */
    public static void write(Path file, List<Blocks> found, BlockDetector detector, Map<String, Double> chance) {
        ObjectMapper mapper = Json.mapper();
        ObjectNode root = mapper.createObjectNode();
        if (found.size() == 1) {
            write(root, found.get(0));
        } else {
            ArrayNode models = root.putArray("models");
            found.forEach(one -> write(models.addObject(), one));
        }
        root.putObject("detector")
                .put("length", detector.length())
                .put("similarity", detector.similarity())
                .put("contrast", detector.contrast())
                .put("margin", detector.margin());
        if (!chance.isEmpty()) {
            ObjectNode scores = root.putObject("null");
            chance.forEach(scores::put);
        }
        AtomicFile.write(file, out -> mapper.writeValue(out, root));
    }

    private static void write(ObjectNode node, Blocks found) {
        if (!found.model().isEmpty()) {
            node.put("model", found.model());
        }
        ArrayNode layers = node.putArray("layers");
        found.layers().forEach(layers::add);
        ArrayNode blocks = node.putArray("blocks");
        found.blocks().forEach(block -> write(blocks.addObject(), block));
        node.put("score", found.score());
    }

    private static void write(ObjectNode node, Block block) {
        node.put("start", block.start())
                .put("end", block.end())
                .put("first", block.first())
                .put("last", block.last())
                .put("mean", block.mean())
                .put("min", block.min())
                .put("contrast", block.contrast());
        put(node, "before", block.before());
        put(node, "after", block.after());
        ArrayNode apart = node.putArray("apart");
        block.apart().forEach(apart::add);
        Stability stability = block.stability();
        if (stability == null) {
            node.putNull("stability");
        } else {
            node.put("stability", stability.share());
            node.putArray("startInterval").add(stability.startLow()).add(stability.startHigh());
            node.putArray("endInterval").add(stability.endLow()).add(stability.endHigh());
        }
        Explanation explanation = block.explanation();
        if (explanation != null) {
            ObjectNode why = node.putObject("explanation");
            put(why, "pc1Share", explanation.share());
            put(why, "pc1LeastShare", explanation.leastShare());
            put(why, "pc1LargestShare", explanation.largestShare());
            put(why, "pc1SquaredCosine", explanation.cosine());
            put(why, "cka", explanation.similarity());
            put(why, "ckaWithoutPc1", explanation.without());
            ArrayNode dominant = why.putArray("dominant");
            explanation.dominant().forEach(dominant::add);
        }
    }

    /** Numbers that are undefined are null, as JSON has no NaN. */
    private static void put(ObjectNode node, String name, double value) {
        if (Double.isNaN(value)) {
            node.putNull(name);
        } else {
            node.put(name, value);
        }
    }

    /**
     * Reads the blocks of each model, without explanations.
     *
     * @throws LamellaException if the file is missing or none of its kind
     */
    public static List<Blocks> read(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new LamellaException(file.toString(), "there is no such file; lamella blocks writes one");
        }
        try {
            JsonNode root = Json.mapper().readTree(file.toFile());
            List<Blocks> found = new ArrayList<>();
            if (root.has("models")) {
                root.get("models").forEach(model -> found.add(blocks(model)));
            } else {
                found.add(blocks(root));
            }
            return found;
        } catch (IOException | IllegalArgumentException e) {
            throw new LamellaException(file.toString(), "is no blocks.json: " + e.getMessage(), e);
        }
    }

    private static Blocks blocks(JsonNode node) {
        List<String> layers = new ArrayList<>();
        wanted(node, "layers").forEach(name -> layers.add(name.asText()));
        List<Block> blocks = new ArrayList<>();
        for (JsonNode one : wanted(node, "blocks")) {
            Block block = block(one);
            if (block.start() < 0 || block.end() > layers.size() || block.start() >= block.end()) {
                throw new IllegalArgumentException(
                        "a block from %d to %d among %d layers".formatted(block.start(), block.end(), layers.size()));
            }
            blocks.add(block);
        }
        return new Blocks(node.path("model").asText(""), layers, blocks);
    }

    private static JsonNode wanted(JsonNode node, String name) {
        JsonNode value = node.get(name);
        if (value == null) {
            throw new IllegalArgumentException("'" + name + "' is missing");
        }
        return value;
    }

    private static Block block(JsonNode node) {
        List<String> apart = new ArrayList<>();
        node.path("apart").forEach(name -> apart.add(name.asText()));
        int start = wanted(node, "start").asInt();
        int end = wanted(node, "end").asInt();
        var block = new Block(
                start,
                end,
                wanted(node, "first").asText(),
                wanted(node, "last").asText(),
                number(node, "mean"),
                number(node, "min"),
                number(node, "contrast"),
                number(node, "before"),
                number(node, "after"),
                apart,
                null);
        JsonNode share = node.path("stability");
        return share.isNumber()
                ? block.withStability(new Stability(
                        share.asDouble(),
                        node.path("startInterval").path(0).asInt(start),
                        node.path("startInterval").path(1).asInt(start),
                        node.path("endInterval").path(0).asInt(end),
                        node.path("endInterval").path(1).asInt(end)))
                : block;
    }

    private static double number(JsonNode node, String name) {
        return node.path(name).asDouble(Double.NaN);
    }
}

package org.lamella.samples.sweep;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lamella.LamellaException;
import org.lamella.samples.training.SpecFile;
import org.lamella.samples.training.TrainingSpec;

/**
 * A sweep: one training specification and what varies in it. Read from JSON or YAML:
 *
 * <pre>
 * base:                           # a training specification, without a name and what varies
 *   network: {family: resnet}
 *   ...
 * vary:                           # every combination is a cell
 *   network.depth: [14, 20]
 *   fraction: [1, 0.25]
 *   regularization:               # values that are objects have labels
 *     none: {}
 *     l1: {l1: 1e-5}
 * </pre>
 *
 * @param axes fields that vary, the last the fastest
 * @param cells one for every combination of values
 */
public record SweepSpec(List<String> axes, List<Cell> cells) {
    public SweepSpec {
        axes = List.copyOf(axes);
        cells = List.copyOf(cells);
    }

    /**
     * One network of a sweep.
     *
     * @param labels of the values, in the order of the axes
     * @param spec named by the fields that vary and their labels
     * @param json the same, as given
     */
    public record Cell(List<String> labels, TrainingSpec spec, ObjectNode json) {
        public Cell {
            labels = List.copyOf(labels);
        }
    }

    /** @throws LamellaException if the file is not of this form, or a combination is no possible training */
    public static SweepSpec read(Path file) {
        ObjectNode tree = SpecFile.tree(file);
        tree.fieldNames().forEachRemaining(field -> {
            if (!field.equals("base") && !field.equals("vary")) {
                throw new LamellaException(file.toString(), "has a field '" + field + "'; a sweep has base and vary");
            }
        });
        if (!(tree.get("base") instanceof ObjectNode base)
                || !(tree.get("vary") instanceof ObjectNode vary)
                || vary.isEmpty()) {
            throw new LamellaException(
                    file.toString(),
                    "needs base, a training specification, and vary, the fields that vary with their values");
        }
        Map<String, Map<String, JsonNode>> axes = new LinkedHashMap<>();
        vary.properties().forEach(axis -> axes.put(axis.getKey(), values(axis.getValue(), axis.getKey(), file)));
        List<Cell> cells = new ArrayList<>();
        addCells(cells, base, "", List.of(), new ArrayList<>(axes.entrySet()), file);
        return new SweepSpec(new ArrayList<>(axes.keySet()), cells);
    }

    private static Map<String, JsonNode> values(JsonNode given, String axis, Path file) {
        Map<String, JsonNode> values = new LinkedHashMap<>();
        if (given instanceof ArrayNode list) {
            for (JsonNode value : list) {
                if (value.isContainerNode()) {
                    throw new LamellaException(
                            file.toString(), "vary.%s has values that are objects; give each a label".formatted(axis));
                }
                values.put(value.asText(), value);
            }
        } else if (given instanceof ObjectNode labelled) {
            labelled.properties().forEach(value -> values.put(value.getKey(), value.getValue()));
        }
        if (values.isEmpty()) {
            throw new LamellaException(file.toString(), "vary.%s has no values".formatted(axis));
        }
        return values;
    }

    private static void addCells(
            List<Cell> cells,
            ObjectNode sofar,
            String name,
            List<String> labels,
            List<Map.Entry<String, Map<String, JsonNode>>> axes,
            Path file) {
        if (axes.isEmpty()) {
            ObjectNode whole = sofar.deepCopy().put("name", name);
            cells.add(new Cell(labels, SpecFile.bind(whole, file + ", cell " + name), whole));
            return;
        }
        String axis = axes.get(0).getKey();
        axes.get(0).getValue().forEach((label, value) -> {
            ObjectNode next = sofar.deepCopy();
            set(next, axis, value, file);
            String part = axis.substring(axis.lastIndexOf('.') + 1) + "=" + label.replaceAll("[^A-Za-z0-9._-]", "_");
            List<String> more = new ArrayList<>(labels);
            more.add(label);
            addCells(cells, next, name.isEmpty() ? part : name + "-" + part, more, axes.subList(1, axes.size()), file);
        });
    }

    private static void set(ObjectNode tree, String axis, JsonNode value, Path file) {
        String[] path = axis.split("\\.", -1);
        ObjectNode at = tree;
        for (int i = 0; i < path.length - 1; i++) {
            JsonNode inner = at.get(path[i]);
            if (inner != null && !(inner instanceof ObjectNode)) {
                throw new LamellaException(file.toString(), "vary.%s: %s has no fields".formatted(axis, path[i]));
            }
            at = inner == null ? at.putObject(path[i]) : (ObjectNode) inner;
        }
        at.set(path[path.length - 1], value.deepCopy());
    }
}

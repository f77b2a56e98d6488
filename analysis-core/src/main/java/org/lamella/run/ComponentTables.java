package org.lamella.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.apache.commons.csv.DuplicateHeaderMode;
import org.jspecify.annotations.Nullable;
import org.lamella.LamellaException;
import org.lamella.block.Block;
import org.lamella.block.Blocks;
import org.lamella.block.Explanation;

/**
 * The tables of {@code lamella components} as far as they explain blocks: shares of variance, and the matrices of squared cosines
 * and of CKA with and without the first component. Layers are found by name, {@code model/layer} where there are several models.
 */
final class ComponentTables {
    private static final String SHARES = "components.csv";
    private static final String COSINES = "pc1-cosine.csv";
    private static final String WITHOUT = "cka-without-pc1.csv";
    private static final String WHOLE = "cka-all-examples.csv";
    private static final String DOMINANT = "dominant.csv";

    /** Of the layers of a block, in which an example is among the dominant ones, to be named. */
    private static final double MOST = 0.5;

    /** Examples at each end of a layer's first component that are looked at. */
    private static final int RANKS = 10;

    private final Map<String, Double> shares = new HashMap<>();
    private final Matrix cosines;
    private final Matrix without;
    /** Absent in folders that have only the files of the contract. */
    private final @Nullable Matrix whole;

    private final List<CSVRecord> dominant;

    private ComponentTables(Path folder) {
        for (CSVRecord row : records(folder.resolve(SHARES))) {
            shares.put(row.get("layer"), number(row.get("pc1_variance_fraction")));
        }
        cosines = new Matrix(records(folder.resolve(COSINES)));
        without = new Matrix(records(folder.resolve(WITHOUT)));
        whole = Files.isRegularFile(folder.resolve(WHOLE)) ? new Matrix(records(folder.resolve(WHOLE))) : null;
        dominant = Files.isRegularFile(folder.resolve(DOMINANT)) ? records(folder.resolve(DOMINANT)) : List.of();
    }

    /** The tables of a folder, if it has them. */
    static Optional<ComponentTables> in(Path folder) {
        boolean there =
                List.of(SHARES, COSINES, WITHOUT).stream().allMatch(name -> Files.isRegularFile(folder.resolve(name)));
        if (!there) {
            return Optional.empty();
        }
        try {
            return Optional.of(new ComponentTables(folder));
        } catch (IllegalArgumentException e) {
            throw new LamellaException(
                    folder.resolve(SHARES).toString(),
                    "or a file beside it is none of lamella components: " + e.getMessage(),
                    e);
        }
    }

    private static List<CSVRecord> records(Path file) {
        var format = CSVFormat.RFC4180
                .builder()
                .setHeader()
                .setSkipHeaderRecord(true)
                .setDuplicateHeaderMode(DuplicateHeaderMode.ALLOW_ALL)
                .get();
        try (CSVParser parser = CSVParser.parse(file, StandardCharsets.UTF_8, format)) {
            return parser.getRecords();
        } catch (IOException | UncheckedIOException e) {
            throw new LamellaException(file.toString(), "cannot be read: " + e.getMessage(), e);
        }
    }

    private static double number(String cell) {
        return cell.isEmpty() ? Double.NaN : Double.parseDouble(cell);
    }

    /** The block with its explanation, if the tables have its layers. */
    Block explain(Blocks blocks, Block block, boolean severalModels) {
        Set<String> apart = new HashSet<>(block.apart());
        List<String> names = blocks.layers().subList(block.start(), block.end()).stream()
                .filter(name -> !apart.contains(name))
                .toList();
        List<String> keys = names.stream()
                .map(name -> severalModels ? blocks.model() + "/" + name : name)
                .toList();
        List<Double> ofLayers = keys.stream()
                .map(key -> shares.getOrDefault(key, Double.NaN))
                .filter(share -> !share.isNaN())
                .toList();
        OptionalDouble cosine = cosines.mean(keys);
        OptionalDouble rest = without.mean(keys);
        if (ofLayers.isEmpty() || cosine.isEmpty() || rest.isEmpty()) {
            return block;
        }
        return block.withExplanation(new Explanation(
                ofLayers.stream().mapToDouble(Double::doubleValue).average().orElseThrow(),
                ofLayers.stream().mapToDouble(Double::doubleValue).min().orElseThrow(),
                ofLayers.stream().mapToDouble(Double::doubleValue).max().orElseThrow(),
                cosine.getAsDouble(),
                whole == null ? block.mean() : whole.mean(keys).orElse(block.mean()),
                rest.getAsDouble(),
                dominant(blocks.model(), names)));
    }

    /** Examples that are dominant in most of these layers, the most frequent first. */
    private List<String> dominant(String model, Collection<String> layers) {
        Set<String> wanted = new HashSet<>(layers);
        Map<String, Set<String>> layersOf = new LinkedHashMap<>();
        for (CSVRecord row : dominant) {
            boolean ofModel = !row.isMapped("model")
                    || model.isEmpty()
                    || row.get("model").equals(model);
            if (ofModel && wanted.contains(row.get("layer")) && number(row.get("rank")) <= RANKS) {
                layersOf.computeIfAbsent(name(row), key -> new HashSet<>()).add(row.get("layer"));
            }
        }
        return layersOf.entrySet().stream()
                .filter(entry -> entry.getValue().size() > MOST * wanted.size())
                .sorted(Comparator.comparingInt(entry -> -entry.getValue().size()))
                .map(Map.Entry::getKey)
                .toList();
    }

    private static String name(CSVRecord row) {
        String id = row.isMapped("id") ? row.get("id") : "";
        String label = row.isMapped("label") ? row.get("label") : "";
        return (id.isEmpty() ? row.get("example") : id) + (label.isEmpty() ? "" : " (class " + label + ")");
    }

    /** A square table of layers by name. */
    private static final class Matrix {
        private final Map<String, Integer> positions = new HashMap<>();
        private final List<CSVRecord> rows;

        Matrix(List<CSVRecord> rows) {
            this.rows = rows;
            for (int i = 0; i < rows.size(); i++) {
                positions.put(rows.get(i).get(0), i);
            }
        }

        /** Of the pairs that have a value. */
        OptionalDouble mean(List<String> layers) {
            List<Integer> at = new ArrayList<>();
            for (String layer : layers) {
                Integer position = positions.get(layer);
                if (position != null) {
                    at.add(position);
                }
            }
            double sum = 0;
            int count = 0;
            for (int i = 0; i < at.size(); i++) {
                for (int j = i + 1; j < at.size(); j++) {
                    double value = number(rows.get(at.get(i)).get(at.get(j) + 1));
                    if (!Double.isNaN(value)) {
                        sum += value;
                        count++;
                    }
                }
            }
            return count == 0 ? OptionalDouble.empty() : OptionalDouble.of(sum / count);
        }
    }
}

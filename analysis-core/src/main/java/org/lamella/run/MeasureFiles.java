package org.lamella.run;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.commons.csv.CSVRecord;
import org.jspecify.annotations.Nullable;
import org.lamella.LamellaException;
import org.lamella.measure.ChanceLevel;
import org.lamella.measure.MeasureMatrix;
import org.lamella.similarity.CkaMatrix;
import org.lamella.similarity.LayerId;

/** The files of a run of other measures: matrices in the form of {@code cka.csv}, and a row for each cell of a chance level. */
public final class MeasureFiles {
    /** What their names match. */
    static final String NAMES = "similarity/[a-z-]+\\.(csv|png|svg)|similarity/[a-z-]+/[^/]*--[^/]*\\.(csv|png|svg)";

    private final Path folder;

    /** In a run directory. */
    public MeasureFiles(Path directory) {
        this.folder = directory.resolve("similarity");
    }

    /** Where the picture of all layers of all models goes, to be followed by a suffix. */
    public Path picture(String measure) {
        return folder.resolve(measure);
    }

    /** Where what belongs to two models goes, to be followed by a suffix. */
    public Path pair(String measure, String rowModel, String columnModel) {
        return folder.resolve(measure).resolve(rowModel + "--" + columnModel);
    }

    /** The positions among all layers of those of two models, and where their part of a matrix is, to be followed by a suffix. */
    private record Part(Path file, List<Integer> rows, List<Integer> columns) {}

    private List<Part> parts(String measure, List<LayerId> layers) {
        List<String> models = layers.stream().map(LayerId::model).distinct().toList();
        List<Part> parts = new ArrayList<>();
        for (String a : models) {
            for (String b : models) {
                parts.add(new Part(
                        models.size() == 1 ? picture(measure) : pair(measure, a, b),
                        positions(layers, a),
                        positions(layers, b)));
            }
        }
        return parts;
    }

    private static List<Integer> positions(List<LayerId> layers, String model) {
        return IntStream.range(0, layers.size())
                .filter(i -> layers.get(i).model().equals(model))
                .boxed()
                .toList();
    }

    void write(MeasureMatrix found) {
        CkaMatrix values = found.values();
        for (Part part : parts(found.measure().name(), values.rows())) {
            CkaMatrix cut = values.between(
                    values.rows().get(part.rows().get(0)).model(),
                    values.rows().get(part.columns().get(0)).model());
            MatrixFiles.csv(suffixed(part.file(), ".csv"), cut, cut::value, LayerId::name);
            ChanceLevel chance = found.chance();
            if (chance != null) {
                writeChance(suffixed(part.file(), "-null.csv"), values, part, chance);
            }
        }
    }

    private static void writeChance(Path file, CkaMatrix values, Part part, ChanceLevel chance) {
        MatrixFiles.write(file, csv -> {
            csv.printRecord("row", "column", "value", "null_mean", "null_sd", "null_limit", "z", "p");
            for (int row : part.rows()) {
                for (int column : part.columns()) {
                    ChanceLevel.Cell cell = chance.at(row, column);
                    csv.printRecord(
                            values.rows().get(row).name(),
                            values.columns().get(column).name(),
                            values.value(row, column),
                            cell.mean(),
                            cell.standardDeviation(),
                            cell.limit(),
                            cell.deviations(),
                            cell.exceedance());
                }
            }
        });
    }

    /**
     * All that was written of these measures.
     *
     * @throws LamellaException if a file is missing, broken, or of other layers
     */
    List<MeasureMatrix> read(MeasureManifest manifest, List<LayerId> layers) {
        Map<List<String>, LayerId> byName = new HashMap<>();
        layers.forEach(layer -> byName.put(List.of(layer.model(), layer.name()), layer));
        return manifest.measures().stream()
                .map(measure -> new MeasureMatrix(
                        measure.description(),
                        readValues(measure.name(), layers),
                        measure.undefined().stream()
                                .map(one -> new MeasureMatrix.Undefined(
                                        named(byName, one.model(), one.layer()), one.reason()))
                                .toList(),
                        manifest.permutations() == 0
                                ? null
                                : readChance(measure.name(), layers, manifest.permutations())))
                .toList();
    }

    private static LayerId named(Map<List<String>, LayerId> layers, String model, String layer) {
        @Nullable LayerId found = layers.get(List.of(model, layer));
        if (found == null) {
            throw new LamellaException(
                    "run.json", "has a layer '%s' of '%s', which layers.csv has not".formatted(layer, model));
        }
        return found;
    }

    private CkaMatrix readValues(String measure, List<LayerId> layers) {
        int width = layers.size();
        double[] values = new double[width * width];
        double[] unknown = new double[values.length];
        Arrays.fill(unknown, Double.NaN);
        for (Part part : parts(measure, layers)) {
            CkaMatrix read = MatrixFiles.read(
                    suffixed(part.file(), ".csv"),
                    part.rows().stream().map(layers::get).toList(),
                    part.columns().stream().map(layers::get).toList());
            for (int i = 0; i < part.rows().size(); i++) {
                for (int j = 0; j < part.columns().size(); j++) {
                    values[part.rows().get(i) * width + part.columns().get(j)] = read.value(i, j);
                }
            }
        }
        return new CkaMatrix(layers, layers, values, unknown);
    }

    private ChanceLevel readChance(String measure, List<LayerId> layers, int permutations) {
        int width = layers.size();
        List<ChanceLevel.@Nullable Cell> cells = new ArrayList<>(Collections.nCopies(width * width, null));
        for (Part part : parts(measure, layers)) {
            Path file = suffixed(part.file(), "-null.csv");
            List<CSVRecord> rows = MatrixFiles.records(file);
            int columns = part.columns().size();
            if (rows.size() != part.rows().size() * columns) {
                throw new LamellaException(
                        file.toString(),
                        "has %d rows for %d pairs of layers"
                                .formatted(rows.size(), part.rows().size() * columns));
            }
            for (int i = 0; i < rows.size(); i++) {
                int cell = part.rows().get(i / columns) * width + part.columns().get(i % columns);
                cells.set(cell, chanceCell(file, rows.get(i)));
            }
        }
        return new ChanceLevel(
                width,
                permutations,
                cells.stream().map(java.util.Objects::requireNonNull).toList());
    }

    private static ChanceLevel.Cell chanceCell(Path file, CSVRecord row) {
        try {
            return new ChanceLevel.Cell(
                    Double.parseDouble(row.get("null_mean")),
                    Double.parseDouble(row.get("null_sd")),
                    Double.parseDouble(row.get("null_limit")),
                    Double.parseDouble(row.get("z")),
                    Double.parseDouble(row.get("p")));
        } catch (IllegalArgumentException e) {
            throw new LamellaException(file.toString(), "is broken: " + e.getMessage(), e);
        }
    }

    private static Path suffixed(Path file, String suffix) {
        return file.resolveSibling(file.getFileName() + suffix);
    }
}

package org.lamella.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.commons.csv.CSVRecord;
import org.lamella.AtomicFile;
import org.lamella.LamellaException;
import org.lamella.array.ArrayFile;
import org.lamella.array.NpzWriter;
import org.lamella.array.StoredArray;
import org.lamella.component.CellOverlaps;
import org.lamella.component.ComponentAnalysis;
import org.lamella.component.Dominance;
import org.lamella.component.LayerComponents;
import org.lamella.similarity.CkaMatrix;
import org.lamella.similarity.LayerId;

/** The files of {@code lamella components}, written and read; docs/run-directory.md tells their form. */
final class ComponentFiles {
    private static final String MANIFEST = "components.json";
    private static final String IMAGES = "dominant";
    private static final int SCORES_READ = 2;

    private ComponentFiles() {}

    static Path image(Path folder, int example) {
        return folder.resolve(IMAGES).resolve(example + ".png");
    }

    /** Whether a folder holds such files. */
    static boolean areIn(Path folder) {
        return Files.isRegularFile(folder.resolve(MANIFEST));
    }

    /** Removes those of an earlier analysis, the one that says they are whole first. */
    static void remove(Path folder) {
        Optional<ComponentManifest> earlier = readManifest(folder);
        if (earlier.isEmpty()) {
            return;
        }
        List<Path> files = new ArrayList<>(List.of(folder.resolve(MANIFEST)));
        for (ComponentMatrix matrix : ComponentMatrix.values()) {
            String stem = matrix.stem(earlier.get().removed());
            for (String ending : List.of(".csv", ".png", ".svg")) {
                files.add(folder.resolve(stem + ending));
            }
        }
        Stream.of("components.csv", "dominant.csv", "dominant-models.csv", "cells.csv", "components.npz")
                .map(folder::resolve)
                .forEach(files::add);
        earlier.get().featureMaps().forEach(map -> files.add(folder.resolve(map.file())));
        try {
            if (Files.isDirectory(folder.resolve(IMAGES))) {
                try (Stream<Path> inside = Files.list(folder.resolve(IMAGES))) {
                    inside.filter(file -> file.getFileName().toString().matches("\\d+\\.png"))
                            .forEach(files::add);
                }
            }
            for (Path file : files) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new LamellaException(folder.toString(), "earlier results cannot be removed: " + e, e);
        }
    }

    private static Function<LayerId, String> naming(List<String> models) {
        return models.size() == 1 ? LayerId::name : LayerId::toString;
    }

    /** Writes all but the pictures and the manifest. */
    static void write(Path folder, ComponentAnalysis found, KnownExamples examples) {
        Function<LayerId, String> name = naming(found.models());
        matrices(found)
                .forEach((which, matrix) -> MatrixFiles.csv(
                        folder.resolve(which.stem(found.removed()) + ".csv"), matrix, matrix::value, name));
        writeLayers(folder.resolve("components.csv"), found, name);
        writeDominant(folder.resolve("dominant.csv"), found, examples);
        writeDominantOfModels(folder.resolve("dominant-models.csv"), found, examples);
        if (!found.cells().isEmpty()) {
            writeCells(folder.resolve("cells.csv"), found.cells(), name);
        }
        writeNumbers(folder.resolve("components.npz"), found, examples, name);
    }

    private static Map<ComponentMatrix, CkaMatrix> matrices(ComponentAnalysis found) {
        Map<ComponentMatrix, CkaMatrix> all = new EnumMap<>(ComponentMatrix.class);
        all.put(ComponentMatrix.PC1_COSINE, found.pc1Cosine());
        all.put(ComponentMatrix.CKA, found.cka());
        all.put(ComponentMatrix.CKA_WITHOUT_COMPONENTS, found.ckaWithout());
        all.put(ComponentMatrix.CKA_WITHOUT_DOMINANT, found.ckaWithoutDominant());
        all.put(ComponentMatrix.CKA_UNIT_NORM, found.ckaUnitNorm());
        all.put(ComponentMatrix.DOMINANT_OVERLAP, found.dominantOverlap());
        return all;
    }

    private static int components(ComponentAnalysis found) {
        return found.layers().stream().mapToInt(LayerComponents::count).max().orElse(0);
    }

    private static void writeLayers(Path file, ComponentAnalysis found, Function<LayerId, String> name) {
        int count = components(found);
        MatrixFiles.write(file, csv -> {
            List<Object> header = new ArrayList<>(
                    List.of("layer", "pc1_variance_fraction", "effective_rank", "examples", "class_separation"));
            IntStream.range(1, count).forEach(c -> header.add("pc%d_variance_fraction".formatted(c + 1)));
            csv.printRecord(header);
            for (LayerComponents layer : found.layers()) {
                List<Object> row = new ArrayList<>(List.of(
                        name.apply(layer.layer()),
                        layer.varianceFraction(0),
                        layer.effectiveRank(),
                        found.examples(),
                        layer.classSeparation()));
                IntStream.range(1, count).forEach(c -> row.add(layer.varianceFraction(c)));
                csv.printRecord(row);
            }
        });
    }

    private static Object label(KnownExamples examples, int example) {
        OptionalInt label = examples.label(example);
        return label.isPresent() ? label.getAsInt() : "";
    }

    private static void writeDominant(Path file, ComponentAnalysis found, KnownExamples examples) {
        MatrixFiles.write(file, csv -> {
            csv.printRecord("model", "layer", "end", "rank", "example", "id", "label", "score", "projection", "norm");
            for (LayerComponents layer : found.layers()) {
                if (!layer.isDefined()) {
                    continue;
                }
                int[] descending = layer.examplesByScore();
                for (String end : List.of("high", "low")) {
                    for (int rank = 1; rank <= found.dominantCount(); rank++) {
                        int example = descending[end.equals("high") ? rank - 1 : descending.length - rank];
                        csv.printRecord(
                                layer.layer().model(),
                                layer.layer().name(),
                                end,
                                rank,
                                example,
                                examples.id(example),
                                label(examples, example),
                                layer.scores(0)[example],
                                layer.projection(0, example),
                                layer.norm(example));
                    }
                }
            }
        });
    }

    private static void writeDominantOfModels(Path file, ComponentAnalysis found, KnownExamples examples) {
        MatrixFiles.write(file, csv -> {
            csv.printRecord("model", "rank", "example", "id", "label", "share");
            for (Dominance model : found.dominance()) {
                int[] ranked = model.examples();
                for (int rank = 1; rank <= ranked.length; rank++) {
                    int example = ranked[rank - 1];
                    csv.printRecord(
                            model.model(),
                            rank,
                            example,
                            examples.id(example),
                            label(examples, example),
                            model.share(example));
                }
            }
        });
    }

    private static void writeCells(Path file, List<CellOverlaps> cells, Function<LayerId, String> name) {
        MatrixFiles.write(file, csv -> {
            csv.printRecord(
                    "row",
                    "column",
                    "row_component",
                    "column_component",
                    "row_eigenvalue",
                    "column_eigenvalue",
                    "squared_cosine",
                    "contribution");
            for (CellOverlaps cell : cells) {
                for (CellOverlaps.Term term : cell.terms()) {
                    csv.printRecord(
                            name.apply(cell.row()),
                            name.apply(cell.column()),
                            component(term.rowComponent()),
                            component(term.columnComponent()),
                            term.rowEigenvalue(),
                            term.columnEigenvalue(),
                            term.squaredCosine(),
                            term.contribution());
                }
            }
        });
    }

    private static Object component(int number) {
        return number == CellOverlaps.REST ? "rest" : number + 1;
    }

    private static void writeNumbers(
            Path file, ComponentAnalysis found, KnownExamples examples, Function<LayerId, String> name) {
        int count = components(found);
        int n = found.examples();
        int layers = found.layers().size();
        double[] eigenvalues = new double[layers * count];
        double[] variance = new double[layers];
        double[] scores = new double[Math.multiplyExact(layers, count * n)];
        double[] norms = new double[layers * n];
        for (int i = 0; i < layers; i++) {
            LayerComponents layer = found.layers().get(i);
            variance[i] = layer.variance();
            for (int j = 0; j < n; j++) {
                norms[i * n + j] = layer.norm(j);
            }
            for (int c = 0; c < count; c++) {
                boolean there = c < layer.count();
                eigenvalues[i * count + c] = there ? layer.eigenvalue(c) : Double.NaN;
                int to = (i * count + c) * n;
                if (there) {
                    System.arraycopy(layer.scores(c), 0, scores, to, n);
                } else {
                    java.util.Arrays.fill(scores, to, to + n, Double.NaN);
                }
            }
        }
        AtomicFile.write(file, out -> {
            try (var npz = new NpzWriter(out)) {
                npz.add(
                        "layers",
                        found.layers().stream()
                                .map(layer -> name.apply(layer.layer()))
                                .toList());
                npz.add("eigenvalues", eigenvalues, layers, count);
                npz.add("variance", variance, layers);
                npz.add("scores", scores, layers, count, n);
                npz.add("norms", norms, layers, n);
                npz.add("ids", IntStream.range(0, n).mapToObj(examples::id).toList());
                Optional<int[]> labels = examples.labels(n);
                if (labels.isPresent()) {
                    npz.add("labels", IntStream.of(labels.get()).asLongStream().toArray(), n);
                }
            }
        });
    }

    static void writeManifest(Path folder, ComponentManifest manifest) {
        AtomicFile.write(folder.resolve(MANIFEST), out -> Json.mapper().writeValue(out, manifest));
    }

    static Optional<ComponentManifest> readManifest(Path folder) {
        Path file = folder.resolve(MANIFEST);
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        return Optional.of(Json.read(file, ComponentManifest.class));
    }

    static ComponentResults read(Path folder, ComponentManifest manifest) {
        List<LayerId> layers = manifest.models().stream()
                .flatMap(model -> model.layers().stream().map(layer -> new LayerId(model.name(), layer)))
                .toList();
        Map<ComponentMatrix, CkaMatrix> matrices = new EnumMap<>(ComponentMatrix.class);
        for (ComponentMatrix which : ComponentMatrix.values()) {
            matrices.put(
                    which, MatrixFiles.read(folder.resolve(which.stem(manifest.removed()) + ".csv"), layers, layers));
        }
        Path numbers = folder.resolve("components.npz");
        try (ArrayFile arrays = ArrayFile.open(numbers)) {
            List<Integer> labels = arrays.array("labels")
                    .map(array -> IntStream.range(0, array.rows())
                            .mapToObj(i -> (int) array.readDouble(i, 0))
                            .toList())
                    .orElse(List.of());
            StoredArray scores = arrays.array("scores")
                    .orElseThrow(() -> new LamellaException(numbers.toString(), "has no array 'scores'"));
            return new ComponentResults(
                    folder,
                    manifest,
                    readLayers(folder.resolve("components.csv"), layers),
                    matrices,
                    readDominant(folder.resolve("dominant.csv"), layers),
                    readDominantOfModels(folder.resolve("dominant-models.csv")),
                    IntStream.range(0, layers.size())
                            .mapToObj(layer ->
                                    scores(scores, layer, manifest.examples().used()))
                            .toList(),
                    labels);
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new LamellaException(
                    folder.toString(), "its files do not fit " + MANIFEST + ": " + e.getMessage(), e);
        }
    }

    private static List<double[]> scores(StoredArray all, int layer, int n) {
        if (Double.isNaN(all.readDouble(layer, 0))) {
            return List.of();
        }
        return IntStream.range(0, Math.min(SCORES_READ, all.rowShape().get(0)))
                .mapToObj(c -> IntStream.range(0, n)
                        .mapToDouble(i -> all.readDouble(layer, c * n + i))
                        .toArray())
                .toList();
    }

    private static List<ComponentResults.LayerNumbers> readLayers(Path file, List<LayerId> layers) {
        List<CSVRecord> rows = MatrixFiles.records(file);
        return IntStream.range(0, layers.size())
                .mapToObj(i -> {
                    CSVRecord row = rows.get(i);
                    List<Double> fractions = row.getParser().getHeaderNames().stream()
                            .filter(column -> column.endsWith("_variance_fraction"))
                            .map(column -> Double.valueOf(row.get(column)))
                            .toList();
                    return new ComponentResults.LayerNumbers(
                            layers.get(i),
                            fractions,
                            Double.parseDouble(row.get("effective_rank")),
                            Double.parseDouble(row.get("class_separation")));
                })
                .toList();
    }

    private static List<ComponentResults.DominantExample> readDominant(Path file, List<LayerId> layers) {
        return MatrixFiles.records(file).stream()
                .map(row -> new ComponentResults.DominantExample(
                        layers.stream()
                                .filter(layer -> layer.model().equals(row.get("model"))
                                        && layer.name().equals(row.get("layer")))
                                .findFirst()
                                .orElseThrow(() -> new IllegalArgumentException("no layer " + row.get("layer"))),
                        row.get("end"),
                        Integer.parseInt(row.get("rank")),
                        Integer.parseInt(row.get("example")),
                        row.get("id"),
                        row.get("label"),
                        Double.parseDouble(row.get("score")),
                        Double.parseDouble(row.get("projection")),
                        Double.parseDouble(row.get("norm"))))
                .toList();
    }

    private static List<ComponentResults.DominantOfModel> readDominantOfModels(Path file) {
        return MatrixFiles.records(file).stream()
                .map(row -> new ComponentResults.DominantOfModel(
                        row.get("model"),
                        Integer.parseInt(row.get("rank")),
                        Integer.parseInt(row.get("example")),
                        row.get("id"),
                        row.get("label"),
                        Double.parseDouble(row.get("share"))))
                .toList();
    }
}

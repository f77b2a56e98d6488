package org.lamella.run;

import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVPrinter;
import org.apache.commons.csv.CSVRecord;
import org.apache.commons.csv.DuplicateHeaderMode;
import org.lamella.AtomicFile;
import org.lamella.LamellaException;
import org.lamella.activation.Layer;
import org.lamella.array.NpzWriter;
import org.lamella.similarity.CkaMatrix;
import org.lamella.similarity.LayerId;

/** Matrices of a run as CSV and as npz. Numbers have all digits of a float64; one that is undefined is {@code NaN}. */
final class MatrixFiles {
    private static final CSVFormat CSV =
            CSVFormat.RFC4180.builder().setRecordSeparator('\n').get();

    /** One number of a matrix. */
    @FunctionalInterface
    interface Cell {
        double at(int row, int column);
    }

    private MatrixFiles() {}

    /** A header of column names, then a row a layer. */
    static void csv(Path file, CkaMatrix matrix, Cell cell, Function<LayerId, String> name) {
        write(file, csv -> {
            List<Object> header = new ArrayList<>(List.of("layer"));
            matrix.columns().forEach(layer -> header.add(name.apply(layer)));
            csv.printRecord(header);
            for (int i = 0; i < matrix.rows().size(); i++) {
                List<Object> row =
                        new ArrayList<>(List.of(name.apply(matrix.rows().get(i))));
                for (int j = 0; j < matrix.columns().size(); j++) {
                    row.add(cell.at(i, j));
                }
                csv.printRecord(row);
            }
        });
    }

    /** {@code model,index,name,kind,shape,features,parameters}; what is not known is empty. */
    static void layers(Path file, List<RunPlan.Model> models) {
        write(file, csv -> {
            csv.printRecord("model", "index", "name", "kind", "shape", "features", "parameters");
            for (RunPlan.Model model : models) {
                for (var layer : model.layers()) {
                    csv.printRecord(
                            model.name(),
                            layer.index(),
                            layer.name(),
                            layer.kind(),
                            layer.shape().stream().map(String::valueOf).collect(Collectors.joining("x")),
                            layer.features() < 0 ? "" : layer.features(),
                            layer.parameters() < 0 ? "" : layer.parameters());
                }
            }
        });
    }

    /** The same matrices for numpy: one model's as {@code cka}, several models' as {@code A--B}, with the layers' names. */
    static void npz(Path file, CkaMatrix matrix) {
        List<String> models = matrix.models();
        AtomicFile.write(file, out -> {
            try (var npz = new NpzWriter(out)) {
                for (String a : models) {
                    npz.add(
                            models.size() == 1 ? "layers" : "layers--" + a,
                            matrix.between(a, a).rows().stream()
                                    .map(LayerId::name)
                                    .toList());
                }
                for (String a : models) {
                    for (String b : models) {
                        addPair(npz, models.size() == 1 ? "" : a + "--" + b, matrix.between(a, b));
                    }
                }
            }
        });
    }

    private static void addPair(NpzWriter npz, String name, CkaMatrix pair) throws IOException {
        int rows = pair.rows().size();
        int columns = pair.columns().size();
        npz.add(name.isEmpty() ? "cka" : name, flat(rows, columns, pair::value), rows, columns);
        npz.add(name.isEmpty() ? "stderr" : name + "--stderr", flat(rows, columns, pair::standardError), rows, columns);
    }

    private static double[] flat(int rows, int columns, Cell cell) {
        double[] values = new double[rows * columns];
        for (int i = 0; i < values.length; i++) {
            values[i] = cell.at(i / columns, i % columns);
        }
        return values;
    }

    /**
     * A matrix that {@link #csv} wrote, without standard errors.
     *
     * @throws LamellaException if it has not as many layers, or holds what is no number
     */
    static CkaMatrix read(Path file, List<LayerId> rowLayers, List<LayerId> columnLayers) {
        List<CSVRecord> rows = records(file);
        int columns = columnLayers.size();
        double[] values = new double[rowLayers.size() * columns];
        double[] unknown = new double[values.length];
        Arrays.fill(unknown, Double.NaN);
        if (rows.size() != rowLayers.size() || rows.stream().anyMatch(row -> row.size() != columns + 1)) {
            throw new LamellaException(
                    file.toString(), "is not a matrix of %d by %d layers".formatted(rowLayers.size(), columns));
        }
        try {
            for (int i = 0; i < values.length; i++) {
                values[i] = Double.parseDouble(rows.get(i / columns).get(1 + i % columns));
            }
        } catch (NumberFormatException e) {
            throw new LamellaException(file.toString(), "is broken: " + e.getMessage(), e);
        }
        return new CkaMatrix(rowLayers, columnLayers, values, unknown);
    }

    /**
     * What {@link #layers} wrote.
     *
     * @throws LamellaException if the file is missing or broken
     */
    static List<LayerId> readLayers(Path file) {
        try {
            return records(file).stream()
                    .map(row -> new LayerId(
                            row.get("model"),
                            new Layer(
                                    Integer.parseInt(row.get("index")),
                                    row.get("name"),
                                    row.get("kind"),
                                    row.get("shape").isEmpty()
                                            ? List.of()
                                            : Stream.of(row.get("shape").split("x"))
                                                    .map(Integer::valueOf)
                                                    .toList(),
                                    row.get("parameters").isEmpty() ? -1 : Long.parseLong(row.get("parameters")))))
                    .toList();
        } catch (IllegalArgumentException e) {
            throw new LamellaException(file.toString(), "is broken: " + e.getMessage(), e);
        }
    }

    /** The rows under the header. */
    static List<CSVRecord> records(Path file) {
        try (CSVParser parser = CSVParser.parse(
                file,
                StandardCharsets.UTF_8,
                CSV.builder()
                        .setHeader()
                        .setSkipHeaderRecord(true)
                        .setDuplicateHeaderMode(DuplicateHeaderMode.ALLOW_ALL)
                        .get())) {
            return parser.getRecords();
        } catch (IOException | java.io.UncheckedIOException e) {
            throw new LamellaException(file.toString(), "is missing or broken: " + e.getMessage(), e);
        }
    }

    @FunctionalInterface
    interface Rows {
        void printTo(CSVPrinter csv) throws IOException;
    }

    /** A file of rows. */
    static void write(Path file, Rows rows) {
        AtomicFile.write(file, out -> {
            Writer writer = new OutputStreamWriter(out, StandardCharsets.UTF_8);
            var csv = new CSVPrinter(writer, CSV);
            rows.printTo(csv);
            csv.flush();
        });
    }
}

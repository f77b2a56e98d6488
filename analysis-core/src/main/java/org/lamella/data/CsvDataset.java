package org.lamella.data;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.lamella.LamellaException;

/**
 * Vectors from a table in a file (RFC 4180, UTF-8, plain or gzipped): a header, then an example a line. Column {@code label},
 * where there is one, is the class; all others are numbers, in their order. Held in memory as float32: four bytes a cell.
 */
final class CsvDataset implements Dataset {
    private static final String LABEL = "label";

    /** What numbers are written with in any locale of this program. Words such as NaN, and Java's 1f and 0x1p3, are none. */
    private static final Pattern NUMBER = Pattern.compile("[-+]?(\\d+\\.?\\d*|\\.\\d+)([eE][-+]?\\d{1,9})?");

    private final String name;
    private final int columns;
    private final List<float[]> rows;
    private final Labels labels;

    private CsvDataset(String name, int columns, List<float[]> rows, Labels labels) {
        this.name = name;
        this.columns = columns;
        this.rows = rows;
        this.labels = labels;
    }

    /** @throws LamellaException if the file is missing or no table, or a cell is missing or no number; it names line and column */
    static CsvDataset open(Path path) {
        try (InputStream file = PlainOrGzip.open(path)) {
            return read(path, file);
        } catch (IOException e) {
            throw failure(path, e);
        }
    }

    /** @param path for messages */
    static CsvDataset read(Path path, InputStream in) {
        try (var reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8.newDecoder()));
                var parser = CSVParser.builder()
                        .setReader(reader)
                        .setFormat(CSVFormat.RFC4180)
                        .get()) {
            return new Reading(path, parser).all();
        } catch (IOException e) {
            throw failure(path, e);
        } catch (UncheckedIOException e) {
            throw failure(path, Objects.requireNonNull(e.getCause()));
        }
    }

    private static LamellaException failure(Path path, IOException e) {
        String message = String.valueOf(e.getMessage());
        return message.contains("encapsulated") || message.contains("quote")
                ? new LamellaException(
                        path.toString(), "a quoted cell is not closed or goes on after its quote: " + message, e)
                : PlainOrGzip.failure(path, e);
    }

    /** The file on its way into memory. */
    private static final class Reading {
        private final Path path;
        private final CSVParser parser;
        private final List<String> header;
        private final int label;
        private final List<float[]> rows = new ArrayList<>();
        private final List<String> labels = new ArrayList<>();
        /** Bytes that the examples may take. */
        private long room = Runtime.getRuntime().maxMemory() / 2;

        Reading(Path path, CSVParser parser) {
            this.path = path;
            this.parser = parser;
            Iterator<CSVRecord> records = parser.iterator();
            if (!records.hasNext()) {
                throw new LamellaException(path.toString(), "is empty");
            }
            this.header = header(records.next());
            this.label = header.indexOf(LABEL);
        }

        private List<String> header(CSVRecord first) {
            List<String> names = new ArrayList<>();
            first.forEach(cell ->
                    names.add((names.isEmpty() && cell.startsWith("\ufeff") ? cell.substring(1) : cell).strip()));
            if (names.stream().allMatch(name -> NUMBER.matcher(name).matches())) {
                throw new LamellaException(
                        path.toString(), "begins with a line of numbers; its first line must name the columns");
            }
            if (names.size() == 1 && names.get(0).matches(".*[;\t].*")) {
                throw new LamellaException(
                        path.toString(), "its columns are not separated by commas; save it with commas");
            }
            var seen = new HashSet<String>();
            for (String name : names) {
                if (!seen.add(name)) {
                    throw new LamellaException(path.toString(), "has two columns called '" + name + "'");
                }
            }
            if (names.equals(List.of(LABEL))) {
                throw new LamellaException(path.toString(), "has no column but 'label'");
            }
            return names;
        }

        CsvDataset all() {
            long blank = 0;
            for (CSVRecord record : parser) {
                if (record.size() == 1 && record.get(0).isBlank()) {
                    blank = blank == 0 ? parser.getCurrentLineNumber() : blank;
                } else if (blank > 0) {
                    throw new LamellaException(path.toString(), "line %,d is empty".formatted(blank));
                } else {
                    add(record);
                }
            }
            if (rows.isEmpty()) {
                throw new LamellaException(path.toString(), "has a header and no examples");
            }
            return new CsvDataset(
                    "csv:" + path,
                    header.size() - (label < 0 ? 0 : 1),
                    rows,
                    label < 0 ? Labels.none() : Labels.of(labels));
        }

        private void add(CSVRecord record) {
            if (record.size() != header.size()) {
                throw new LamellaException(
                        path.toString(),
                        "line %,d has %,d cells; the header names %,d"
                                .formatted(parser.getCurrentLineNumber(), record.size(), header.size()));
            }
            room -= 4L * header.size() + (label < 0 ? 32 : 64);
            if (room < 0) {
                throw new LamellaException(
                        path.toString(),
                        "has more numbers than fit into memory (line %,d); save it as .npy, which is not loaded whole"
                                .formatted(parser.getCurrentLineNumber()));
            }
            float[] row = new float[header.size() - (label < 0 ? 0 : 1)];
            for (int column = 0, at = 0; column < header.size(); column++) {
                if (column == label) {
                    labels.add(labelOf(record.get(column).strip()));
                } else {
                    row[at++] = number(record.get(column).strip(), column);
                }
            }
            rows.add(row);
        }

        private String labelOf(String cell) {
            if (cell.isEmpty()) {
                throw new LamellaException(path.toString(), place(label) + " is empty");
            }
            return cell.intern();
        }

        private float number(String cell, int column) {
            if (cell.isEmpty()) {
                throw new LamellaException(path.toString(), place(column) + " is empty");
            }
            if (!NUMBER.matcher(cell).matches()) {
                throw new LamellaException(
                        path.toString(),
                        "%s is '%s', not a number"
                                .formatted(place(column), cell.substring(0, Math.min(40, cell.length()))));
            }
            float value = Float.parseFloat(cell);
            if (!Float.isFinite(value)) {
                throw new LamellaException(path.toString(), "%s is %s, beyond float32".formatted(place(column), cell));
            }
            return value;
        }

        private String place(int column) {
            return "line %,d, column '%s'".formatted(parser.getCurrentLineNumber(), header.get(column));
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int size() {
        return rows.size();
    }

    @Override
    public List<Integer> shape() {
        return List.of(columns);
    }

    @Override
    public void read(int[] examples, FloatBuffer into) {
        Arrays.stream(examples).forEach(example -> into.put(rows.get(example)));
    }

    @Override
    public OptionalInt label(int example) {
        return labels.of(example);
    }

    @Override
    public List<String> classes() {
        return labels.classes();
    }

    @Override
    public String id(int example) {
        return Integer.toString(example);
    }
}

package org.lamella.block;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.lamella.LamellaException;

/**
 * A matrix of similarities from a table of anybody's making.
 *
 * <p>Cells are separated by commas, semicolons, tabs or blanks. There may be a header row, a column of names, both (with or
 * without a cell in the corner) or neither; lines that begin with {@code #} are passed over. Numbers have a dot, or a comma where
 * that does not separate cells. Empty cells and {@code NaN}, {@code NA}, {@code null} are undefined.
 */
public final class SimilarityCsv {
    private static final Pattern NUMBER = Pattern.compile("[-+]?(\\d+[.,]?\\d*|[.,]\\d+)([eE][-+]?\\d{1,3})?");
    private static final Set<String> UNDEFINED = Set.of("", "nan", "-nan", "na", "n/a", "null", "none");

    private final Path path;
    /** Cells of each line that is neither empty nor a comment. */
    private final List<List<String>> table;
    /** The number of each of these lines in the file, from 1. */
    private final List<Long> lines;

    private SimilarityCsv(Path path, List<List<String>> table, List<Long> lines) {
        this.path = path;
        this.table = table;
        this.lines = lines;
    }

    /**
     * Reads a square, symmetric matrix.
     *
     * @throws LamellaException if there is none, saying in which line and column
     */
    public static LayerSimilarity read(Path path) {
        String text = text(path);
        List<List<String>> table = new ArrayList<>();
        List<Long> lines = new ArrayList<>();
        String sample = text.lines()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .findFirst()
                .orElseThrow(
                        () -> new LamellaException(path.toString(), "is empty; a matrix of similarities is wanted"));
        char separator = separator(sample);
        if (separator == ' ') {
            long number = 0;
            for (String line : text.lines().toList()) {
                number++;
                if (!line.isBlank() && !line.startsWith("#")) {
                    table.add(List.of(line.strip().split("\\s+")));
                    lines.add(number);
                }
            }
        } else {
            var format = CSVFormat.RFC4180
                    .builder()
                    .setDelimiter(separator)
                    .setCommentMarker('#')
                    .get();
            try (CSVParser parser = CSVParser.parse(text, format)) {
                for (CSVRecord row : parser) {
                    if (row.size() > 1 || !row.get(0).isBlank()) {
                        table.add(row.stream().map(String::strip).toList());
                        lines.add(parser.getCurrentLineNumber());
                    }
                }
            } catch (IOException | java.io.UncheckedIOException e) {
                throw new LamellaException(path.toString(), "a quoted cell is not closed: " + e.getMessage(), e);
            }
        }
        return new SimilarityCsv(path, table, lines).matrix();
    }

    private static String text(Path path) {
        try {
            String text = Files.readString(path, StandardCharsets.UTF_8);
            return text.startsWith("\ufeff") ? text.substring(1) : text;
        } catch (NoSuchFileException e) {
            throw new LamellaException(path.toString(), "there is no such file", e);
        } catch (MalformedInputException e) {
            throw new LamellaException(
                    path.toString(), "is no text in UTF-8; a matrix of similarities as CSV is wanted", e);
        } catch (IOException e) {
            throw new LamellaException(path.toString(), "cannot be read: " + e, e);
        }
    }

    private static char separator(String line) {
        for (char candidate : new char[] {'\t', ';', ','}) {
            if (line.indexOf(candidate) >= 0) {
                return candidate;
            }
        }
        return ' ';
    }

    private static boolean isValue(String cell) {
        return NUMBER.matcher(cell).matches() || UNDEFINED.contains(cell.toLowerCase(Locale.ROOT));
    }

    private LayerSimilarity matrix() {
        int rows = table.size();
        int width = table.get(rows - 1).size();
        List<String> top = table.get(0);
        // A corner that is empty or a word tells a header with a column of names even where all names are numbers.
        boolean bothNamed = rows == width
                && rows > 1
                && top.size() == width
                && !NUMBER.matcher(top.get(0)).matches();
        boolean header = bothNamed
                || (rows == width + 1 && areNames(top))
                || (rows == width && top.size() == width - 1)
                || anyWord(top.subList(1, top.size()));
        List<String> left = table.subList(header ? 1 : 0, rows).stream()
                .map(row -> row.get(0))
                .toList();
        boolean names =
                bothNamed || (header && width == rows) || (width == rows + 1 && areNames(left)) || anyWord(left);
        int from = header ? 1 : 0;
        int skipped = names ? 1 : 0;
        int size = rows - from;
        if (size == 0 || width - skipped != size) {
            throw new LamellaException(
                    path.toString(),
                    "has %d rows and %d columns of numbers; blocks are sought in a square matrix of one model's layers"
                            .formatted(size, width - skipped));
        }
        if (header && top.size() != size && top.size() != width) {
            throw new LamellaException(
                    place(0), "has %d cells, and the matrix below it %d columns".formatted(top.size(), size));
        }
        double[] values = new double[Math.multiplyExact(size, size)];
        for (int i = 0; i < size; i++) {
            List<String> row = table.get(from + i);
            if (row.size() != width) {
                throw new LamellaException(
                        place(from + i), "has %d cells, and others have %d".formatted(row.size(), width));
            }
            for (int j = 0; j < size; j++) {
                values[i * size + j] = number(row.get(skipped + j), from + i, skipped + j);
            }
        }
        return LayerSimilarity.of(path.toString(), "", layerNames(header, names, size), values);
    }

    private static boolean anyWord(List<String> cells) {
        return cells.stream().anyMatch(cell -> !isValue(cell));
    }

    /** Names may be numbers, but whole ones: similarities hardly are. */
    private static boolean areNames(List<String> cells) {
        return cells.stream().allMatch(cell -> !isValue(cell) || cell.matches("\\d+"));
    }

    private List<String> layerNames(boolean header, boolean names, int size) {
        List<String> top = table.get(0);
        List<String> across = header ? top.subList(top.size() - size, top.size()) : List.of();
        List<String> down = names
                ? table.subList(table.size() - size, table.size()).stream()
                        .map(row -> row.get(0))
                        .toList()
                : List.of();
        for (int i = 0; header && names && i < size; i++) {
            if (!across.get(i).equals(down.get(i))) {
                throw new LamellaException(
                        path.toString(),
                        "its rows and columns are different layers: number %d is '%s' down and '%s' across"
                                .formatted(i, down.get(i), across.get(i)));
            }
        }
        if (header || names) {
            return header ? across : down;
        }
        return IntStream.range(0, size).mapToObj(Integer::toString).toList();
    }

    private double number(String cell, int row, int column) {
        if (NUMBER.matcher(cell).matches()) {
            double value = Double.parseDouble(cell.replace(',', '.'));
            if (Double.isFinite(value)) {
                return value;
            }
        }
        if (UNDEFINED.contains(cell.toLowerCase(Locale.ROOT))) {
            return Double.NaN;
        }
        throw new LamellaException(
                place(row) + ", column " + (column + 1), "'%s' is no number".formatted(shortened(cell)));
    }

    private String place(int row) {
        return path + ", line " + lines.get(row);
    }

    private static String shortened(String cell) {
        return cell.length() <= 40 ? cell : cell.substring(0, 40) + "…";
    }
}

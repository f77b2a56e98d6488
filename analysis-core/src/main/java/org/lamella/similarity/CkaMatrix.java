package org.lamella.similarity;

import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.lamella.LamellaException;

/**
 * CKA of every row layer with every column layer, and the standard error of each cell. Immutable.
 *
 * <p>A run gives one square matrix over all layers of all its models; {@link #between} cuts the part of two models out of
 * it. Values are never clamped: an unbiased one may be negative. A cell without a value (a layer that is constant) is NaN;
 * so is a standard error where there was one batch only.
 */
public final class CkaMatrix {
    private final List<LayerId> rows;
    private final List<LayerId> columns;
    private final double[] values;
    private final double[] standardErrors;

    /**
     * @param values row by row, {@code rows.size() * columns.size()} numbers; copied
     * @param standardErrors in the same order; copied
     */
    public CkaMatrix(List<LayerId> rows, List<LayerId> columns, double[] values, double[] standardErrors) {
        this.rows = List.copyOf(rows);
        this.columns = List.copyOf(columns);
        int cells = Math.multiplyExact(rows.size(), columns.size());
        if (values.length != cells || standardErrors.length != cells) {
            throw new IllegalArgumentException("%d x %d cells need as many values (%d) and standard errors (%d)"
                    .formatted(rows.size(), columns.size(), values.length, standardErrors.length));
        }
        this.values = values.clone();
        this.standardErrors = standardErrors.clone();
    }

    /** The layers of the rows, from the model's input on. */
    public List<LayerId> rows() {
        return rows;
    }

    /** The layers of the columns. */
    public List<LayerId> columns() {
        return columns;
    }

    /** CKA of a row layer with a column layer; NaN where it is undefined. */
    public double value(int row, int column) {
        return values[cell(row, column)];
    }

    /** Jackknife standard error of {@link #value}; NaN where it is unknown. */
    public double standardError(int row, int column) {
        return standardErrors[cell(row, column)];
    }

    private int cell(int row, int column) {
        return Math.addExact(
                Math.multiplyExact(java.util.Objects.checkIndex(row, rows.size()), columns.size()),
                java.util.Objects.checkIndex(column, columns.size()));
    }

    /** Whether rows and columns are the same layers. */
    public boolean isSquare() {
        return rows.equals(columns);
    }

    /** The names of the models in the rows, in order. */
    public List<String> models() {
        return rows.stream().map(LayerId::model).distinct().toList();
    }

    /** The part of this matrix with one model's layers as rows and another's, or the same one's, as columns. */
    public CkaMatrix between(String rowModel, String columnModel) {
        int[] rowsKept = positions(rows, rowModel);
        int[] columnsKept = positions(columns, columnModel);
        double[] cut = new double[rowsKept.length * columnsKept.length];
        double[] errors = new double[cut.length];
        for (int i = 0, to = 0; i < rowsKept.length; i++) {
            for (int j = 0; j < columnsKept.length; j++, to++) {
                cut[to] = value(rowsKept[i], columnsKept[j]);
                errors[to] = standardError(rowsKept[i], columnsKept[j]);
            }
        }
        return new CkaMatrix(
                IntStream.of(rowsKept).mapToObj(rows::get).toList(),
                IntStream.of(columnsKept).mapToObj(columns::get).toList(),
                cut,
                errors);
    }

    private static int[] positions(List<LayerId> layers, String model) {
        int[] found = IntStream.range(0, layers.size())
                .filter(i -> layers.get(i).model().equals(model))
                .toArray();
        if (found.length == 0) {
            throw new LamellaException(
                    "model '" + model + "'",
                    "is not in this matrix, which has "
                            + layers.stream().map(LayerId::model).distinct().toList());
        }
        return found;
    }

    /** The row layers that have no CKA with any layer: those whose activation was the same for all examples. */
    public List<LayerId> undefinedRows() {
        return IntStream.range(0, rows.size())
                .filter(i -> IntStream.range(0, columns.size()).allMatch(j -> Double.isNaN(value(i, j))))
                .mapToObj(rows::get)
                .toList();
    }

    /** Size, range and the first rows, for a notebook. */
    @Override
    public String toString() {
        var summary = IntStream.range(0, values.length)
                .mapToDouble(i -> values[i])
                .filter(v -> !Double.isNaN(v))
                .summaryStatistics();
        var text = new StringBuilder("CKA of %d x %d layers".formatted(rows.size(), columns.size()));
        if (summary.getCount() > 0) {
            text.append(String.format(Locale.ROOT, ", from %.3f to %.3f", summary.getMin(), summary.getMax()));
        }
        int shown = Math.min(12, columns.size());
        for (int i = 0; i < Math.min(12, rows.size()); i++) {
            text.append(String.format(Locale.ROOT, "%n%-24.24s", rows.get(i).name()));
            for (int j = 0; j < shown; j++) {
                text.append(String.format(Locale.ROOT, " %6.3f", value(i, j)));
            }
            text.append(shown < columns.size() ? " …" : "");
        }
        return text.append(rows.size() > 12 ? System.lineSeparator() + "…" : "").toString();
    }
}

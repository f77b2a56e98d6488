package org.lamella.report;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.lamella.LamellaException;
import org.lamella.block.Blocks;
import org.lamella.similarity.CkaMatrix;
import org.lamella.similarity.LayerId;

/**
 * A picture of a matrix of similarities, PNG or SVG.
 *
 * <p>The first layer of the rows is at the bottom and the first of the columns at the left, as in Nguyen, Raghu and
 * Kornblith (2021), so that the two input layers meet in the lower left corner. Cells are square. The layers of several
 * models stand apart. As many names of layers are written as have room, each with its index; where one is too long, all
 * go without the ornaments of ONNX ({@code /} before, {@code _output_0} after). Colours go from {@code low} to {@code high}, 0 to
 * 1 unless it is said otherwise, so that pictures compare; values beyond these ends and undefined ones have colours of
 * their own, which the colour bar names. The same matrix gives the same bytes.
 *
 * <pre>{@code Heatmap.of(cka.between("deep", "wide")).withTitle("Deep and wide").save(Path.of("cka.png"));}</pre>
 *
 * @param title above the picture; empty for none
 * @param subtitle under the title, smaller; empty for none
 * @param cellSize side of a cell, in pixels of a screen of ordinary density
 * @param low the value that gets the darkest colour
 * @param high the value that gets the lightest colour
 * @param density pixels of a PNG for each pixel of {@code cellSize}; 2 is sharp on today's screens
 * @param scaleName what the colours are, above the colour bar: a word
 * @param marks blocks that are outlined
 */
public record Heatmap(
        CkaMatrix matrix,
        String title,
        String subtitle,
        int cellSize,
        double low,
        double high,
        int density,
        String scaleName,
        List<Blocks> marks) {
    private static final int MAP_SIZE = 720;
    private static final int LARGEST_CELL = 56;
    private static final int LONGEST_STRIP = 2400;
    private static final int THINNEST_STRIP = 12;
    private static final long MOST_PIXELS = 300_000_000L;

    public Heatmap {
        marks = List.copyOf(marks);
        if (matrix.rows().isEmpty() || matrix.columns().isEmpty()) {
            throw new LamellaException("heat map", "there are no layers to show");
        }
        if (cellSize < 1 || density < 1) {
            throw new IllegalArgumentException(
                    "cell size and density are at least 1, not %d and %d".formatted(cellSize, density));
        }
        ColourScale.checkEnds(low, high);
        long pixels = (long) matrix.rows().size() * matrix.columns().size() * cellSize * cellSize * density * density;
        if (pixels > MOST_PIXELS) {
            throw new LamellaException(
                    "heat map",
                    String.format(
                            Locale.ROOT,
                            "%d x %d layers in cells of %d x %d pixels make a picture of %,d pixels, more than %,d;"
                                    + " choose smaller cells, or a part of the layers",
                            matrix.rows().size(),
                            matrix.columns().size(),
                            cellSize * density,
                            cellSize * density,
                            pixels,
                            MOST_PIXELS));
        }
    }

    /** The picture of a matrix, with a title that names its models and cells as large as a page has room for. */
    public static Heatmap of(CkaMatrix matrix) {
        int longer = Math.max(matrix.rows().size(), matrix.columns().size());
        int shorter = Math.min(matrix.rows().size(), matrix.columns().size());
        if (shorter == 0) {
            throw new LamellaException("heat map", "there are no layers to show");
        }
        int cell = Math.max(cellFor(MAP_SIZE, longer), Math.min(THINNEST_STRIP / shorter, LONGEST_STRIP / longer));
        return new Heatmap(matrix, titleOf(matrix), "", cell, 0, 1, 2, "CKA", List.of());
    }

    private static int cellFor(int mapSize, int layers) {
        return Math.max(1, Math.min(LARGEST_CELL, Math.round((float) mapSize / layers)));
    }

    private static String titleOf(CkaMatrix matrix) {
        List<String> rows = matrix.models();
        List<String> columns =
                matrix.columns().stream().map(LayerId::model).distinct().toList();
        String names = String.join(", ", rows);
        return "CKA of the layers of "
                + (rows.equals(columns) ? names : names + " with those of " + String.join(", ", columns));
    }

    /** With another title; an empty one for none. */
    public Heatmap withTitle(String newTitle) {
        return new Heatmap(matrix, newTitle, subtitle, cellSize, low, high, density, scaleName, marks);
    }

    /** With a line under the title: what the examples were, for instance. */
    public Heatmap withSubtitle(String newSubtitle) {
        return new Heatmap(matrix, title, newSubtitle, cellSize, low, high, density, scaleName, marks);
    }

    /** With cells of this side, in pixels of a screen of ordinary density. */
    public Heatmap withCellSize(int pixels) {
        return new Heatmap(matrix, title, subtitle, pixels, low, high, density, scaleName, marks);
    }

    /** With cells so large that the longer side of the map, without its labels, is about as long as this. */
    public Heatmap withMapSize(int pixels) {
        return withCellSize(Math.max(
                1,
                Math.round((float) pixels
                        / Math.max(matrix.rows().size(), matrix.columns().size()))));
    }

    /** With the colour map between these two values. */
    public Heatmap withRange(double newLow, double newHigh) {
        return new Heatmap(matrix, title, subtitle, cellSize, newLow, newHigh, density, scaleName, marks);
    }

    /** With a word above the colour bar that says what the colours are. */
    public Heatmap withScaleName(String name) {
        return new Heatmap(matrix, title, subtitle, cellSize, low, high, density, name, marks);
    }

    /** With this many pixels of a PNG, along a side, for each pixel of the layout: 1 for a small file, 4 for print. */
    public Heatmap withDensity(int newDensity) {
        return new Heatmap(matrix, title, subtitle, cellSize, low, high, newDensity, scaleName, marks);
    }

    /**
     * With the blocks of one of its models outlined; those of several models one after the other.
     *
     * @throws LamellaException if they are of another model, or of one with other layers
     */
    public Heatmap mark(Blocks found) {
        long layers = found.model().isEmpty()
                ? matrix.rows().size()
                : matrix.rows().stream()
                        .filter(id -> id.model().equals(found.model()))
                        .count();
        if (layers != found.layers().size()) {
            throw new LamellaException(
                    "heat map",
                    "has %d layers of model '%s', but the blocks were found among %d"
                            .formatted(layers, found.model(), found.layers().size()));
        }
        List<Blocks> all = new ArrayList<>(marks);
        all.add(found);
        return new Heatmap(matrix, title, subtitle, cellSize, low, high, density, scaleName, all);
    }

    /**
     * Writes the picture, whole or not at all, and makes the folder if there is none.
     *
     * @param file ends with {@code .png} or {@code .svg}
     * @throws LamellaException if it ends otherwise, cannot be written, or this Java cannot draw text
     */
    public void save(Path file) {
        String name = file.toString().toLowerCase(Locale.ROOT);
        if (name.endsWith(".png")) {
            WholeFile.write(file, PngPicture.of(this));
        } else if (name.endsWith(".svg")) {
            WholeFile.write(file, SvgPicture.of(this));
        } else {
            throw new LamellaException(file.toString(), "a heat map is written as .png or .svg: end the name with one");
        }
    }
}

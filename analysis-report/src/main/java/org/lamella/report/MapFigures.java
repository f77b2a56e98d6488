package org.lamella.report;

import java.util.List;
import org.lamella.similarity.CkaMatrix;

/** Writes the frames that the script fills with heat maps. */
final class MapFigures {
    /** Layers above which a map gets the whole width of the page. */
    private static final int WIDE = 180;

    private static final int UNDEFINED_NAMED = 3;

    private final MapData data;

    MapFigures(MapData data) {
        this.data = data;
    }

    /** The maps of a matrix: of every model, and of every pair. */
    void write(Html html, CkaMatrix matrix, String kind) {
        html.open("div", "class", "maps").line();
        for (int number : data.mapsOf(matrix)) {
            writeFigure(html, matrix, number, kind);
        }
        html.close().line();
    }

    private void writeFigure(Html html, CkaMatrix matrix, int number, String kind) {
        MapData.Map map = data.maps().get(number);
        MapData.Model rows = data.models().get(map.rows());
        MapData.Model columns = data.models().get(map.columns());
        boolean within = map.rows() == map.columns();
        int longest = Math.max(rows.names().size(), columns.names().size());
        String title = within ? rows.name() : rows.name() + " with " + columns.name();
        String id = "map-" + number;
        html.open(
                "figure",
                "class",
                longest > WIDE ? "wide" : "map",
                "data-map",
                Integer.toString(number),
                "data-kind",
                kind);
        html.open("figcaption", "id", id)
                .element("span", title, "class", "name")
                .element(
                        "span",
                        rows.names().size() + " × " + columns.names().size() + " layers"
                                + undefinedLayers(matrix, rows, columns, within),
                        "class",
                        "size")
                .element("button", "CSV", "type", "button", "data-csv", "", "title", "Download these numbers")
                .close();
        html.open("div", "class", "canvas", "tabindex", "0", "role", "application", "aria-labelledby", id);
        html.open("canvas", "aria-hidden", "true").close();
        html.close().close().line();
    }

    private static String undefinedLayers(CkaMatrix matrix, MapData.Model rows, MapData.Model columns, boolean within) {
        List<String> undefined = matrix.undefinedRows().stream()
                .filter(id -> Label.printable(id.model()).equals(rows.name())
                        || Label.printable(id.model()).equals(columns.name()))
                .map(id -> Label.printable(within ? id.name() : id.toString()))
                .toList();
        if (undefined.isEmpty()) {
            return "";
        }
        String named = String.join(", ", undefined.subList(0, Math.min(UNDEFINED_NAMED, undefined.size())));
        int more = undefined.size() - UNDEFINED_NAMED;
        return "; undefined: " + named + (more > 0 ? " and " + more + " more" : "");
    }
}

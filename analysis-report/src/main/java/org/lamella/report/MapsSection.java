package org.lamella.report;

import java.util.List;
import org.lamella.similarity.CkaMatrix;

/** The heat maps, how to read them, and the data they are drawn from. The script fills the figures. */
final class MapsSection implements Section {
    /** Layers above which a map gets the whole width of the page. */
    private static final int WIDE = 180;

    private static final int UNDEFINED_NAMED = 3;

    private final MapData data;
    private final CkaMatrix cka;

    MapsSection(CkaMatrix cka) {
        this.cka = cka;
        this.data = MapData.of(cka, 0, 1);
    }

    @Override
    public void write(Html html) {
        html.open("section", "id", "maps", "aria-labelledby", "maps-title");
        html.element("h2", "Similarity of layers", "id", "maps-title").line();
        writeReadingHelp(html);
        html.open("div", "class", "legend", "data-legend", "").close().line();
        html.open("div", "class", "maps").line();
        for (int i = 0; i < data.maps().size(); i++) {
            writeFigure(html, i);
        }
        html.close();
        html.open("noscript")
                .element(
                        "p",
                        "The heat maps are drawn by a script, which this browser does not run; the same numbers"
                                + " are in the CSV files beside this page.")
                .close();
        html.close().line();
        html.open("script", "type", "application/json", "id", "lamella-data")
                .verbatim(data.json())
                .close()
                .line();
    }

    private static void writeReadingHelp(Html html) {
        html.open("div", "class", "reading");
        html.element(
                "p",
                "CKA compares what two layers make of the same examples: 1 where one is the other turned and scaled, 0"
                        + " where they have nothing in common.");
        html.element(
                "p",
                "A bright square on the diagonal is a block, a run of layers that all say nearly the same; a checkerboard"
                        + " in it comes from shortcuts, as layers on the residual path resemble each other more than those"
                        + " beside it.");
        html.element(
                "p",
                "A value a little below 0 is what chance leaves of 0 and is shown as it is; a hatched cell is undefined,"
                        + " because one of its layers answers the same to every example.");
        html.close().line();
    }

    private void writeFigure(Html html, int number) {
        MapData.Map map = data.maps().get(number);
        MapData.Model rows = data.models().get(map.rows());
        MapData.Model columns = data.models().get(map.columns());
        boolean within = map.rows() == map.columns();
        int longest = Math.max(rows.names().size(), columns.names().size());
        String title = within ? rows.name() : rows.name() + " with " + columns.name();
        String id = "map-" + number;
        html.open("figure", "class", longest > WIDE ? "wide" : "map", "data-map", Integer.toString(number));
        html.open("figcaption", "id", id)
                .element("span", title, "class", "name")
                .element(
                        "span",
                        rows.names().size() + " × " + columns.names().size() + " layers"
                                + undefinedLayers(rows, columns, within),
                        "class",
                        "size")
                .element("button", "CSV", "type", "button", "data-csv", "", "title", "Download these numbers")
                .close();
        html.open("div", "class", "canvas", "tabindex", "0", "role", "application", "aria-labelledby", id);
        html.open("canvas", "aria-hidden", "true").close();
        html.close().close().line();
    }

    private String undefinedLayers(MapData.Model rows, MapData.Model columns, boolean within) {
        List<String> undefined = cka.undefinedRows().stream()
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

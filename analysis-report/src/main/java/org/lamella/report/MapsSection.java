package org.lamella.report;

import org.lamella.similarity.CkaMatrix;

/** The heat maps and how to read them. The script fills the figures. */
final class MapsSection implements Section {
    private final CkaMatrix cka;
    private final MapFigures figures;

    MapsSection(CkaMatrix cka, MapFigures figures) {
        this.cka = cka;
        this.figures = figures;
    }

    @Override
    public void write(Html html) {
        html.open("section", "id", "maps", "aria-labelledby", "maps-title");
        html.element("h2", "Similarity of layers", "id", "maps-title").line();
        writeReadingHelp(html);
        html.open("div", "class", "legend", "data-legend", "").close().line();
        figures.write(html, cka, "cka");
        html.close().line();
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
}

package org.lamella.report;

/** What the script draws heat maps from, behind all of them. */
final class MapDataSection implements Section {
    private final MapData data;

    MapDataSection(MapData data) {
        this.data = data;
    }

    @Override
    public void write(Html html) {
        html.open("noscript")
                .element(
                        "p",
                        "The heat maps are drawn by a script, which this browser does not run; the same numbers"
                                + " are in the CSV files beside this page.")
                .close();
        html.open("script", "type", "application/json", "id", "lamella-data")
                .verbatim(data.json())
                .close()
                .line();
    }
}

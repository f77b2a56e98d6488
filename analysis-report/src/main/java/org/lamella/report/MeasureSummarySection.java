package org.lamella.report;

import org.lamella.run.MeasureManifest;

/** What was compared by other measures, on what, and for how long. */
final class MeasureSummarySection implements Section {
    private final MeasureManifest manifest;

    MeasureSummarySection(MeasureManifest manifest) {
        this.manifest = manifest;
    }

    @Override
    public void write(Html html) {
        html.open("section", "id", "run", "aria-label", "What was run").line();
        html.open("dl", "class", "facts");
        SummarySection.fact(html, "Examples", SummarySection.examples(manifest.examples()) + ", all at once");
        if (manifest.permutations() > 0) {
            SummarySection.fact(
                    html,
                    "Chance",
                    Numbers.counted(manifest.permutations(), "random pairing", "random pairings") + ", seed "
                            + manifest.seed());
        }
        if (!manifest.reduce().equals("flatten")) {
            SummarySection.fact(html, "Activations reduced by", manifest.reduce());
        }
        if (manifest.data() != null) {
            SummarySection.fileFact(
                    html, "Data", manifest.data().source(), manifest.data().sha256());
        }
        SummarySection.fact(
                html, "Computed by", SummarySection.computedBy(manifest.nativeLibraries(), manifest.threads()));
        SummarySection.fact(html, "Time", SummarySection.time(manifest.seconds()));
        SummarySection.fact(
                html, "Started", manifest.started().replace('T', ' ').replace("Z", " UTC"));
        SummarySection.fact(html, "Lamella", manifest.version());
        html.close().line();
        SummarySection.writeModels(html, manifest.models());
        html.open("p", "class", "command")
                .element("code", manifest.command())
                .close()
                .line();
        html.close().line();
    }
}

package org.lamella.report;

import org.lamella.run.ProbeManifest;

/** What was probed, on what, and for how long. */
final class ProbeSummarySection implements Section {
    private final ProbeManifest manifest;

    ProbeSummarySection(ProbeManifest manifest) {
        this.manifest = manifest;
    }

    @Override
    public void write(Html html) {
        html.open("section", "id", "run", "aria-label", "What was run").line();
        html.open("dl", "class", "facts");
        SummarySection.fact(html, "Classifier", manifest.classifier());
        SummarySection.fact(
                html,
                "Training examples",
                SummarySection.examples(manifest.examples()) + "; regularisation chosen on "
                        + Numbers.whole(manifest.validation()) + " of them, seed " + manifest.seed());
        SummarySection.fact(html, "Test examples", SummarySection.examples(manifest.testExamples()));
        if (!manifest.reduce().equals("flatten")) {
            SummarySection.fact(html, "Activations reduced by", manifest.reduce());
        }
        SummarySection.fileFact(
                html, "Training data", manifest.data().source(), manifest.data().sha256());
        SummarySection.fileFact(
                html, "Test data", manifest.test().source(), manifest.test().sha256());
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

package org.lamella.report;

import java.util.List;
import java.util.Locale;
import org.lamella.probe.LayerProbe;
import org.lamella.run.ProbeResult;

/** Accuracy by layer: how to read it, the chart, and the numbers. */
final class ProbeSection implements Section {
    private static final List<String> HEADINGS =
            List.of("Model", "Index", "Layer", "Kind", "Accuracy", "95 % interval", "Regularisation");

    private final ProbeResult result;

    ProbeSection(ProbeResult result) {
        this.result = result;
    }

    @Override
    public void write(Html html) {
        html.open("section", "id", "probes", "aria-labelledby", "probes-title");
        html.element("h2", "What a linear classifier reads from each layer", "id", "probes-title")
                .line();
        html.open("div", "class", "reading");
        html.element(
                "p",
                "Each layer's activation is given to a linear classifier, which learns on the training examples and is scored once"
                        + " on the test examples. Where the line rises, the layer makes the classes easier to tell; where it is flat"
                        + " over many layers, they add nothing to that.");
        html.element(
                "p",
                "The band is the interval in which the accuracy lies with 95 % confidence, for other test examples of the same"
                        + " kind. Neighbouring layers are scored on the same examples, so a difference between them is known better"
                        + " than either.");
        html.close().line();
        MeasureSection.picture(html, ProbeReport.chart(result).png(), "Accuracy of linear probes by layer");
        html.open("details");
        html.element("summary", Numbers.counted(result.probes().size(), "layer", "layers"));
        html.open("div", "class", "scroll").open("table").open("thead").open("tr");
        HEADINGS.forEach(heading -> html.element("th", heading, "scope", "col"));
        html.close().close().open("tbody").line();
        result.probes().forEach(probe -> writeRow(html, probe));
        html.close().close().close().close().close().line();
    }

    private static void writeRow(Html html, LayerProbe probe) {
        html.open("tr");
        html.element("td", probe.layer().model());
        html.element("td", Integer.toString(probe.layer().layer().index()), "class", "number");
        html.element("th", probe.layer().name(), "scope", "row");
        html.element("td", probe.layer().layer().kind());
        html.element("td", percent(probe.accuracy()), "class", "number");
        html.element(
                "td",
                percent(probe.interval().low()) + " to "
                        + percent(probe.interval().high()),
                "class",
                "number");
        html.element(
                "td",
                probe.isConstant() ? "constant" : String.format(Locale.ROOT, "%.0e", probe.regularization()),
                "class",
                "number");
        html.close().line();
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }
}

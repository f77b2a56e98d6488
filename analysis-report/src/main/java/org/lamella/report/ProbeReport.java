package org.lamella.report;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lamella.probe.LayerProbe;
import org.lamella.run.ProbeManifest;
import org.lamella.run.ProbeResult;
import org.lamella.run.RunManifest;

/** The page of linear probes: what was run, its warnings, accuracy by layer as a chart and as a table. One HTML file that loads nothing. */
public final class ProbeReport {
    private final Report report;

    private ProbeReport(Report report) {
        this.report = report;
    }

    /** The page of a finished run. */
    public static ProbeReport of(ProbeResult result) {
        List<String> models =
                result.manifest().models().stream().map(RunManifest.Model::name).toList();
        return new ProbeReport(Report.of(
                models,
                List.of(
                        new ProbeSummarySection(result.manifest()),
                        new WarningsSection(result.manifest().warnings()),
                        new ProbeSection(result))));
    }

    /** Accuracy by layer with its interval, a line for each model. */
    public static LayerChart chart(ProbeResult result) {
        Map<String, List<LayerChart.Point>> lines = new LinkedHashMap<>();
        for (LayerProbe probe : result.probes()) {
            lines.computeIfAbsent(probe.layer().model(), model -> new ArrayList<>())
                    .add(new LayerChart.Point(
                            probe.accuracy(),
                            probe.interval().low(),
                            probe.interval().high()));
        }
        List<LayerChart.Series> series = lines.entrySet().stream()
                .map(line -> new LayerChart.Series(line.getKey(), line.getValue()))
                .toList();
        ProbeManifest manifest = result.manifest();
        return LayerChart.of("accuracy", series)
                .withTitle(
                        "Linear probes of the layers of " + String.join(", ", lines.keySet()),
                        "%s; learnt from %s examples, scored on %s; 95 %% Wilson intervals"
                                .formatted(
                                        manifest.classifier(),
                                        Numbers.whole(manifest.examples().used()),
                                        Numbers.whole(manifest.testExamples().used())))
                .withReference(manifest.chance(), "most frequent class");
    }

    /**
     * Writes the page, whole or not at all, and makes the folder if there is none.
     *
     * @throws org.lamella.LamellaException if the file cannot be written
     */
    public void save(Path file) {
        report.save(file);
    }
}

package org.lamella.report;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.lamella.probe.LayerProbe;
import org.lamella.run.ProbeManifest;
import org.lamella.run.ProbeResult;
import org.lamella.run.RunManifest;

/** The page of linear probes: what was run, its warnings, accuracy by layer as a chart and as a table. One HTML file that loads nothing. */
public final class ProbeReport {
    /** The axis begins at 0 where an interval comes so near to guessing. */
    private static final double NEAR_CHANCE = 0.2;

    /** The axis begins and ends at multiples of this. */
    private static final double STEP = 0.05;

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
                        SummarySection.of(result.manifest()),
                        new WarningsSection(result.manifest().warnings()),
                        new ProbeSection(result))));
    }

    /** Accuracy by layer with its interval, a line for each model; the axis is as long as the intervals need. */
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
        double lowest = result.probes().stream()
                .mapToDouble(probe -> probe.interval().low())
                .min()
                .orElse(0);
        double highest = result.probes().stream()
                .mapToDouble(probe -> probe.interval().high())
                .max()
                .orElse(1);
        boolean whole = lowest < manifest.chance() + NEAR_CHANCE;
        LayerChart chart = LayerChart.of("accuracy", series)
                .withTitle(
                        "Linear probes of the layers of " + String.join(", ", lines.keySet()),
                        String.format(
                                Locale.ROOT,
                                "%s; learnt from %s examples, scored on %s; 95 %% Wilson intervals; guessing gives %.2f",
                                manifest.classifier(),
                                Numbers.whole(manifest.examples().used()),
                                Numbers.whole(manifest.testExamples().used()),
                                manifest.chance()))
                .withRange(whole ? 0 : Math.floor(lowest / STEP) * STEP, Math.min(1, Math.ceil(highest / STEP) * STEP));
        return whole ? chart.withReference(manifest.chance(), "most frequent class") : chart;
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

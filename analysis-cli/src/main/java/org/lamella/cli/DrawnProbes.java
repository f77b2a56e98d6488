package org.lamella.cli;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lamella.report.LayerChart;
import org.lamella.report.ProbeReport;
import org.lamella.run.AnalysisDirectory;
import org.lamella.run.ProbeResult;
import org.lamella.run.ProbeRun;

/** Follows probes on the console and draws their results. */
final class DrawnProbes implements ProbeRun.Listener, AutoCloseable {
    private final ConsoleOptions console;
    private final PhaseProgress progress;
    private @Nullable Path report;

    DrawnProbes(ConsoleOptions console) {
        this.console = console;
        this.progress = new PhaseProgress(console);
    }

    /** The page, once it is drawn. */
    Path report() {
        return requireNonNull(report);
    }

    @Override
    public void progress(int layersDone, int layers) {
        progress.at("layers", layersDone, layers);
    }

    @Override
    public void warning(String text) {
        console.warn(text);
    }

    @Override
    public void draw(ProbeResult result, AnalysisDirectory directory) {
        progress.close();
        report = directory.report();
        LayerChart chart = ProbeReport.chart(result);
        DrawnRun.drawSideBySide(List.of(
                () -> ProbeReport.of(result).save(directory.report()),
                () -> chart.save(directory.path().resolve("probe.png")),
                () -> chart.save(directory.path().resolve("probe.svg"))));
    }

    @Override
    public void close() {
        progress.close();
    }
}

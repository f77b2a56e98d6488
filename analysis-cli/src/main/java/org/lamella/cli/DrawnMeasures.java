package org.lamella.cli;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lamella.measure.MeasureMatrix;
import org.lamella.report.MeasureMaps;
import org.lamella.report.MeasureReport;
import org.lamella.run.AnalysisDirectory;
import org.lamella.run.MeasureFiles;
import org.lamella.run.MeasureResult;
import org.lamella.run.MeasureRun;

/** Follows a comparison by other measures on the console and draws its results. */
final class DrawnMeasures implements MeasureRun.Listener, AutoCloseable {
    private final ConsoleOptions console;
    private final PhaseProgress progress;
    private @Nullable Path report;

    DrawnMeasures(ConsoleOptions console) {
        this.console = console;
        this.progress = new PhaseProgress(console);
    }

    /** The page, once it is drawn. */
    Path report() {
        return requireNonNull(report);
    }

    @Override
    public void progress(String what, int done, int total) {
        progress.at(what, done, total);
    }

    @Override
    public void warning(String text) {
        console.warn(text);
    }

    @Override
    public void draw(MeasureResult result, AnalysisDirectory directory) {
        progress.close();
        report = directory.report();
        var files = new MeasureFiles(directory.path());
        List<Runnable> pictures = new ArrayList<>();
        pictures.add(() -> MeasureReport.of(result).save(directory.report()));
        for (MeasureMatrix found : result.matrices()) {
            String name = found.measure().name();
            MeasureMaps maps = new MeasureMaps(found);
            pictures.add(() -> maps.all().save(suffixed(files.picture(name), ".png")));
            pictures.add(() -> maps.all().save(suffixed(files.picture(name), ".svg")));
            maps.chance()
                    .ifPresent(chance -> pictures.add(() -> chance.save(suffixed(files.picture(name), "-null.png"))));
            List<String> models = found.values().models();
            for (int a = 0; models.size() > 1 && a < models.size(); a++) {
                for (String b : models.subList(a, models.size())) {
                    String rows = models.get(a);
                    pictures.add(() -> maps.pair(rows, b).save(suffixed(files.pair(name, rows, b), ".png")));
                }
            }
        }
        DrawnRun.drawSideBySide(pictures);
    }

    private static Path suffixed(Path file, String suffix) {
        return file.resolveSibling(file.getFileName() + suffix);
    }

    @Override
    public void close() {
        progress.close();
    }
}

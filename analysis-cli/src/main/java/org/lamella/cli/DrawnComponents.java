package org.lamella.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.lamella.report.ComponentPictures;
import org.lamella.report.FeatureMapPicture;
import org.lamella.report.Report;
import org.lamella.run.ComponentResults;
import org.lamella.run.ComponentRun;
import org.lamella.run.FeatureMap;
import org.lamella.run.RunDirectory;

/** Follows an analysis of components on the console and draws its results. */
final class DrawnComponents implements ComponentRun.Listener, AutoCloseable {
    private final ConsoleOptions console;
    private @Nullable Progress progress;

    DrawnComponents(ConsoleOptions console) {
        this.console = console;
    }

    @Override
    public synchronized void progress(int layersDone, int layers) {
        if (progress == null) {
            progress = Progress.start("layers", layers, console);
        }
        progress.at(layersDone);
    }

    @Override
    public void warning(String text) {
        console.warn(text);
    }

    @Override
    public void draw(ComponentResults results, Map<Path, FeatureMap> maps) {
        close();
        List<Runnable> pictures = new ArrayList<>(ComponentPictures.of(results));
        maps.forEach((file, map) -> pictures.add(() -> FeatureMapPicture.save(map, file)));
        DrawnRun.drawSideBySide(pictures);
        saveReport(results);
    }

    /** The page of these results, and of the run beside them where there is one. */
    static void saveReport(ComponentResults results) {
        Path folder = results.folder();
        Report report = Files.isRegularFile(folder.resolve("run.json"))
                ? Report.of(RunDirectory.open(folder).read(), results)
                : Report.of(results);
        report.save(folder.resolve("report.html"));
    }

    @Override
    public synchronized void close() {
        if (progress != null) {
            progress.close();
            progress = null;
        }
    }
}

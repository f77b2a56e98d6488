package org.lamella.cli;

import org.jspecify.annotations.Nullable;
import org.lamella.report.Heatmap;
import org.lamella.report.Report;
import org.lamella.run.CkaRun;
import org.lamella.run.RunDirectory;
import org.lamella.run.RunResult;
import org.lamella.similarity.CkaMatrix;

/** Follows a run on the console and draws its results. */
final class DrawnRun implements CkaRun.Listener, AutoCloseable {
    private final ConsoleOptions console;
    private @Nullable Progress progress;

    DrawnRun(ConsoleOptions console) {
        this.console = console;
    }

    @Override
    public void progress(int batchesDone, int batches) {
        if (progress == null) {
            progress = Progress.start("batches", batches, console);
        }
        progress.at(batchesDone);
    }

    @Override
    public void warning(String text) {
        console.warn(text);
    }

    @Override
    public void draw(RunResult result, RunDirectory directory) {
        close();
        draw(result.cka(), directory);
        Report.of(result).save(directory.path().resolve("report.html"));
    }

    private static void draw(CkaMatrix cka, RunDirectory directory) {
        Heatmap all = Heatmap.of(cka);
        all.save(directory.path().resolve("cka.png"));
        all.save(directory.path().resolve("cka.svg"));
        if (cka.models().size() == 1) {
            return;
        }
        // Each pair once: the other way round is the same picture turned over.
        for (String a : cka.models()) {
            for (String b :
                    cka.models().subList(cka.models().indexOf(a), cka.models().size())) {
                Heatmap pair = Heatmap.of(cka.between(a, b));
                var name = directory.pair(a, b);
                pair.save(name.resolveSibling(name.getFileName() + ".png"));
                pair.save(name.resolveSibling(name.getFileName() + ".svg"));
            }
        }
    }

    @Override
    public void close() {
        if (progress != null) {
            progress.close();
            progress = null;
        }
    }
}

package org.lamella.cli;

import org.jspecify.annotations.Nullable;
import org.lamella.run.CkaRun;

/** Follows the batches of a run on the console. */
class FollowedRun implements CkaRun.Listener, AutoCloseable {
    private final ConsoleOptions console;
    private @Nullable Progress progress;

    FollowedRun(ConsoleOptions console) {
        this.console = console;
    }

    @Override
    public final void progress(int batchesDone, int batches) {
        if (progress == null) {
            progress = Progress.start("batches", batches, console);
        }
        progress.at(batchesDone);
    }

    @Override
    public final void warning(String text) {
        console.warn(text);
    }

    @Override
    public final void close() {
        if (progress != null) {
            progress.close();
            progress = null;
        }
    }
}

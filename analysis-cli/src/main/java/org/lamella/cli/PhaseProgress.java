package org.lamella.cli;

import org.jspecify.annotations.Nullable;

/** Parts of a work one after the other on the console, each with a progress of its own. May be told from several threads. */
final class PhaseProgress implements AutoCloseable {
    private final ConsoleOptions console;
    private String phase = "";
    private @Nullable Progress progress;

    PhaseProgress(ConsoleOptions console) {
        this.console = console;
    }

    synchronized void at(String what, int done, int total) {
        Progress now = progress;
        if (now == null || !what.equals(phase)) {
            close();
            now = Progress.start(what, total, console);
            progress = now;
            phase = what;
        }
        now.at(done);
    }

    @Override
    public synchronized void close() {
        if (progress != null) {
            progress.close();
            progress = null;
        }
    }
}

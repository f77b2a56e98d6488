package org.lamella.cli;

import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** How far the work has come: a bar with rate and time left on a terminal, a line now and then elsewhere. */
final class Progress implements AutoCloseable {
    /** Set by the launcher where standard error is a terminal; Java itself cannot tell. */
    private static final String TERMINAL = "lamella.terminal";

    private static final long SECONDS_BETWEEN_LINES = 10;

    private final String what;
    private final int total;
    private final ConsoleOptions console;
    private final @Nullable ProgressBar bar;
    private long lastLine = System.nanoTime();

    private Progress(String what, int total, ConsoleOptions console, @Nullable ProgressBar bar) {
        this.what = what;
        this.total = total;
        this.console = console;
        this.bar = bar;
    }

    static Progress start(String what, int total, ConsoleOptions console) {
        boolean terminal = Boolean.getBoolean(TERMINAL) && !console.quiet();
        ProgressBar bar = terminal
                ? new ProgressBarBuilder()
                        .setTaskName(what)
                        .setInitialMax(total)
                        .setStyle(ProgressBarStyle.ASCII)
                        .setUpdateIntervalMillis(200)
                        .showSpeed()
                        .build()
                : null;
        return new Progress(what, total, console, bar);
    }

    void at(int done) {
        if (bar != null) {
            bar.stepTo(done);
            return;
        }
        long now = System.nanoTime();
        if (now - lastLine > SECONDS_BETWEEN_LINES * 1_000_000_000L) {
            lastLine = now;
            console.say("%d of %d %s".formatted(done, total, what));
        }
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}

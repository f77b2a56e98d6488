package org.lamella.cli;

import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.Locale;
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
    private int doneAtLastLine;
    private boolean spoken;

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
                        .showSpeed(new DecimalFormat("0.00", DecimalFormatSymbols.getInstance(Locale.ROOT)))
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
        boolean due = now - lastLine > SECONDS_BETWEEN_LINES * 1_000_000_000L;
        if (due || (spoken && done == total)) {
            console.say(line(what, done, total, (done - doneAtLastLine) / ((now - lastLine) * 1e-9)));
            lastLine = now;
            doneAtLastLine = done;
            spoken = true;
        }
    }

    /**
     * As {@code 12 of 40 batches, 0.30 a second, 1:33 left}.
     *
     * @param rate of late, so that what an earlier run has done does not count
     */
    static String line(String what, int done, int total, double rate) {
        String counted = "%d of %d %s".formatted(done, total, what);
        if (done == total || !(rate > 0)) {
            return counted;
        }
        long left = Math.round((total - done) / rate);
        String time = left < 3600
                ? "%d:%02d".formatted(left / 60, left % 60)
                : "%d:%02d:%02d".formatted(left / 3600, left / 60 % 60, left % 60);
        return String.format(Locale.ROOT, "%s, %.2f a second, %s left", counted, rate, time);
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}

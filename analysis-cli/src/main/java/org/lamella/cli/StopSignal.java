package org.lamella.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Lets work that is told to end (Ctrl-C, SIGTERM, the end of a parent's pipe) save what it has. The virtual machine waits for it, up
 * to a limit, before it goes.
 */
final class StopSignal implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 60;
    private static final int LAST_WORDS_MILLISECONDS = 300;

    private final CountDownLatch saved = new CountDownLatch(1);
    private final Thread hook = new Thread(this::give, "lamella-stop");
    private volatile boolean given;

    StopSignal() {
        Runtime.getRuntime().addShutdownHook(hook);
    }

    private void give() {
        given = true;
        try {
            if (!saved.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                System.err.printf(
                        "lamella: did not end within %d s; it goes on from what was saved last%n", PATIENCE_SECONDS);
            }
            // The machine stops as soon as this thread ends: time for the line that says where the state is.
            TimeUnit.MILLISECONDS.sleep(LAST_WORDS_MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Also stops when nothing more can come on the standard input: a parent that ends closes it. */
    void whenInputEnds() {
        var watcher = new Thread(
                () -> {
                    try (InputStream in = System.in) {
                        in.transferTo(OutputStream.nullOutputStream());
                    } catch (IOException e) {
                        // An input that cannot be read has ended.
                    }
                    given = true;
                },
                "lamella-input");
        watcher.setDaemon(true);
        watcher.start();
    }

    /** Whether the work is to save and end. */
    boolean given() {
        return given;
    }

    /** The work has saved what it has. */
    @Override
    public void close() {
        saved.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The machine is going already, and the hook is at work.
        }
    }
}

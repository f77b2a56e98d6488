package org.lamella.similarity;

import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** The threads that work on layers side by side, and how their work is ended. */
final class LayerThreads {
    private LayerThreads() {}

    static ExecutorService start(int count) {
        return Executors.newFixedThreadPool(count, task -> {
            var thread = new Thread(task, "lamella-layers");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Ends the threads when their work is done: memory may not go while one still works on it, as it may after another has failed. */
    static void finish(ExecutorService pool) {
        pool.shutdown();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    if (pool.awaitTermination(1, TimeUnit.MINUTES)) {
                        return;
                    }
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** What went wrong in a thread. */
    static RuntimeException cause(CompletionException e) {
        if (e.getCause() instanceof Error error) {
            throw error;
        }
        return e.getCause() instanceof RuntimeException cause ? cause : e;
    }
}

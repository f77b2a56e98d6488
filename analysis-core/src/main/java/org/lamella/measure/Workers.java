package org.lamella.measure;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;

/** Threads that work side by side, each on one-threaded BLAS. */
public final class Workers implements AutoCloseable {
    private final int count;
    private final ExecutorService pool;

    /** So many threads. */
    public Workers(int count) {
        this.count = count;
        this.pool = Executors.newFixedThreadPool(count, task -> {
            var thread = new Thread(task, "lamella-measures");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Number of threads. */
    public int count() {
        return count;
    }

    /** Something that is done for one layer, in the background. */
    public CompletableFuture<Void> start(Runnable task) {
        return CompletableFuture.runAsync(task, pool);
    }

    /** The results of tasks 0 to n - 1, in order. All have ended when it returns, and the first failure is thrown. */
    public <T> List<T> map(int tasks, IntFunction<T> task) {
        List<CompletableFuture<T>> running = new ArrayList<>();
        for (int i = 0; i < tasks; i++) {
            int number = i;
            running.add(CompletableFuture.supplyAsync(() -> task.apply(number), pool));
        }
        try {
            CompletableFuture.allOf(running.toArray(CompletableFuture<?>[]::new))
                    .join();
        } catch (CompletionException e) {
            throw unwrapped(e);
        }
        return running.stream().map(CompletableFuture::join).toList();
    }

    /** What really failed. */
    public static RuntimeException unwrapped(CompletionException e) {
        if (e.getCause() instanceof Error error) {
            throw error;
        }
        return e.getCause() instanceof RuntimeException cause ? cause : e;
    }

    /** Waits for what is being done: memory may not go while a thread works on it. */
    @Override
    public void close() {
        pool.shutdown();
        boolean interrupted = false;
        while (true) {
            try {
                if (pool.awaitTermination(1, TimeUnit.MINUTES)) {
                    break;
                }
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}

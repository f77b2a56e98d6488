package org.lamella.samples.sweep;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.lamella.AtomicFile;
import org.lamella.LamellaException;
import org.lamella.samples.training.TrainingSummary;

/**
 * Runs the cells of a sweep, each in a process of its own on one thread: small networks train faster side by side than one after the
 * other on several threads, a process that dies takes no other with it, and the networks do not depend on how many run at once.
 * A cell that is done is skipped, and one that was interrupted goes on.
 */
public final class Sweep {
    private final SweepSpec spec;
    private final Path directory;
    private final TrainingProcess.Command command;
    private final Listener listener;
    private final SweepTable table;
    private final List<Process> running = new ArrayList<>();
    private volatile boolean stopped;

    /** Follows a sweep; called from several threads. */
    public interface Listener {
        /** Called when cells are done or have failed, and once in the beginning. */
        default void progress(int ended, int cells) {}

        /** A cell has failed. */
        default void failed(String cell, String reason) {}

        /** Asked again and again: whether to end, every cell with its state saved. */
        default boolean stops() {
            return false;
        }
    }

    /**
     * @param directory where checkpoints and {@code sweep.csv} are written
     * @param command that trains a specification
     */
    public Sweep(SweepSpec spec, Path directory, TrainingProcess.Command command, Listener listener) {
        this.spec = spec;
        this.directory = directory;
        this.command = command;
        this.listener = listener;
        this.table = new SweepTable(directory.resolve("sweep.csv"), spec);
    }

    /**
     * Runs what is not done.
     *
     * @param jobs cells at once
     * @return how many cells failed
     * @throws LamellaException if it was stopped, or the table cannot be written
     */
    public int run(int jobs) {
        Queue<SweepSpec.Cell> waiting = new ConcurrentLinkedQueue<>();
        for (SweepSpec.Cell cell : spec.cells()) {
            Optional<TrainingSummary> done = TrainingSummary.of(cell.spec(), directory);
            done.ifPresentOrElse(result -> table.done(cell, result), () -> waiting.add(cell));
        }
        int cells = spec.cells().size();
        int[] ended = {cells - waiting.size()};
        listener.progress(ended[0], cells);
        table.write();
        List<Thread> workers = new ArrayList<>();
        for (int job = 0; job < Math.min(jobs, waiting.size()); job++) {
            workers.add(new Thread(
                    () -> {
                        for (SweepSpec.Cell cell = waiting.poll(); cell != null && !stopped; cell = waiting.poll()) {
                            train(cell);
                            synchronized (ended) {
                                listener.progress(stopped ? ended[0] : ++ended[0], cells);
                            }
                        }
                    },
                    "lamella-sweep-" + job));
        }
        workers.forEach(Thread::start);
        await(workers);
        if (stopped) {
            throw new LamellaException(
                    directory.toString(),
                    "stopped with %d of %d cells ended; the same command goes on".formatted(ended[0], cells));
        }
        return table.failures();
    }

    /** The table of what came of the cells. */
    public Path table() {
        return table.file();
    }

    private void await(List<Thread> workers) {
        try {
            for (Thread worker : workers) {
                while (worker.isAlive()) {
                    worker.join(200);
                    if (listener.stops() && !stopped) {
                        stop();
                    }
                }
            }
        } catch (InterruptedException e) {
            stop();
            Thread.currentThread().interrupt();
        }
    }

    private void stop() {
        synchronized (running) {
            stopped = true;
            running.forEach(Sweep::endInput);
        }
    }

    /** A training whose input ends saves its state and ends. */
    private static void endInput(Process process) {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            process.destroy();
        }
    }

    private void train(SweepSpec.Cell cell) {
        String name = cell.spec().name();
        try {
            Path file = directory.resolve(name + ".spec.json");
            AtomicFile.write(file, out -> out.write(cell.json().toString().getBytes(StandardCharsets.UTF_8)));
            TrainingProcess process;
            synchronized (running) {
                if (stopped) {
                    return;
                }
                process = TrainingProcess.start(command.of(file, directory), directory.resolve(name + ".log"));
                running.add(process.process());
            }
            Optional<String> failure = process.await();
            synchronized (running) {
                running.remove(process.process());
            }
            if (stopped && failure.isPresent()) {
                return;
            }
            Optional<TrainingSummary> result = TrainingSummary.of(cell.spec(), directory);
            if (failure.isEmpty() && result.isPresent()) {
                table.done(cell, result.get());
                Files.deleteIfExists(file);
                Files.deleteIfExists(directory.resolve(name + ".log"));
            } else {
                fail(cell, failure.orElse("ended without a result"));
            }
        } catch (IOException | LamellaException e) {
            fail(cell, String.valueOf(e.getMessage()));
        }
        table.write();
    }

    private void fail(SweepSpec.Cell cell, String reason) {
        table.failed(cell, reason);
        listener.failed(cell.spec().name(), reason);
    }
}

package org.lamella.cli;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.lamella.samples.network.NetworkCost;
import org.lamella.samples.sweep.Sweep;
import org.lamella.samples.sweep.SweepSpec;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "sweep",
        mixinStandardHelpOptions = true,
        description =
                "Trains a network for every combination of what a specification varies, several at once, and writes their"
                        + " checkpoints and one table, sweep.csv. What is done is skipped and what was interrupted goes on, so the same"
                        + " command resumes a sweep. A network that fails is reported and does not stop the others.",
        footer = {"", "The form of a specification, with examples: docs/training.md."})
final class SweepCommand implements Callable<Integer>, Reporting {
    @Parameters(paramLabel = "SPEC", description = "What to train and what to vary, JSON or YAML.")
    private Path spec;

    @Option(
            names = "--data",
            defaultValue = ".",
            paramLabel = "DIR",
            description = "The folder to which the specification's data are relative (the current one).")
    private Path data;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "The folder for checkpoints and table.")
    private Path out;

    @Option(
            names = "--jobs",
            defaultValue = "0",
            paramLabel = "N",
            description =
                    "Networks to train at once, each on one thread (one a processor). The results do not depend on it.")
    private int jobs;

    @Option(
            names = "--dry-run",
            description = "Train nothing: list the networks with their parameters, memory and multiply-adds.")
    private boolean dryRun;

    @Option(
            names = "--shape",
            split = "x",
            defaultValue = "1x28x28",
            paramLabel = "CxHxW",
            description = "For --dry-run: the shape of an example (1x28x28).")
    private List<Integer> shape;

    @Option(names = "--classes", defaultValue = "10", paramLabel = "N", description = "For --dry-run: classes (10).")
    private int classes;

    @Mixin
    private ConsoleOptions console;

    @Override
    public ConsoleOptions console() {
        return console;
    }

    @Override
    public Integer call() {
        SweepSpec wanted = SweepSpec.read(spec);
        if (dryRun) {
            list(wanted);
            return 0;
        }
        int failures;
        Sweep sweep;
        try (var stop = new StopSignal();
                var cells = new Cells(stop)) {
            sweep = new Sweep(wanted, out, this::command, cells);
            failures = sweep.run(jobs > 0 ? jobs : Runtime.getRuntime().availableProcessors());
        }
        console.result(sweep.table().toString());
        return failures == 0 ? 0 : 1;
    }

    private void list(SweepSpec wanted) {
        console.result(String.format("%-60s %14s %10s %16s", "network", "parameters", "MB", "multiply-adds"));
        for (SweepSpec.Cell cell : wanted.cells()) {
            NetworkCost cost = NetworkCost.of(cell.spec().network().network(shape, classes));
            console.result(String.format(
                    Locale.ROOT,
                    "%-60s %,14d %10.2f %,16d",
                    cell.spec().name(),
                    cost.parameters(),
                    cost.bytes() / 1e6,
                    cost.multiplyAdds()));
        }
    }

    /** This program again, with what was given to this virtual machine. */
    private List<String> command(Path file, Path directory) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of(
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "train",
                file.toString(),
                "--data",
                data.toString(),
                "--out",
                directory.toString(),
                "--threads=1",
                "--resume",
                "--quiet",
                "--stop-at-end-of-input"));
        return command;
    }

    /** Cells as one progress. */
    private final class Cells implements Sweep.Listener, AutoCloseable {
        private final StopSignal stop;
        private @Nullable Progress progress;

        Cells(StopSignal stop) {
            this.stop = stop;
        }

        @Override
        public synchronized void progress(int ended, int cells) {
            if (progress == null) {
                progress = Progress.start("networks", cells, console);
            }
            progress.at(ended);
        }

        @Override
        public void failed(String cell, String reason) {
            console.warn(cell + " failed: " + reason);
        }

        @Override
        public boolean stops() {
            return stop.given();
        }

        @Override
        public void close() {
            if (progress != null) {
                progress.close();
            }
        }
    }
}

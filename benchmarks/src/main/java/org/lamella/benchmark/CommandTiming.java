package org.lamella.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What a user of the command line waits for on small data: the launcher, the virtual machine, the run and its pictures. */
final class CommandTiming {
    private static final int RUNS = 5;

    private final Path home;
    private final Path folder;
    private final Path log;

    CommandTiming(Path home, Path folder) {
        this.home = home;
        this.folder = folder;
        this.log = folder.resolve("lamella.log");
    }

    /** Wall seconds of the command, from the shell to its end; a first run builds what is missing and is not counted. */
    Spread measure() throws IOException {
        Path activations = new StoredCase(8, 256, 64, 2).write(folder.resolve("megabyte.npz"));
        run(activations);
        List<Double> seconds = new ArrayList<>();
        for (int i = 0; i < RUNS; i++) {
            seconds.add(run(activations));
        }
        if (Files.readString(log).contains("lamella: building")) {
            throw new IOException("./lamella builds at every call, so its time says nothing");
        }
        return Spread.of(seconds);
    }

    private double run(Path activations) throws IOException {
        Path results = folder.resolve("run");
        Folder.delete(results);
        long started = System.nanoTime();
        Process process = new ProcessBuilder(
                        home.resolve("lamella").toString(), "cka", activations.toString(), "--out", results.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            if (process.waitFor() != 0) {
                throw new IOException("./lamella cka failed: " + Files.readString(log));
            }
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        }
        return (System.nanoTime() - started) * 1e-9;
    }
}

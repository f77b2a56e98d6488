package org.lamella.samples.sweep;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A training in a process of its own, which lives no longer than this one: it ends when its standard input does.
 *
 * @param process that trains
 * @param log what it prints
 */
public record TrainingProcess(Process process, Path log) {
    /** How to train a specification from the command line. */
    @FunctionalInterface
    public interface Command {
        /**
         * @param spec file of the specification
         * @param directory for the checkpoint
         * @return program and arguments; it resumes what was interrupted, and stops at the end of its input
         */
        List<String> of(Path spec, Path directory);
    }

    static TrainingProcess start(List<String> command, Path log) throws IOException {
        return new TrainingProcess(
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start(),
                log);
    }

    /** Waits for its end; the reason if it failed. */
    Optional<String> await() throws IOException {
        try {
            int status = process.waitFor();
            if (status == 0) {
                return Optional.empty();
            }
            List<String> lines = Files.readString(log, StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank())
                    .toList();
            return Optional.of(lines.isEmpty() ? "ended with status " + status : lines.get(lines.size() - 1));
        } catch (InterruptedException e) {
            process.destroy();
            Thread.currentThread().interrupt();
            return Optional.of("interrupted");
        }
    }
}

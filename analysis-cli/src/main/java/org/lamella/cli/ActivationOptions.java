package org.lamella.cli;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lamella.activation.LayerSelection;
import org.lamella.activation.Reduction;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** Which activations are taken, and how models are run for them. */
final class ActivationOptions {
    @Spec(Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = "--batch",
            defaultValue = "256",
            paramLabel = "N",
            description = "Examples that are run at once; for CKA, those in a minibatch (256).")
    private int batch;

    @Option(names = "--examples", defaultValue = "0", paramLabel = "N", description = "Use the first N examples (all).")
    private int examples;

    @Option(
            names = "--layers",
            split = ",",
            paramLabel = "GLOB",
            description = "Only the layers with such names; * stands for any letters, ? for one.")
    private List<String> layers = List.of();

    @Option(
            names = "--reduce",
            defaultValue = "flatten",
            paramLabel = "HOW",
            description =
                    "flatten: all numbers of an activation (the default); mean: their mean over positions, or over the"
                            + " tokens of a text; cls, last: those of the first or the last token.")
    private Reduction reduction;

    @Option(names = "--threads", defaultValue = "0", paramLabel = "N", description = "Threads (one a processor).")
    private int threads;

    @Option(
            names = "--memory",
            converter = MemorySize.class,
            paramLabel = "SIZE",
            description = "Memory for activations: 700m, 4g (half of what is free).")
    private @Nullable Long memory;

    int batch() {
        return batch;
    }

    int examples() {
        return examples;
    }

    LayerSelection layers() {
        return LayerSelection.of(layers);
    }

    Reduction reduction() {
        return reduction;
    }

    int threads() {
        return threads > 0 ? threads : Runtime.getRuntime().availableProcessors();
    }

    /** Bytes; 0 where the user leaves it open. */
    long memory() {
        return memory == null ? 0 : memory;
    }

    /**
     * Checks the numbers.
     *
     * @param why a smaller batch will not do
     */
    void check(int smallestBatch, String why) {
        require(batch >= smallestBatch, "--batch must be at least " + smallestBatch + why);
        require(examples >= 0, "--examples cannot be negative");
        require(threads >= 0, "--threads cannot be negative");
    }

    private void require(boolean condition, String message) {
        if (!condition) {
            throw new ParameterException(command.commandLine(), message);
        }
    }
}

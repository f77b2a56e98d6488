package org.lamella.cli;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lamella.activation.LayerSelection;
import org.lamella.activation.Reduction;
import org.lamella.similarity.Cka;
import org.lamella.similarity.Estimator;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** How layers are compared, and where the results go. */
final class ComparisonOptions {
    @Spec(Target.MIXEE)
    private CommandSpec command;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "The run directory to write.")
    private Path out;

    @Option(names = "--batch", defaultValue = "256", paramLabel = "N", description = "Examples in a minibatch (256).")
    private int batch;

    @Option(
            names = "--passes",
            defaultValue = "1",
            paramLabel = "N",
            description = "Passes over the examples: the first in order, later ones shuffled (1).")
    private int passes;

    @Option(names = "--examples", defaultValue = "0", paramLabel = "N", description = "Use the first N examples (all).")
    private int examples;

    @Option(names = "--seed", defaultValue = "0", paramLabel = "N", description = "Seed of the shuffled passes (0).")
    private long seed;

    @Option(
            names = "--layers",
            split = ",",
            paramLabel = "GLOB",
            description = "Compare only the layers with such names; * stands for any letters, ? for one.")
    private List<String> layers = List.of();

    @Option(
            names = "--reduce",
            defaultValue = "flatten",
            paramLabel = "HOW",
            description =
                    "flatten: compare all numbers of an activation (the default); mean: their mean over positions, or over the"
                            + " tokens of a text; cls, last: those of the first or the last token.")
    private Reduction reduction;

    @Option(
            names = "--estimator",
            defaultValue = "unbiased",
            paramLabel = "HOW",
            description = "unbiased (the default) or biased.")
    private Estimator estimator;

    @Option(names = "--threads", defaultValue = "0", paramLabel = "N", description = "Threads (one a processor).")
    private int threads;

    @Option(
            names = "--memory",
            converter = MemorySize.class,
            paramLabel = "SIZE",
            description = "Memory for activations: 700m, 4g (half of what is free).")
    private @Nullable Long memory;

    @Option(names = "--resume", description = "Go on with a run that was interrupted.")
    private boolean resume;

    Path out() {
        return out;
    }

    LayerSelection layers() {
        return LayerSelection.of(layers);
    }

    Reduction reduction() {
        return reduction;
    }

    boolean resume() {
        return resume;
    }

    /** Bytes; 0 where the user leaves it open. */
    long memory() {
        return memory == null ? 0 : memory;
    }

    int threads() {
        return threads > 0 ? threads : Runtime.getRuntime().availableProcessors();
    }

    /** The options of the computation, checked. */
    Cka.Options options() {
        require(batch >= Estimator.SMALLEST_BATCH, "--batch must be at least 4: the estimator divides by n - 3");
        require(passes >= 1, "--passes must be at least 1");
        require(examples >= 0, "--examples cannot be negative");
        require(threads >= 0, "--threads cannot be negative");
        return new Cka.Options(estimator, batch, passes, seed, examples, threads());
    }

    private void require(boolean condition, String message) {
        if (!condition) {
            throw new ParameterException(command.commandLine(), message);
        }
    }
}

package org.lamella.cli;

import java.nio.file.Path;
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

    @Option(
            names = "--passes",
            defaultValue = "1",
            paramLabel = "N",
            description = "Passes over the examples: the first in order, later ones shuffled (1).")
    private int passes;

    @Option(names = "--seed", defaultValue = "0", paramLabel = "N", description = "Seed of the shuffled passes (0).")
    private long seed;

    @Option(
            names = "--estimator",
            defaultValue = "unbiased",
            paramLabel = "HOW",
            description = "unbiased (the default) or biased.")
    private Estimator estimator;

    @Option(names = "--resume", description = "Go on with a run that was interrupted.")
    private boolean resume;

    Path out() {
        return out;
    }

    boolean resume() {
        return resume;
    }

    /** The options of the computation, checked. */
    Cka.Options options(ActivationOptions activations) {
        activations.check(Estimator.SMALLEST_BATCH, ": the estimator divides by n - 3");
        require(passes >= 1, "--passes must be at least 1");
        return new Cka.Options(
                estimator, activations.batch(), passes, seed, activations.examples(), activations.threads());
    }

    private void require(boolean condition, String message) {
        if (!condition) {
            throw new ParameterException(command.commandLine(), message);
        }
    }
}

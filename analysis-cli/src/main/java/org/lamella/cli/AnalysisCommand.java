package org.lamella.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What commands that look at all layers of models have in common: what the models are given, and how they are run. */
abstract class AnalysisCommand implements Callable<Integer>, Reporting {
    @Mixin
    DataOptions data;

    @Mixin
    ActivationOptions activations;

    @Mixin
    EngineOption engine;

    @Mixin
    ConsoleOptions console;

    @Spec
    CommandSpec spec;

    @Override
    public final ConsoleOptions console() {
        return console;
    }

    final OpenModels open(List<String> models) {
        return OpenModels.open(models, activations.threads(), data.tokenizer(), engine);
    }

    /** Refuses a command line. */
    final void require(boolean condition, String message) {
        if (!condition) {
            throw new ParameterException(spec.commandLine(), message);
        }
    }
}

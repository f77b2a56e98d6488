package org.lamella.cli;

import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.lamella.samples.Trainer;
import org.lamella.samples.TrainingProgress;
import org.lamella.samples.TrainingResult;
import org.lamella.samples.TrainingSpec;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "train",
        mixinStandardHelpOptions = true,
        description = "Trains one network as a specification says and writes its checkpoint, NAME.zip.",
        footer = {"", "The specifications of the networks that ship are in sample-models/specs/."})
final class TrainCommand implements Callable<Integer>, Reporting {
    @Parameters(paramLabel = "SPEC", description = "A specification, as JSON.")
    private Path spec;

    @Option(
            names = "--data",
            defaultValue = ".",
            paramLabel = "DIR",
            description = "The folder that has the specification's data files (the current one).")
    private Path data;

    @Option(
            names = "--out",
            defaultValue = ".",
            paramLabel = "DIR",
            description = "The folder to write the checkpoint to (the current one).")
    private Path out;

    @Mixin
    private ConsoleOptions console;

    @Override
    public ConsoleOptions console() {
        return console;
    }

    @Override
    public Integer call() {
        TrainingSpec wanted = TrainingSpec.read(spec);
        TrainingResult result;
        try (var steps = new Steps(wanted.epochs())) {
            result = Trainer.train(wanted, data, out, steps);
        }
        console.say(String.format(
                Locale.ROOT,
                "%,d parameters, %,d examples, %.0f s; %.2f %% of %,d test examples right",
                result.parameters(),
                result.trainingExamples(),
                result.trainingSeconds(),
                100 * result.testAccuracy(),
                result.testExamples()));
        console.result(result.checkpoint().toString());
        return 0;
    }

    /** Steps of all epochs as one progress. */
    private final class Steps implements TrainingProgress, AutoCloseable {
        private final int epochs;
        private @Nullable Progress progress;

        Steps(int epochs) {
            this.epochs = epochs;
        }

        @Override
        public void stepped(int epoch, int step, int stepsPerEpoch, double loss) {
            if (progress == null) {
                progress = Progress.start("steps", epochs * stepsPerEpoch, console);
            }
            progress.at((epoch - 1) * stepsPerEpoch + step);
        }

        @Override
        public void close() {
            if (progress != null) {
                progress.close();
            }
        }
    }
}

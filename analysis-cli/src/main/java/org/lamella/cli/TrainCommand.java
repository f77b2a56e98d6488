package org.lamella.cli;

import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.lamella.samples.training.SpecFile;
import org.lamella.samples.training.Trainer;
import org.lamella.samples.training.TrainingListener;
import org.lamella.samples.training.TrainingResult;
import org.lamella.samples.training.TrainingSpec;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "train",
        mixinStandardHelpOptions = true,
        description =
                "Trains one network as a specification says and writes its checkpoint, NAME.zip, with the history of its"
                        + " epochs, NAME.csv, and the result, NAME.json. Stopped by Ctrl-C or SIGTERM it leaves the state from which"
                        + " --resume goes on to the same network.",
        footer = {"", "The specifications of the networks that ship are in sample-models/specs/."})
final class TrainCommand implements Callable<Integer>, Reporting {
    @Parameters(paramLabel = "SPEC", description = "A specification, JSON or YAML.")
    private Path spec;

    @Option(
            names = "--data",
            defaultValue = ".",
            paramLabel = "DIR",
            description = "The folder to which the specification's data are relative (the current one).")
    private Path data;

    @Option(
            names = "--out",
            defaultValue = ".",
            paramLabel = "DIR",
            description = "The folder to write the checkpoint to (the current one).")
    private Path out;

    @Option(names = "--resume", description = "Go on with a training that was interrupted, if there is one.")
    private boolean resume;

    @Option(
            names = "--threads",
            defaultValue = "0",
            paramLabel = "N",
            description = "Threads (one a processor). The last bits of the weights depend on it.")
    private int threads;

    @Option(names = "--stop-at-end-of-input", hidden = true, description = "Stop when the standard input ends.")
    private boolean stopAtEndOfInput;

    @Mixin
    private ConsoleOptions console;

    @Override
    public ConsoleOptions console() {
        return console;
    }

    @Override
    public Integer call() {
        TrainingSpec wanted = SpecFile.read(spec);
        TrainingResult result;
        try (var stop = new StopSignal();
                var steps = new Steps(wanted.epochs(), stop)) {
            if (stopAtEndOfInput) {
                stop.whenInputEnds();
            }
            result = Trainer.train(wanted, data, out, resume, threads, steps);
        }
        console.say(String.format(
                Locale.ROOT,
                "%,d parameters, %,d examples, %.0f s; %.2f %% of %,d test examples right",
                result.cost().parameters(),
                result.trainingExamples(),
                result.seconds(),
                100 * result.test().accuracy(),
                result.test().examples()));
        console.result(result.checkpoint().toString());
        return 0;
    }

    /** Steps of all epochs as one progress. */
    private final class Steps implements TrainingListener, AutoCloseable {
        private final int epochs;
        private final StopSignal stop;
        private @Nullable Progress progress;

        Steps(int epochs, StopSignal stop) {
            this.epochs = epochs;
            this.stop = stop;
        }

        @Override
        public boolean stops() {
            return stop.given();
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

package org.lamella.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.lamella.run.Merge;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "merge",
        mixinStandardHelpOptions = true,
        description = "Adds the partial sums of runs of the same models over different examples.")
final class MergeCommand implements Callable<Integer>, Reporting {
    @Parameters(arity = "2..*", paramLabel = "DIR", description = "Finished run directories.")
    private List<Path> runs;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "The run directory to write.")
    private Path out;

    @Mixin
    private ConsoleOptions console;

    @Spec
    private CommandSpec spec;

    @Override
    public ConsoleOptions console() {
        return console;
    }

    @Override
    public Integer call() {
        try (var drawn = new DrawnRun(console)) {
            Merge.execute(runs, out, CommandText.of(spec), drawn);
        }
        console.result(out.resolve("report.html").toString());
        return 0;
    }
}

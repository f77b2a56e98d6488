package org.lamella.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.lamella.run.RunDirectory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "report",
        mixinStandardHelpOptions = true,
        description = "Draws the heat maps and the report of a run directory again.")
final class ReportCommand implements Callable<Integer>, Reporting {
    @Parameters(paramLabel = "DIR", description = "A finished run directory.")
    private Path path;

    @Mixin
    private ConsoleOptions console;

    @Override
    public ConsoleOptions console() {
        return console;
    }

    @Override
    public Integer call() {
        RunDirectory directory = RunDirectory.open(path);
        try (var drawn = new DrawnRun(console)) {
            drawn.draw(directory.read(), directory);
        }
        console.result(path.resolve("report.html").toString());
        return 0;
    }
}

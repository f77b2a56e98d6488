package org.lamella.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.lamella.report.ComponentPictures;
import org.lamella.run.ComponentResults;
import org.lamella.run.RunDirectory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "report",
        mixinStandardHelpOptions = true,
        description = "Draws the heat maps and the report of a run directory again.")
final class ReportCommand implements Callable<Integer>, Reporting {
    @Parameters(paramLabel = "DIR", description = "A finished run directory, or the folder of components.")
    private Path path;

    @Mixin
    private ConsoleOptions console;

    @Override
    public ConsoleOptions console() {
        return console;
    }

    @Override
    public Integer call() {
        Optional<ComponentResults> components = ComponentResults.read(path);
        if (components.isPresent()) {
            DrawnRun.drawSideBySide(ComponentPictures.of(components.get()));
        }
        if (components.isPresent() && !Files.isRegularFile(path.resolve("run.json"))) {
            DrawnComponents.saveReport(components.get());
        } else {
            RunDirectory directory = RunDirectory.open(path);
            try (var drawn = new DrawnRun(console)) {
                drawn.draw(directory.read(), directory);
            }
        }
        console.result(path.resolve("report.html").toString());
        return 0;
    }
}

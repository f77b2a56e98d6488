package org.lamella.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.lamella.report.ComponentPictures;
import org.lamella.run.AnalysisDirectory;
import org.lamella.run.ComponentResults;
import org.lamella.run.MeasureResult;
import org.lamella.run.ProbeResult;
import org.lamella.run.RunDirectory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "report",
        mixinStandardHelpOptions = true,
        description = "Draws the pictures and the reports of a run directory again, from its files.")
final class ReportCommand implements Callable<Integer>, Reporting {
    @Parameters(
            paramLabel = "DIR",
            description = "The folder of a finished run of cka, merge, components, similarity or probe.")
    private Path path;

    @Mixin
    private ConsoleOptions console;

    @Override
    public ConsoleOptions console() {
        return console;
    }

    @Override
    public Integer call() {
        Set<Path> pages = new LinkedHashSet<>();
        AnalysisDirectory.ofMeasures(path).ifPresent(directory -> {
            try (var drawn = new DrawnMeasures(console)) {
                drawn.draw(MeasureResult.read(directory), directory);
                pages.add(drawn.report());
            }
        });
        AnalysisDirectory.ofProbes(path).ifPresent(directory -> {
            try (var drawn = new DrawnProbes(console)) {
                drawn.draw(ProbeResult.read(directory), directory);
                pages.add(drawn.report());
            }
        });
        Path own = path.resolve("report.html");
        Optional<ComponentResults> components = ComponentResults.read(path);
        if (components.isPresent()) {
            DrawnRun.drawSideBySide(ComponentPictures.of(components.get()));
        }
        if (components.isPresent() && !Files.isRegularFile(path.resolve("run.json"))) {
            DrawnComponents.saveReport(components.get());
            console.result(own.toString());
        } else if (!pages.contains(own)) {
            RunDirectory directory = RunDirectory.open(path);
            try (var drawn = new DrawnRun(console)) {
                drawn.draw(directory.read(), directory);
            }
            console.result(own.toString());
        }
        pages.forEach(page -> console.result(page.toString()));
        return 0;
    }
}

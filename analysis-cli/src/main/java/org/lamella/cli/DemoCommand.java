package org.lamella.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.lamella.activation.LayerSelection;
import org.lamella.activation.Reduction;
import org.lamella.component.Components;
import org.lamella.run.CkaRun;
import org.lamella.run.ComponentRun;
import org.lamella.run.RunData;
import org.lamella.samples.Samples;
import org.lamella.similarity.Cka;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = "Compares the layers of two networks that ship with the program, a shallow one and a deep one, on"
                + " 3,000 images, finds the blocks, looks inside the layers, and names the report it wrote.")
final class DemoCommand implements Callable<Integer>, Reporting {
    /** Enough for the first components of these layers, and soon done. */
    private static final int COMPONENT_EXAMPLES = 1000;

    @Option(
            names = "--out",
            defaultValue = "lamella-demo",
            paramLabel = "DIR",
            description = "The folder to write (lamella-demo).")
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
        List<String> checkpoints = Samples.checkpoints(out.resolve("checkpoints")).stream()
                .map(Path::toString)
                .toList();
        Path run = out.resolve("run");
        RunData images = RunData.of(Samples.data(Samples.names().get(0)));
        try (var models = OpenModels.open(checkpoints, 0, null, new EngineOption())) {
            try (var drawn = new DrawnRun(console)) {
                CkaRun.execute(
                        new CkaRun.Request(
                                models.models(),
                                images,
                                LayerSelection.all(),
                                Reduction.FLATTEN,
                                Cka.Options.defaults(),
                                run,
                                false,
                                CommandText.of(spec)),
                        drawn);
            }
            try (var drawn = new DrawnComponents(console)) {
                ComponentRun.execute(
                        new ComponentRun.Request(
                                models.models(),
                                images,
                                LayerSelection.all(),
                                Reduction.FLATTEN,
                                Components.Options.defaults().withExamples(COMPONENT_EXAMPLES),
                                0,
                                List.of(),
                                List.of(),
                                run,
                                CommandText.of(spec)),
                        drawn);
            }
        }
        console.say("The heat map of all layers is in " + run.resolve("cka.png") + "; open the report in a browser:");
        console.result(run.resolve("report.html").toString());
        return 0;
    }
}

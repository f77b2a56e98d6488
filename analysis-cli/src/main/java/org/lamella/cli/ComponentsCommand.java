package org.lamella.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.lamella.component.Components;
import org.lamella.run.ComponentRun;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "components",
        mixinStandardHelpOptions = true,
        description = {
            "Looks inside the layers of models: principal components and dominant examples, and what CKA is without them.",
            "All examples are taken at once: 2,048 of them unless --examples says otherwise."
        },
        footer = {
            "",
            "Examples:",
            "  lamella components resnet56.onnx --data cifar10:DIR --out run/",
            "  lamella components a.npz b.npz --remove 2 --drop-dominant 0.02 --out inside/",
            "  lamella components mynet.zip --data sample:fashion-mnist --maps conv1,conv2 --example 12 --out inside/"
        })
final class ComponentsCommand extends AnalysisCommand {
    private static final int EXAMPLES = 2048;

    @Parameters(arity = "1..*", paramLabel = "MODEL", description = "As for 'lamella cka'.")
    private List<String> models;

    @Option(
            names = "--out",
            required = true,
            paramLabel = "DIR",
            description = "A new folder, or the run directory of the same models, whose report then shows both.")
    private Path out;

    @Option(
            names = "--components",
            defaultValue = "10",
            paramLabel = "K",
            description = "Leading components of each layer to write (10).")
    private int components;

    @Option(
            names = "--remove",
            defaultValue = "1",
            paramLabel = "K",
            description = "How many of them are taken away for the CKA without them (1).")
    private int removed;

    @Option(
            names = "--drop-dominant",
            defaultValue = "0.01",
            paramLabel = "PART",
            description =
                    "The part of the examples that counts as dominant in a layer, and in a model is left out for the CKA"
                            + " without them (0.01).")
    private double dominant;

    @Option(
            names = "--cell",
            paramLabel = "LAYER,LAYER",
            description = "Take the cell of these two layers apart, component by component; may be given several times."
                    + " With several models, MODEL/LAYER.")
    private List<String> cells = List.of();

    @Option(
            names = "--maps",
            split = ",",
            paramLabel = "LAYER",
            description = "Draw the feature maps of these layers for the examples of --example.")
    private List<String> maps = List.of();

    @Option(
            names = "--example",
            split = ",",
            paramLabel = "ID",
            description = "Examples for --maps, as dominant.csv names them or by position from 0.")
    private List<String> examples = List.of();

    @Override
    public Integer call() {
        Components.Options options = options();
        data.check();
        try (var opened = open(models);
                var drawn = new DrawnComponents(console)) {
            var request = new ComponentRun.Request(
                    opened.models(),
                    data.runData(),
                    activations.layers(),
                    activations.reduction(),
                    options,
                    activations.memory(),
                    maps,
                    examples,
                    out,
                    CommandText.of(spec));
            ComponentRun.execute(request, drawn);
        }
        console.result(out.resolve("report.html").toString());
        return 0;
    }

    private Components.Options options() {
        activations.check(1, "");
        require(
                !spec.commandLine().getParseResult().hasMatchedOption("--batch"),
                "--batch is not for this command: all examples are taken at once");
        require(components >= 1, "--components must be at least 1");
        require(removed >= 1 && removed <= components, "--remove must be from 1 to --components");
        require(dominant > 0 && dominant < 0.5, "--drop-dominant must be above 0 and below 0.5");
        require(maps.isEmpty() == examples.isEmpty(), "--maps and --example belong together");
        return new Components.Options(
                activations.examples() == 0 ? EXAMPLES : activations.examples(),
                components,
                removed,
                dominant,
                cells(),
                false,
                activations.threads());
    }

    private List<Components.Cell> cells() {
        List<Components.Cell> wanted = new ArrayList<>();
        for (String cell : cells) {
            String[] layers = cell.split(",", -1);
            require(layers.length == 2, "--cell takes two layers with a comma between them, not '" + cell + "'");
            wanted.add(new Components.Cell(layers[0], layers[1]));
        }
        return wanted;
    }
}

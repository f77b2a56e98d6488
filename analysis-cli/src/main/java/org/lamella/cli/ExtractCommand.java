package org.lamella.cli;

import java.nio.file.Path;
import java.util.List;
import org.lamella.array.FloatFormat;
import org.lamella.run.Extraction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "extract",
        mixinStandardHelpOptions = true,
        description = {
            "Writes the activations of a model, one array for each layer, to an .npz archive that numpy opens.",
            "Labels are in its array __labels__ where the data have them, the names of the examples in __ids__."
        },
        footer = {
            "",
            "Example:",
            "  lamella extract resnet20.onnx --data cifar10:DIR --layers '*relu*' --out acts.npz",
            "  python3 -c \"import numpy; print(numpy.load('acts.npz')['relu1'].shape)\""
        })
final class ExtractCommand extends AnalysisCommand {
    @Parameters(paramLabel = "MODEL", description = "As for 'lamella cka'.")
    private String named;

    @Option(names = "--out", required = true, paramLabel = "FILE", description = "The .npz archive to write.")
    private Path out;

    @Option(
            names = "--dtype",
            defaultValue = "float32",
            paramLabel = "FORMAT",
            description = "float32 (the default) or float16, which takes half the space.")
    private FloatFormat format;

    @Override
    public Integer call() {
        activations.check(1, "");
        data.check();
        try (var opened = open(List.of(named));
                var followed = new FollowedRun(console)) {
            Extraction.execute(
                    new Extraction.Request(
                            opened.models().get(0),
                            data.runData(),
                            activations.layers(),
                            activations.reduction(),
                            activations.batch(),
                            activations.examples(),
                            activations.threads(),
                            activations.memory(),
                            format,
                            out),
                    followed);
        }
        console.result(out.toString());
        return 0;
    }
}

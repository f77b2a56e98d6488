package org.lamella.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.lamella.LamellaException;
import org.lamella.activation.LeftOut;
import org.lamella.data.DataSource;
import org.lamella.dl4j.ExportedNetwork;
import org.lamella.model.Checkpoints;
import org.lamella.model.Dl4jCheckpoint;
import org.lamella.model.Model;
import org.lamella.model.SameDiffCheckpoint;
import org.lamella.run.RunData;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "export",
        mixinStandardHelpOptions = true,
        description =
                "Writes a Deeplearning4j or Keras network as an ONNX model, after comparing what ONNX Runtime gives for it"
                        + " with what Deeplearning4j gives; or a SameDiff graph.",
        footer = {
            "",
            "Examples:",
            "  lamella export mynet.zip --out mynet.onnx",
            "  lamella export mynet.h5 --data npz:examples.npz --out mynet.onnx"
        })
final class ExportCommand implements Callable<Integer>, Reporting {
    @Parameters(
            paramLabel = "MODEL",
            description = "A Deeplearning4j zip, a Keras model (.h5) or a SameDiff graph (.fb).")
    private String named;

    @Option(names = "--out", required = true, paramLabel = "FILE", description = "The ONNX file to write.")
    private Path out;

    @Mixin
    private DataOptions data;

    @Mixin
    private ConsoleOptions console;

    @Override
    public ConsoleOptions console() {
        return console;
    }

    @Override
    public Integer call() {
        data.check();
        @Nullable RunData given = data.runData();
        try (Model model = Checkpoints.openNamed(named)) {
            if (model instanceof SameDiffCheckpoint graph) {
                save(graph);
                return 0;
            }
            if (!(model instanceof Dl4jCheckpoint network)) {
                throw new LamellaException(
                        model.path().toString(),
                        "is no Deeplearning4j, Keras or SameDiff model, of which ONNX models are made (its kind: %s)"
                                .formatted(model.format()));
            }
            @Nullable DataSource source = given == null ? null : given.of(network, console::warn);
            ExportedNetwork exported = network.export(source == null ? null : source.examples());
            exported.save(out);
            console.say("%s -> %s, operator set %d"
                    .formatted(
                            String.join(", ", exported.inputs()),
                            String.join(", ", exported.outputs()),
                            exported.operatorSet()));
            console.say(String.format(
                    Locale.ROOT,
                    "largest difference from Deeplearning4j on %d %s examples: %.1e of the largest value",
                    exported.agreement().examples(),
                    source == null ? "random" : "given",
                    exported.agreement().relative()));
        }
        console.result(out.toString());
        return 0;
    }

    private void save(SameDiffCheckpoint graph) {
        graph.obstacle().ifPresent(why -> {
            throw new LamellaException(graph.path().toString(), why);
        });
        List<LeftOut> missing = graph.leftOut();
        if (!missing.isEmpty()) {
            console.warn("%d arrays of the graph are no layers; what ONNX has no form for is not in the file: %s"
                    .formatted(
                            missing.size(),
                            missing.stream().limit(3).map(LeftOut::toString).collect(Collectors.joining("; "))));
        }
        graph.model().save(out);
        console.result(out.toString());
    }
}

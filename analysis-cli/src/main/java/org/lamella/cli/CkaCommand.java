package org.lamella.cli;

import java.util.List;
import java.util.concurrent.Callable;
import org.lamella.run.CkaRun;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "cka",
        mixinStandardHelpOptions = true,
        description = "Compares all layers of all models given by centred kernel alignment (CKA) and writes matrices,"
                + " heat maps and a report.",
        footer = {
            "",
            "Examples:",
            "  lamella cka resnet20.onnx resnet56.onnx --data cifar10:DIR --out run/",
            "  lamella cka mynet.zip --data idx:images.gz,labels.gz --out run/",
            "  lamella cka wide=wide.npz deep=deep.npz --out run/",
            "  lamella cka minilm/model.onnx --data text:sentences.txt --reduce mean --out run/"
        })
final class CkaCommand implements Callable<Integer>, Reporting {
    @Parameters(
            arity = "1..*",
            paramLabel = "MODEL",
            description =
                    "path or name=path: a Deeplearning4j zip, a Keras model (.h5), a SameDiff graph (.fb), an ONNX model, or stored"
                            + " activations"
                            + " (.npz, .npy, a folder of .npy, .safetensors, HDF5), which need no --data.")
    private List<String> models;

    @Mixin
    private DataOptions data;

    @Mixin
    private ActivationOptions activations;

    @Mixin
    private ComparisonOptions comparison;

    @Mixin
    private EngineOption engine;

    @Mixin
    private UntrainedOption untrained;

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
        var options = comparison.options(activations);
        data.check();
        try (var opened = OpenModels.open(models, activations.threads(), data.tokenizer(), engine);
                var drawn = new DrawnRun(console)) {
            var request = new CkaRun.Request(
                    untrained.beside(opened.models(), options.seed()),
                    data.runData(),
                    activations.layers(),
                    activations.reduction(),
                    options,
                    activations.memory(),
                    comparison.out(),
                    comparison.resume(),
                    CommandText.of(spec));
            CkaRun.execute(request, drawn);
        }
        console.result(comparison.out().resolve("report.html").toString());
        return 0;
    }
}

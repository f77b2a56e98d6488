package org.lamella.cli;

import java.util.List;
import org.lamella.run.CkaRun;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

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
final class CkaCommand extends AnalysisCommand {
    @Parameters(
            arity = "1..*",
            paramLabel = "MODEL",
            description =
                    "path or name=path: a Deeplearning4j zip, a Keras model (.h5), a SameDiff graph (.fb), an ONNX model, or stored"
                            + " activations"
                            + " (.npz, .npy, a folder of .npy, .safetensors, HDF5), which need no --data.")
    private List<String> models;

    @Mixin
    private ComparisonOptions comparison;

    @Mixin
    private UntrainedOption untrained;

    @Override
    public Integer call() {
        var options = comparison.options(activations);
        data.check();
        try (var opened = open(models);
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

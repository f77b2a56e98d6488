package org.lamella.cli;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lamella.model.Checkpoint;
import org.lamella.probe.LinearClassifier;
import org.lamella.probe.RidgeClassifier;
import org.lamella.probe.SoftmaxClassifier;
import org.lamella.run.ProbeRun;
import org.lamella.run.RunData;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

@Command(
        name = "probe",
        mixinStandardHelpOptions = true,
        description =
                "Measures how well a linear classifier of each layer's activation tells the classes: trained on --data, its"
                        + " regularisation chosen on a fifth of that, scored once on --test. It takes 3,000 training examples, every"
                        + " class with its share, unless --examples says otherwise, and 2,000 test examples likewise. Stored"
                        + " activations need no --test: a quarter of the examples, every class with its share, is chosen by the"
                        + " seed and scored on, and labels are those in the file unless --data gives others.",
        footer = {
            "",
            "Example:",
            "  lamella probe mynet.zip --data idx:train-images.gz,train-labels.gz --test idx:t10k-images.gz,t10k-labels.gz"
                    + " --out probes/",
            "  lamella probe acts.npz --out probes/"
        })
final class ProbeCommand extends AnalysisCommand {
    private static final int EXAMPLES = 3000;

    @Parameters(
            arity = "1..*",
            paramLabel = "MODEL",
            description =
                    "path or name=path: a Deeplearning4j zip, a Keras model (.h5), a SameDiff graph (.fb) or an ONNX model; or stored"
                            + " activations only.")
    private List<String> models;

    @Option(
            names = "--test",
            paramLabel = "KIND:PATH",
            description = "The labelled examples to score on, as --data takes them; they are prepared like those.")
    private @Nullable String test;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "The run directory to write.")
    private Path out;

    @Option(
            names = "--classifier",
            defaultValue = "ridge",
            paramLabel = "NAME",
            converter = ClassifierConverter.class,
            description = "ridge (the default), which is quick, or softmax: multinomial logistic regression.")
    private LinearClassifier classifier;

    @Option(
            names = "--test-examples",
            defaultValue = "2000",
            paramLabel = "N",
            description = "Score on so many test examples, every class with its share (2000).")
    private int tested;

    @Option(
            names = "--seed",
            defaultValue = "0",
            paramLabel = "N",
            description = "Seed of the choice of examples and of the part on which the regularisation is chosen (0).")
    private long seed;

    static final class ClassifierConverter implements ITypeConverter<LinearClassifier> {
        @Override
        public LinearClassifier convert(String name) {
            return switch (name) {
                case "ridge" -> new RidgeClassifier();
                case "softmax" -> new SoftmaxClassifier();
                default -> throw new TypeConversionException("'" + name + "' is neither ridge nor softmax");
            };
        }
    }

    @Override
    public Integer call() {
        activations.check(1, "");
        data.check();
        require(tested >= 1, "--test-examples must be at least 1");
        @Nullable RunData training = data.runData();
        Path report;
        try (var opened = open(models);
                var drawn = new DrawnProbes(console)) {
            if (opened.models().stream().anyMatch(Checkpoint.class::isInstance)) {
                require(training != null, "--data is missing: the examples to learn from");
                require(test != null, "--test is missing: the examples to score on");
            }
            ProbeRun.execute(
                    new ProbeRun.Request(
                            opened.models(),
                            training,
                            test == null ? null : DataOptions.open(test),
                            activations.layers(),
                            activations.reduction(),
                            classifier,
                            activations.examples() == 0 ? EXAMPLES : activations.examples(),
                            tested,
                            seed,
                            activations.threads(),
                            activations.memory(),
                            out,
                            CommandText.of(spec)),
                    drawn);
            report = drawn.report();
        }
        console.result(report.toString());
        return 0;
    }
}

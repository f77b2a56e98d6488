package org.lamella.cli;

import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import org.lamella.measure.Measure;
import org.lamella.measure.Measures;
import org.lamella.run.MeasureRun;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

@Command(
        name = "similarity",
        mixinStandardHelpOptions = true,
        description =
                "Compares all layers of all models given by other measures than minibatch CKA, on all examples at once,"
                        + " and writes matrices, heat maps and a report. It takes the first 2,048 examples unless --examples says"
                        + " otherwise.",
        footer = {
            "",
            "Examples:",
            "  lamella similarity resnet20.onnx --measure svcca,procrustes --data cifar10:DIR --out run/",
            "  lamella similarity wide=wide.npz deep=deep.npz --measure rsa-spearman --null 20 --out run/",
            "  lamella similarity mynet.zip --measure cka --untrained --data npz:FILE --out run/"
        })
final class SimilarityCommand extends AnalysisCommand {
    private static final int EXAMPLES = 2048;

    @Parameters(arity = "1..*", paramLabel = "MODEL", description = "As for 'lamella cka'.")
    private List<String> models;

    @Option(
            names = "--measure",
            split = ",",
            required = true,
            paramLabel = "NAME",
            description =
                    "One or several of cka, cka-biased, rbf-cka, mean-cca, mean-squared-cca, svcca, pwcca, procrustes,"
                            + " procrustes-angle, rsa-pearson, rsa-spearman, knn-jaccard, distance-correlation.")
    private List<String> measures;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "The run directory to write.")
    private Path out;

    @Option(
            names = "--null",
            defaultValue = "0",
            paramLabel = "N",
            description = "Also compare under N random pairings of the examples, to see what chance gives (0).")
    private int permutations;

    @Option(
            names = "--seed",
            defaultValue = "0",
            paramLabel = "N",
            description = "Seed of the pairings and of untrained weights (0).")
    private long seed;

    @Option(
            names = "--rbf-bandwidth",
            defaultValue = "0.5",
            paramLabel = "X",
            description = "rbf-cka: bandwidth as a part of the median distance (0.5).")
    private double bandwidth;

    @Option(
            names = "--svcca-variance",
            defaultValue = "0.99",
            paramLabel = "X",
            description = "svcca: share of the variance that the components keep (0.99).")
    private double variance;

    @Option(
            names = "--cca-ridge",
            defaultValue = "0",
            paramLabel = "X",
            description =
                    "mean-cca, mean-squared-cca: a ridge, in parts of a layer's mean variance over the directions that"
                            + " the examples span (0). It makes them defined for layers of any width.")
    private double ridge;

    @Option(
            names = "--neighbours",
            defaultValue = "10",
            paramLabel = "K",
            description = "knn-jaccard: how many nearest neighbours (10).")
    private int neighbours;

    @Mixin
    private UntrainedOption untrained;

    @Override
    public Integer call() {
        activations.check(1, "");
        data.check();
        List<Measure<?>> chosen = chosen();
        Path report;
        try (var opened = open(models);
                var drawn = new DrawnMeasures(console)) {
            MeasureRun.execute(
                    new MeasureRun.Request(
                            untrained.beside(opened.models(), seed),
                            data.runData(),
                            activations.layers(),
                            activations.reduction(),
                            chosen,
                            activations.examples() == 0 ? EXAMPLES : activations.examples(),
                            permutations,
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

    private List<Measure<?>> chosen() {
        require(permutations >= 0, "--null cannot be negative");
        var settings = new Measures.Settings(bandwidth, variance, ridge, neighbours);
        try {
            return new LinkedHashSet<>(measures)
                    .stream()
                            .<Measure<?>>map(name -> Measures.named(name, settings))
                            .toList();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }
}

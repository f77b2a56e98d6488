package org.lamella.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.lamella.block.BlockDetector;
import org.lamella.block.Blocks;
import org.lamella.block.SimilarityCsv;
import org.lamella.run.BlocksFile;
import org.lamella.run.CkaRun;
import org.lamella.run.RunDirectory;
import org.lamella.run.RunResult;
import org.lamella.similarity.Cka;
import org.lamella.similarity.Estimator;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "blocks",
        mixinStandardHelpOptions = true,
        description = "Finds blocks: long runs of layers of which every two are similar and whose borders show.",
        footer = {
            "",
            "Examples:",
            "  lamella blocks run/",
            "  lamella blocks cka.csv --out blocks.json",
            "  lamella blocks resnet56.onnx --data cifar10:DIR --out blocks.json",
            "  lamella blocks run/ --null untrained-run/"
        })
final class BlocksCommand extends AnalysisCommand {
    @Parameters(
            paramLabel = "INPUT",
            description = "A run directory; a matrix of similarities as .csv, .tsv or .txt, with or without names; or a"
                    + " model as for 'lamella cka', whose layers are compared first.")
    private String input;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description = "The file to write. Without it, blocks.json in the run directory; none for other inputs.")
    private @Nullable Path out;

    @Option(
            names = "--null",
            paramLabel = "RUN",
            description = "A run directory or CSV of a network without blocks, untrained or narrow: its score is given"
                    + " beside.")
    private @Nullable String chance;

    @Option(names = "--least-layers", defaultValue = "4", paramLabel = "N", description = "Layers of a block (4).")
    private int length;

    @Option(
            names = "--similarity",
            defaultValue = "0.8",
            paramLabel = "X",
            description = "Similarity that every two comparable layers of a block have at least (0.8).")
    private double similarity;

    @Option(
            names = "--contrast",
            defaultValue = "0.025",
            paramLabel = "X",
            description =
                    "By how much the least similar two layers of a block are more similar than its borders are to it"
                            + " (0.025); four times the noise of a cell, or more.")
    private double contrast;

    @Option(
            names = "--out-of-line",
            defaultValue = "0.05",
            paramLabel = "X",
            description =
                    "A layer is not compared with two around it that are by so much more similar to each other (0.05).")
    private double margin;

    @Option(names = "--passes", defaultValue = "1", paramLabel = "N", description = "For a model: as for cka (1).")
    private int passes;

    @Option(names = "--seed", defaultValue = "0", paramLabel = "N", description = "For a model: as for cka (0).")
    private long seed;

    @Option(
            names = "--estimator",
            defaultValue = "unbiased",
            paramLabel = "HOW",
            description = "For a model: unbiased (the default) or biased.")
    private Estimator estimator;

    @Override
    public Integer call() {
        BlockDetector detector = detector();
        data.check();
        Map<String, Double> scores = chance == null ? Map.of() : scores(chance, detector);
        List<Blocks> found;
        if (isTable(input)) {
            found = List.of(detector.detect(SimilarityCsv.read(Path.of(input))));
        } else if (isRun(input)) {
            found = inRun(detector, scores);
        } else {
            found = inModel(detector);
        }
        if (out != null) {
            BlocksFile.write(out, found, detector, scores);
        }
        found.forEach(one -> console.result(BlocksText.of(one)));
        scores.forEach((name, score) ->
                console.result(String.format(Locale.ROOT, "score of %s, to compare with: %.4f", name, score)));
        return 0;
    }

    private BlockDetector detector() {
        require(length >= 3, "--least-layers must be at least 3");
        require(contrast > 0, "--contrast must be above 0");
        require(margin > 0, "--out-of-line must be above 0");
        require(passes >= 1, "--passes must be at least 1");
        activations.check(Estimator.SMALLEST_BATCH, ": the estimator divides by n - 3");
        return new BlockDetector(length, similarity, contrast, margin);
    }

    private static boolean isTable(String named) {
        return named.toLowerCase(Locale.ROOT).matches(".*\\.(csv|tsv|txt)") && !Files.isDirectory(Path.of(named));
    }

    private static boolean isRun(String named) {
        Path path = Path.of(named);
        return Files.isRegularFile(path.resolve("run.json")) || Files.isDirectory(path.resolve("sums"));
    }

    private static Map<String, Double> scores(String named, BlockDetector detector) {
        Map<String, Double> scores = new LinkedHashMap<>();
        if (isTable(named)) {
            scores.put(
                    named, detector.detect(SimilarityCsv.read(Path.of(named))).score());
            return scores;
        }
        var cka = RunDirectory.open(Path.of(named)).read().cka();
        for (String model : cka.models()) {
            scores.put(model, detector.detect(cka.between(model, model)).score());
        }
        return scores;
    }

    /** Writes and draws there too, unless a file was named. */
    private List<Blocks> inRun(BlockDetector detector, Map<String, Double> scores) {
        RunDirectory directory = RunDirectory.open(Path.of(input));
        List<Blocks> found = directory.findBlocks(directory.read().cka(), detector);
        if (out == null) {
            directory.writeBlocks(found, detector, scores);
            RunResult result = directory.read();
            try (var drawn = new DrawnRun(console)) {
                drawn.draw(result, directory);
            }
        }
        return found;
    }

    private List<Blocks> inModel(BlockDetector detector) {
        var options = new Cka.Options(
                estimator, activations.batch(), passes, seed, activations.examples(), activations.threads());
        try (var opened = open(List.of(input));
                var folder = new TemporaryFolder();
                var followed = new FollowedRun(console)) {
            var request = new CkaRun.Request(
                    opened.models(),
                    data.runData(),
                    activations.layers(),
                    activations.reduction(),
                    options,
                    activations.memory(),
                    folder.path(),
                    false,
                    CommandText.of(spec));
            RunResult result = CkaRun.execute(request, followed);
            return RunDirectory.open(folder.path()).findBlocks(result.cka(), detector);
        }
    }
}

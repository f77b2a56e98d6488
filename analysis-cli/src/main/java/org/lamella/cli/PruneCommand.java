package org.lamella.cli;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.lamella.LamellaException;
import org.lamella.activation.Reduction;
import org.lamella.data.DataSource;
import org.lamella.model.Checkpoint;
import org.lamella.model.Model;
import org.lamella.prune.Deletion;
import org.lamella.prune.Measure;
import org.lamella.prune.Original;
import org.lamella.prune.PruneDirectory;
import org.lamella.prune.PruneOptions;
import org.lamella.prune.PruneResult;
import org.lamella.prune.PruneRun;
import org.lamella.prune.Unit;
import org.lamella.report.DeletionPicture;
import org.lamella.report.Report;
import org.lamella.run.RunData;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

@Command(
        name = "prune",
        mixinStandardHelpOptions = true,
        description = {
            "Cuts residual branches, transformer layers and layers of plain chains out of a model, chosen on --data, those in"
                    + " blocks first, and shows on --holdout what it costs. The cut model is written if that is at most"
                    + " --max-drop with 95 %% confidence.",
            "Written are prune.json, report.html and, if the cut is accepted, pruned.onnx, predictions.csv and, of a"
                    + " Deeplearning4j or Keras network, pruned.zip."
        },
        footer = {
            "",
            "Examples:",
            "  lamella prune mynet.zip --list",
            "  lamella prune resnet56.onnx --data cifar10:DIR --out cut/",
            "  lamella prune resnet56.onnx --data idx:i.gz,l.gz --holdout idx:i2.gz,l2.gz --blocks blocks.json --out cut/",
            "  lamella prune minilm/model.onnx --data text:sentences.txt --max-drop 0.05 --out cut/"
        })
final class PruneCommand implements Callable<Integer>, Reporting {
    @Parameters(paramLabel = "MODEL", description = "A Deeplearning4j zip, a Keras model (.h5) or an ONNX model.")
    private String named;

    @Option(names = "--out", paramLabel = "DIR", description = "The folder to write.")
    private @Nullable Path out;

    @Option(names = "--list", description = "Only print what can be cut, and what cannot and why.")
    private boolean list;

    @Option(
            names = "--deletion",
            description =
                    "Instead of choosing, remove residual blocks one at a time from the end of each stage and draw the"
                            + " accuracy under the heat map: deletion.csv, deletion.png, deletion.svg, report.html.")
    private boolean deletion;

    @Option(
            names = "--holdout",
            paramLabel = "KIND:PATH",
            description =
                    "The examples of the verdict, prepared as those of --data. Without it half of --data is taken away"
                            + " for it, by the seed.")
    private @Nullable String holdout;

    @Option(
            names = "--max-drop",
            defaultValue = "0.01",
            paramLabel = "SHARE",
            description =
                    "By how much accuracy may fall (0.01: one point); without labels, how many answers may change, or"
                            + " 1 - cosine.")
    private double maxDrop;

    @Option(names = "--blocks", paramLabel = "FILE", description = "A blocks.json. Without it blocks are looked for.")
    private @Nullable Path blocks;

    @Option(
            names = "--from",
            defaultValue = "blocks-first",
            converter = FromConverter.class,
            paramLabel = "WHERE",
            description = "Which units may be cut: blocks-first (the default), inside, outside, or anywhere.")
    private PruneOptions.From from;

    @Option(
            names = "--kinds",
            split = ",",
            converter = KindConverter.class,
            paramLabel = "KIND",
            description = "Only units of these kinds: residual, attention, feed-forward, transformer, chain.")
    private @Nullable Set<Unit.Kind> kinds;

    @Option(
            names = "--count",
            defaultValue = "0",
            paramLabel = "N",
            description = "Cut N units, those that cost least on --data; the verdict is on this cut alone.")
    private int count;

    @Option(
            names = "--units",
            split = ",",
            paramLabel = "GLOB",
            description = "Cut the units of these names; the verdict is on this cut alone.")
    private List<String> units = List.of();

    @Option(
            names = "--measure",
            paramLabel = "NAME",
            description =
                    "accuracy, agreement or cosine. Without it accuracy where there are labels, agreement with the"
                            + " original where it gives probabilities, else the cosine of both outputs.")
    private @Nullable Measure measure;

    @Option(names = "--output", paramLabel = "NAME", description = "The output that is judged (the first).")
    private @Nullable String output;

    @Option(
            names = "--reduce",
            paramLabel = "HOW",
            description =
                    "What is done to that output: flatten, mean, cls or last; for outputs with a number a token mean"
                            + " is the default.")
    private @Nullable Reduction reduction;

    @Option(
            names = "--batch",
            defaultValue = "256",
            paramLabel = "N",
            description = "Examples that are run at once (256).")
    private int batch;

    @Option(
            names = "--examples",
            defaultValue = "0",
            paramLabel = "N",
            description = "Use the first N examples of --data (all).")
    private int examples;

    @Option(names = "--seed", defaultValue = "0", paramLabel = "N", description = "Seed of the split (0).")
    private long seed;

    @Option(names = "--threads", defaultValue = "0", paramLabel = "N", description = "Threads (one a processor).")
    private int threads;

    @Option(
            names = "--memory",
            converter = MemorySize.class,
            paramLabel = "SIZE",
            description = "Memory for activations: 700m, 4g (half of what is free).")
    private @Nullable Long memory;

    @Mixin
    private DataOptions data;

    @Mixin
    private ConsoleOptions console;

    @Spec
    private CommandSpec spec;

    /** As {@code --from} writes it. */
    static final class FromConverter implements ITypeConverter<PruneOptions.From> {
        @Override
        public PruneOptions.From convert(String text) {
            return switch (text) {
                case "blocks-first" -> PruneOptions.From.BLOCKS_FIRST;
                case "inside" -> PruneOptions.From.INSIDE;
                case "outside" -> PruneOptions.From.OUTSIDE;
                case "anywhere" -> PruneOptions.From.ANYWHERE;
                default ->
                    throw new TypeConversionException(
                            "'" + text + "' is none of blocks-first, inside, outside, anywhere");
            };
        }
    }

    /** As {@code --kinds} writes them. */
    static final class KindConverter implements ITypeConverter<Unit.Kind> {
        @Override
        public Unit.Kind convert(String text) {
            for (Unit.Kind kind : Unit.Kind.values()) {
                if (kind.toString().equals(text)) {
                    return kind;
                }
            }
            throw new TypeConversionException(
                    "'" + text + "' is none of residual, attention, feed-forward, transformer, chain");
        }
    }

    @Override
    public ConsoleOptions console() {
        return console;
    }

    private void require(boolean condition, String message) {
        if (!condition) {
            throw new ParameterException(spec.commandLine(), message);
        }
    }

    @Override
    public Integer call() {
        data.check();
        require(maxDrop >= 0 && maxDrop <= 2, "--max-drop must be between 0 and 1 (2 for cosine)");
        require(batch >= 1, "--batch must be at least 1");
        require(count >= 0 && examples >= 0 && threads >= 0, "numbers cannot be negative");
        require(count == 0 || units.isEmpty(), "--count and --units exclude each other");
        require(blocks == null || from != PruneOptions.From.ANYWHERE, "--blocks is of no use with --from anywhere");
        RunData given = data.runData();
        require(list || given != null, "Missing required option: '--data=KIND:PATH'");
        require(list || out != null, "Missing required option: '--out=DIR'");
        try (var opened = OpenModels.open(List.of(named), threads, data.tokenizer(), new EngineOption())) {
            Model model = opened.models().get(0);
            if (!(model instanceof Checkpoint checkpoint)) {
                throw new LamellaException(
                        model.path().toString(), "holds stored activations; what is cut is a model that can be run");
            }
            DataSource source = given == null ? null : given.of(checkpoint, console::warn);
            if (list || source == null || out == null) {
                console.result(Original.units(checkpoint, source == null ? null : source.examples())
                        .toString());
                return 0;
            }
            if (deletion) {
                return delete(checkpoint, source, out);
            }
            PruneResult result = PruneRun.execute(request(checkpoint, source, out), listener());
            console.say(result.why());
            console.result(out.resolve("report.html").toString());
        }
        return 0;
    }

    private int delete(Checkpoint checkpoint, DataSource source, Path folder) {
        PruneDirectory.requireFree(folder, checkpoint.path());
        Original original = Original.of(checkpoint, source.examples(), manner());
        Deletion found =
                Deletion.of(original, source, examples, batch, done -> console.say(done + " blocks removed in turn"));
        PruneDirectory directory = PruneDirectory.begin(folder);
        DeletionPicture picture = DeletionPicture.of(found);
        picture.save(folder.resolve("deletion.png"));
        picture.save(folder.resolve("deletion.svg"));
        Report.of(found).save(folder.resolve("report.html"));
        found.save(directory);
        console.result(folder.resolve("report.html").toString());
        return 0;
    }

    private Original.Manner manner() {
        return Original.manner(output, reduction, threads, memory == null ? 0 : memory);
    }

    private PruneRun.Request request(Checkpoint checkpoint, DataSource source, Path folder) {
        DataSource verdict = holdout == null ? null : data.runData(holdout).of(checkpoint, console::warn);
        return new PruneRun.Request(
                checkpoint,
                source,
                verdict,
                blocks,
                new PruneOptions(
                        maxDrop,
                        count,
                        units,
                        from,
                        kinds == null ? EnumSet.allOf(Unit.Kind.class) : kinds,
                        measure,
                        batch,
                        examples,
                        seed),
                manner(),
                folder,
                CommandText.of(spec));
    }

    private PruneRun.Listener listener() {
        return new PruneRun.Listener() {
            private long last = System.nanoTime();

            @Override
            public void measured(int cuts) {
                if (System.nanoTime() - last > 10_000_000_000L) {
                    console.say(cuts + " cuts measured");
                    last = System.nanoTime();
                }
            }

            @Override
            public void draw(PruneResult result, PruneDirectory directory) {
                Report.of(result).save(directory.path().resolve("report.html"));
            }

            @Override
            public void say(String text) {
                console.say(text);
            }

            @Override
            public void warning(String text) {
                console.warn(text);
            }
        };
    }
}

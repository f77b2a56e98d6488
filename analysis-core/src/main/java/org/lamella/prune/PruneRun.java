package org.lamella.prune;

import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.lamella.LamellaException;
import org.lamella.Version;
import org.lamella.activation.Layer;
import org.lamella.data.DataSource;
import org.lamella.data.Examples;
import org.lamella.data.Sha256;
import org.lamella.model.Checkpoint;
import org.lamella.onnx.OnnxModel;

/** A whole cut: from a model and data to a folder with the cut model and the proof that it was harmless. */
public final class PruneRun {
    private final Request request;
    private final PruneOptions options;
    private final Listener listener;
    private final List<String> warnings = new ArrayList<>();
    private final Original original;
    private final Units units;
    private final Surgery surgery;
    private final Splits splits;
    private final Examples choice;
    private final Judge chooserJudge;

    /**
     * What to cut, how, and where the results go.
     *
     * @param holdout the examples of the verdict; absent to split the data
     * @param blocks a {@code blocks.json}; absent to look for blocks
     * @param out the folder
     * @param command the command line, for the record
     */
    public record Request(
            Checkpoint checkpoint,
            DataSource data,
            @Nullable DataSource holdout,
            @Nullable Path blocks,
            PruneOptions options,
            Original.Manner manner,
            Path out,
            String command) {}

    /** Follows a run. */
    public interface Listener {
        /** Told after every cut that was measured. */
        default void measured(int cuts) {}

        /** How things go, in one line. */
        default void say(String text) {}

        /** Something the user should know, in one line. */
        default void warning(String text) {}

        /** Called with the result before {@code prune.json} is written: the time to draw it. */
        default void draw(PruneResult result, PruneDirectory directory) {}
    }

    private PruneRun(Request request, Listener listener) {
        this.request = request;
        this.options = request.options();
        this.listener = listener;
        this.original = Original.of(request.checkpoint(), request.data().examples(), request.manner());
        this.units = Units.of(original.model(), original.graph());
        this.surgery = new Surgery(original.graph());
        this.splits = Splits.of(request.data(), request.holdout(), options.examples(), options.seed());
        this.choice = original.arranged(request.data().examples());
        Answers answers = original.answers(original.model(), choice, splits.choice(), options.batch());
        this.chooserJudge = Judge.of(options.measure(), answers, original.givesVectors(), choice, splits.choice());
    }

    /**
     * Does all of it.
     *
     * @throws LamellaException if something about the model or the data is wrong
     */
    public static PruneResult execute(Request request, Listener listener) {
        PruneDirectory.requireFree(request.out(), request.checkpoint().path());
        PruneRun run = new PruneRun(request, listener);
        // What is refused up to here leaves an earlier result as it was.
        run.wanted();
        return run.execute(PruneDirectory.begin(request.out()));
    }

    private PruneResult execute(PruneDirectory directory) {
        Instant started = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        Optional<BlockLayers> blocks = blocks();
        Chooser chooser = new Chooser(surgery, this::trial, listener::measured);
        List<List<Unit>> groups = groups(wanted(), blocks);
        Map<Unit, Chooser.Trial> alone = options.units().isEmpty()
                ? chooser.alone(groups.stream().flatMap(List::stream).toList())
                : Map.of();
        List<Chooser.Step> steps = steps(chooser, groups, alone);
        listener.say("%d units can be cut, %d are in the plan; %d cuts were measured on %,d examples"
                .formatted(units.units().size(), steps.size(), chooser.evaluations(), splits.choice().length));
        Verdict verdict = new Verdict(
                original,
                surgery,
                options,
                splits,
                chooserJudge.measure(),
                options.count() > 0 || !options.units().isEmpty());
        Verdict.Outcome outcome = verdict.of(steps);
        CutModel written = CutModel.write(original, surgery, outcome, splits, options, directory, this::warn);
        PruneResult result = result(started, blocks, alone, steps, chooser.evaluations(), verdict, outcome, written);
        listener.draw(result, directory);
        directory.write(result);
        return result;
    }

    private void warn(String text) {
        warnings.add(text);
        listener.warning(text);
    }

    private Optional<BlockLayers> blocks() {
        if (!options.units().isEmpty() || options.from() == PruneOptions.From.ANYWHERE) {
            return Optional.empty();
        }
        Path file = request.blocks();
        if (file == null) {
            BlockLayers found = BlockSearch.blocks(original, units.units(), choice, splits.choice(), options.batch());
            listener.say("%d blocks were found in the %d layers that can take each other's place"
                    .formatted(found.ranges().size(), found.layers().size()));
            return Optional.of(found);
        }
        BlockLayers read = BlockLayers.read(file);
        if (read.known(layerNames()) == 0) {
            throw new LamellaException(
                    file.toString(),
                    "names layers of another model: none of its %d is one of this"
                            .formatted(read.layers().size()));
        }
        return Optional.of(read);
    }

    private List<String> layerNames() {
        return original.model().layers().stream().map(Layer::name).toList();
    }

    /** Whether a unit is in a block; null where none was looked for. */
    private @Nullable Boolean inBlock(Unit unit, Optional<BlockLayers> blocks) {
        return blocks.map(found -> found.holds(unit, layerNames())).orElse(null);
    }

    /** The units that may be cut, those named in the order of the names. */
    private List<Unit> wanted() {
        if (options.units().isEmpty()) {
            return units.units().stream()
                    .filter(unit -> options.kinds().contains(unit.kind()))
                    .toList();
        }
        Set<Unit> named = new LinkedHashSet<>();
        for (String glob : options.units()) {
            Pattern pattern = Pattern.compile(Pattern.compile("[*]|[^*]+")
                    .matcher(glob)
                    .replaceAll(part ->
                            part.group().equals("*") ? ".*" : Matcher.quoteReplacement(Pattern.quote(part.group()))));
            List<Unit> matching = units.units().stream()
                    .filter(unit -> pattern.matcher(unit.name()).matches())
                    .toList();
            named.addAll(matching.isEmpty() ? List.of(units.unit(glob)) : matching);
        }
        return List.copyOf(named);
    }

    private List<List<Unit>> groups(List<Unit> wanted, Optional<BlockLayers> blocks) {
        if (blocks.isEmpty()) {
            return List.of(wanted);
        }
        List<String> names = layerNames();
        Map<Boolean, List<Unit>> byPlace = wanted.stream()
                .collect(Collectors.partitioningBy(unit -> blocks.get().holds(unit, names)));
        List<Unit> inside = byPlace.getOrDefault(true, List.of());
        List<Unit> outside = byPlace.getOrDefault(false, List.of());
        return switch (options.from()) {
            case INSIDE -> List.of(inside);
            case OUTSIDE -> List.of(outside);
            case BLOCKS_FIRST, ANYWHERE -> List.of(inside, outside);
        };
    }

    private List<Chooser.Step> steps(Chooser chooser, List<List<Unit>> groups, Map<Unit, Chooser.Trial> alone) {
        if (!options.units().isEmpty()) {
            List<Chooser.Step> steps = new ArrayList<>();
            List<Unit> cut = new ArrayList<>();
            for (Unit unit : groups.get(0)) {
                if (surgery.remains(unit, cut)) {
                    cut.add(unit);
                    steps.add(new Chooser.Step(unit, trial(cut)));
                }
            }
            return steps;
        }
        Chooser.Limit limit = options.count() > 0
                ? new Chooser.Limit(options.count(), Double.POSITIVE_INFINITY)
                : new Chooser.Limit(Integer.MAX_VALUE, options.maxDrop());
        List<Chooser.Step> steps = chooser.order(groups, alone, limit);
        if (steps.size() < options.count()) {
            throw new LamellaException(
                    "--count " + options.count(),
                    "there are only %d units to cut%s"
                            .formatted(
                                    steps.size(),
                                    options.from() == PruneOptions.From.BLOCKS_FIRST
                                                    || options.from() == PruneOptions.From.ANYWHERE
                                            ? ""
                                            : " " + options.from().name().toLowerCase(Locale.ROOT) + " blocks"));
        }
        return steps;
    }

    private Chooser.Trial trial(List<Unit> cut) {
        OnnxModel model = original.model().rewritten(surgery.without(cut));
        Answers answers = original.answers(model, choice, splits.choice(), options.batch());
        return new Chooser.Trial(chooserJudge.loss(answers), chooserJudge.drop(answers));
    }

    private PruneResult result(
            Instant started,
            Optional<BlockLayers> blocks,
            Map<Unit, Chooser.Trial> alone,
            List<Chooser.Step> steps,
            int evaluations,
            Verdict verdict,
            Verdict.Outcome outcome,
            CutModel written) {
        List<Unit> cut = outcome.cut();
        Comparison onData = null;
        if (!cut.isEmpty()) {
            OnnxModel model = original.model().rewritten(surgery.without(cut));
            onData = chooserJudge.compare(
                    original.answers(model, choice, splits.choice(), options.batch()), options.seed());
        }
        Checkpoint checkpoint = request.checkpoint();
        return new PruneResult(
                Version.current(),
                request.command(),
                started.toString(),
                new PruneResult.Model(
                        checkpoint.name(),
                        checkpoint.path().toString(),
                        checkpoint.format(),
                        Sha256.of(checkpoint.files())),
                splits.dataText(),
                splits.holdoutText(),
                chooserJudge.measure().toString(),
                original.outputText(),
                options.maxDrop(),
                verdict.rule(),
                options.seed(),
                options.batch(),
                original.threads(),
                evaluations,
                blocks.map(PruneRun::blockTexts).orElse(null),
                candidates(blocks, alone),
                units.refusals(),
                plan(blocks, steps, outcome),
                outcome.accepted(),
                outcome.why(),
                cut.stream().map(Unit::name).toList(),
                onData,
                outcome.comparison(),
                written.parameters(),
                written.multiplyAdds(),
                written.seconds(),
                written.bytes(),
                written.files().stream()
                        .map(file -> file.getFileName().toString())
                        .toList(),
                warnings);
    }

    private static List<PruneResult.Block> blockTexts(BlockLayers blocks) {
        return blocks.ranges().stream()
                .map(range -> new PruneResult.Block(
                        blocks.layers().get(range.start()),
                        blocks.layers().get(range.end() - 1),
                        range.end() - range.start()))
                .toList();
    }

    private List<PruneResult.Candidate> candidates(Optional<BlockLayers> blocks, Map<Unit, Chooser.Trial> alone) {
        Map<String, Long> parameters =
                original.model().layers().stream().collect(Collectors.toMap(Layer::name, Layer::parameters, Long::sum));
        OptionalLong whole =
                Cost.multiplyAdds(original.graph(), original.model().tensors());
        return units.units().stream()
                .map(unit -> {
                    OptionalLong less = Cost.multiplyAdds(
                            surgery.without(List.of(unit)), original.model().tensors());
                    Chooser.Trial trial = alone.get(unit);
                    return new PruneResult.Candidate(
                            unit.name(),
                            unit.kind().toString(),
                            unit.takesItsPlace(),
                            inBlock(unit, blocks),
                            unit.layers(),
                            unit.layers().stream()
                                    .mapToLong(layer -> Math.max(0, parameters.getOrDefault(layer, 0L)))
                                    .sum(),
                            whole.isPresent() && less.isPresent() ? whole.getAsLong() - less.getAsLong() : null,
                            trial == null ? null : trial.loss(),
                            trial == null ? null : trial.drop());
                })
                .toList();
    }

    private List<PruneResult.Step> plan(
            Optional<BlockLayers> blocks, List<Chooser.Step> steps, Verdict.Outcome outcome) {
        return IntStream.range(0, steps.size())
                .mapToObj(i -> {
                    Unit unit = steps.get(i).unit();
                    List<Unit> before =
                            steps.subList(0, i).stream().map(Chooser.Step::unit).toList();
                    List<Unit> with = new ArrayList<>(before);
                    with.add(unit);
                    List<String> nodes = new ArrayList<>(surgery.removed(with));
                    nodes.removeAll(surgery.removed(before));
                    Interval drop = outcome.drops().get(i);
                    return new PruneResult.Step(
                            unit.name(),
                            unit.kind().toString(),
                            inBlock(unit, blocks),
                            nodes,
                            steps.get(i).trial().loss(),
                            steps.get(i).trial().drop(),
                            drop,
                            drop == null ? null : drop.upper() <= options.maxDrop());
                })
                .toList();
    }
}

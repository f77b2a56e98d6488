package org.lamella.prune;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import onnx.Onnx.ModelProto;
import org.jspecify.annotations.Nullable;
import org.lamella.LamellaException;
import org.lamella.activation.ActivationSource;
import org.lamella.activation.Batch;
import org.lamella.activation.Engine;
import org.lamella.activation.Layer;
import org.lamella.data.Examples;
import org.lamella.dl4j.Agreement;
import org.lamella.dl4j.Dl4jModel;
import org.lamella.model.Dl4jCheckpoint;
import org.lamella.onnx.OnnxModel;

/**
 * A cut model in files, opened again and compared with what was judged, and what it saves.
 *
 * @param files none if the cut was not accepted
 * @param parameters absent where nothing was cut, as the others
 */
record CutModel(
        List<Path> files,
        PruneResult.@Nullable Change parameters,
        PruneResult.@Nullable Change multiplyAdds,
        PruneResult.@Nullable Timing seconds,
        PruneResult.@Nullable Change bytes) {
    private static final int ROUNDS = 5;

    /** Examples that Deeplearning4j runs the cut network on, to compare. */
    private static final int COMPARED = 32;

    static CutModel write(
            Original original,
            Surgery surgery,
            Verdict.Outcome outcome,
            Splits splits,
            PruneOptions options,
            PruneDirectory directory,
            Consumer<String> warn) {
        if (outcome.cut().isEmpty()) {
            return new CutModel(List.of(), null, null, null, null);
        }
        ModelProto graph = surgery.without(outcome.cut());
        OnnxModel cut = original.model().rewritten(graph);
        Examples examples = original.arranged(splits.holdout().examples());
        List<Path> files = new ArrayList<>();
        if (outcome.accepted()) {
            directory.write(PruneDirectory.PREDICTIONS, predictions(outcome, splits));
            files.add(directory.file(PruneDirectory.PREDICTIONS));
            files.addAll(CutFile.save(graph, original.model().folder(), directory.file(PruneDirectory.ONNX)));
            directory.copyTokenizer(original.path());
            requireSame(original, outcome, splits, options, directory.file(PruneDirectory.ONNX));
            original.network()
                    .flatMap(network -> zip(network, original, surgery, outcome, splits, directory, warn))
                    .ifPresent(files::add);
        }
        return new CutModel(
                files,
                new PruneResult.Change(parameters(original.model()), parameters(cut)),
                multiplyAdds(original, graph),
                seconds(original, cut, examples, splits.verdict(), options.batch()),
                new PruneResult.Change(original.model().size(), size(cut, original, files)));
    }

    private static long size(OnnxModel cut, Original original, List<Path> files) {
        long written = files.stream()
                .filter(file -> file.getFileName().toString().startsWith(PruneDirectory.ONNX))
                .mapToLong(file -> file.toFile().length())
                .sum();
        return written > 0 ? written : Math.min(cut.size(), original.model().size());
    }

    private static long parameters(OnnxModel model) {
        return model.layers().stream()
                .mapToLong(layer -> Math.max(0, layer.parameters()))
                .sum();
    }

    private static PruneResult.@Nullable Change multiplyAdds(Original original, ModelProto graph) {
        OptionalLong before =
                Cost.multiplyAdds(original.graph(), original.model().tensors());
        OptionalLong after = Cost.multiplyAdds(graph, original.model().tensors());
        return before.isPresent() && after.isPresent()
                ? new PruneResult.Change(before.getAsLong(), after.getAsLong())
                : null;
    }

    /** The file gives, number for number, what was judged. */
    private static void requireSame(
            Original original, Verdict.Outcome outcome, Splits splits, PruneOptions options, Path file) {
        OnnxModel opened = OnnxModel.open(file);
        Examples examples = original.arranged(splits.holdout().examples());
        Answers again = original.answers(opened, examples, splits.verdict(), options.batch());
        Answers judged = outcome.after();
        for (int i = 0; i < again.examples(); i++) {
            if (judged == null || !Arrays.equals(again.row(i), judged.row(i))) {
                throw new LamellaException(
                        file.toString(),
                        "gives other numbers than the cut that was judged, from example %s of %s on"
                                .formatted(examples.id(splits.verdict()[i]), examples.name()));
            }
        }
    }

    private static Optional<Path> zip(
            Dl4jModel network,
            Original original,
            Surgery surgery,
            Verdict.Outcome outcome,
            Splits splits,
            PruneDirectory directory,
            Consumer<String> warn) {
        Map<String, Set<String>> dropped = new LinkedHashMap<>();
        outcome.cut()
                .forEach(unit -> unit.drops()
                        .forEach(drop -> dropped.computeIfAbsent(unit.exit(), sum -> new LinkedHashSet<>())
                                .add(drop.operand())));
        Path file = directory.file(PruneDirectory.ZIP);
        try {
            List<String> withoutLoss =
                    network.saveWithout(surgery.cut(outcome.cut()).replaced(), dropped, file);
            if (!withoutLoss.isEmpty()) {
                warn.accept("%s cannot be trained on as it is: its outputs %s are no layers with a loss"
                        .formatted(PruneDirectory.ZIP, String.join(", ", withoutLoss)));
            }
            double difference = difference(original, outcome, splits, file);
            if (!(difference <= Agreement.TOLERANCE)) {
                throw new LamellaException(
                        file.toString(),
                        "Deeplearning4j gives other values than the cut graph in ONNX, by %.1e of the largest"
                                .formatted(difference));
            }
            return Optional.of(file);
        } catch (LamellaException e) {
            warn.accept("the cut network is not written as a Deeplearning4j zip: " + e.getMessage());
            directory.remove(PruneDirectory.ZIP);
            return Optional.empty();
        }
    }

    private static double difference(Original original, Verdict.Outcome outcome, Splits splits, Path zip) {
        Answers judged = outcome.after();
        if (judged == null) {
            return 0;
        }
        int count = Math.min(COMPARED, splits.verdict().length);
        try (Dl4jCheckpoint opened = Dl4jCheckpoint.open(zip, "pruned").withEngine(Engine.DL4J)) {
            List<Layer> outputs = opened.layers().stream()
                    .filter(layer -> original.outputName().equals(layer.name()))
                    .toList();
            try (ActivationSource source = opened.on(splits.holdout().examples(), outputs)) {
                Answers its = Answers.of(source, Arrays.copyOf(splits.verdict(), count), count);
                double difference = 0;
                double size = 0;
                for (int i = 0; i < count; i++) {
                    for (int k = 0; k < its.features(); k++) {
                        difference = Math.max(difference, Math.abs(its.row(i)[k] - judged.row(i)[k]));
                        size = Math.max(size, Math.abs(judged.row(i)[k]));
                    }
                }
                return difference == 0 ? 0 : difference / size;
            }
        }
    }

    /** Medians of batches that both models take in turn. */
    private static PruneResult.Timing seconds(
            Original original, OnnxModel cut, Examples examples, int[] chosen, int size) {
        Batch batch = new Batch(0, Arrays.copyOf(chosen, Math.min(size, chosen.length)));
        double[] before = new double[ROUNDS];
        double[] after = new double[ROUNDS];
        try (ActivationSource whole = original.source(original.model(), examples);
                ActivationSource less = original.source(cut, examples)) {
            seconds(whole, batch);
            seconds(less, batch);
            for (int i = 0; i < ROUNDS; i++) {
                before[i] = seconds(whole, batch);
                after[i] = seconds(less, batch);
            }
        }
        Arrays.sort(before);
        Arrays.sort(after);
        return new PruneResult.Timing(before[ROUNDS / 2], after[ROUNDS / 2], batch.size(), ROUNDS);
    }

    private static double seconds(ActivationSource source, Batch batch) {
        long start = System.nanoTime();
        source.forward(batch, (layer, activation) -> CompletableFuture.completedFuture(null));
        return (System.nanoTime() - start) * 1e-9;
    }

    /** A line an example of the verdict: its name, and what both models say. */
    private static String predictions(Verdict.Outcome outcome, Splits splits) {
        Answers after = outcome.after();
        Examples examples = splits.holdout().examples();
        if (after == null) {
            return "";
        }
        int[] first = outcome.judge().predictions();
        int[] second = outcome.judge().predictions(after);
        StringBuilder lines =
                new StringBuilder(first.length == 0 ? "example,cosine\n" : "example,label,before,after\n");
        for (int i : IntStream.range(0, after.examples()).toArray()) {
            int example = splits.verdict()[i];
            lines.append(quoted(examples.id(example)));
            if (first.length == 0) {
                lines.append(',').append(outcome.before().cosine(after, i));
            } else {
                lines.append(',');
                examples.label(example).ifPresent(lines::append);
                lines.append(',').append(first[i]).append(',').append(second[i]);
            }
            lines.append('\n');
        }
        return lines.toString();
    }

    /** As RFC 4180 says. */
    private static String quoted(String text) {
        return text.matches("[^,\"\r\n]*") ? text : '"' + text.replace("\"", "\"\"") + '"';
    }
}

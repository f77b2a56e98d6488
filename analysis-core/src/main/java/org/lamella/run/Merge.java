package org.lamella.run;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.lamella.LamellaException;
import org.lamella.similarity.Cka;
import org.lamella.similarity.CkaMatrix;
import org.lamella.similarity.HsicSums;

/** Adds the partial sums of finished runs of the same models over different examples. */
public final class Merge {
    private static final int MOST_GROUPS = 32;

    /** Begins the entry of a run on stored activations. */
    private static final String STORED = "stored:";

    private Merge() {}

    /**
     * Writes the run that the given ones make together.
     *
     * @param runs two or more finished run directories
     * @throws LamellaException if they differ in models, layers, estimator or reduction, or two of them hold the same examples
     */
    public static RunResult execute(List<Path> runs, Path out, String command, CkaRun.Listener listener) {
        List<RunDirectory> parts = runs.stream().map(RunDirectory::open).toList();
        RunPlan first = parts.get(0).sums().plan();
        for (int i = 1; i < parts.size(); i++) {
            check(parts.get(0), parts.get(i));
            for (int j = 0; j < i; j++) {
                checkDifferentExamples(parts.get(j), parts.get(i));
            }
        }
        List<HsicSums> groups = regroup(
                parts.stream().flatMap(part -> part.sums().all().stream()).toList());
        CkaMatrix cka = Cka.matrix(first.layers(), groups);
        RunManifest manifest = manifest(parts, command);
        RunPlan plan = new RunPlan(
                first.models(),
                parts.stream()
                        .flatMap(part -> examples(part.sums().plan()).stream())
                        .collect(Collectors.joining("+")),
                manifest.examples().used(),
                manifest.examples().sha256(),
                first.estimator(),
                first.batch(),
                first.passes(),
                first.seed(),
                first.reduce(),
                groups.size());
        RunDirectory directory = RunDirectory.begin(out, plan, false);
        for (int group = 0; group < groups.size(); group++) {
            directory.sums().write(group, groups.get(group));
        }
        directory.writeResults(cka);
        var result = new RunResult(manifest, cka, directory.blocksFound(cka));
        listener.draw(result, directory);
        directory.finish(manifest);
        return result;
    }

    private static void check(RunDirectory first, RunDirectory other) {
        RunPlan a = first.sums().plan();
        RunPlan b = other.sums().plan();
        String where = other.path().toString();
        if (!a.layers().equals(b.layers()) || !a.names().equals(b.names())) {
            throw new LamellaException(where, "compares other models or layers than " + first.path());
        }
        if (!settings(a).equals(settings(b))) {
            throw new LamellaException(
                    where, "was made with %s; %s with %s".formatted(settings(b), first.path(), settings(a)));
        }
    }

    // What must be equal for sums to belong together.
    private static String settings(RunPlan plan) {
        return "estimator " + plan.estimator() + ", --reduce " + plan.reduce() + ", data " + plan.preparations();
    }

    private static void checkDifferentExamples(RunDirectory one, RunDirectory other) {
        RunPlan a = one.sums().plan();
        RunPlan b = other.sums().plan();
        boolean stored = examples(a).stream().anyMatch(part -> part.startsWith(STORED));
        if (!stored && !a.checkpoints().equals(b.checkpoints())) {
            throw new LamellaException(other.path().toString(), "was made with other checkpoints than " + one.path());
        }
        if (!Collections.disjoint(examples(a), examples(b))) {
            throw new LamellaException(
                    other.path().toString(), "has the same examples as " + one.path() + "; they would count twice");
        }
    }

    /**
     * What tells the examples of a run, one entry for every run that was merged into it: the data of a checkpoint, or the
     * files of stored activations, which are other files over other examples.
     */
    private static List<String> examples(RunPlan plan) {
        String data = plan.data();
        if (data != null) {
            return List.of(data.split("\\+"));
        }
        return List.of(STORED + String.join(",", plan.checkpoints()));
    }

    private static List<HsicSums> regroup(List<HsicSums> all) {
        int groups = Math.min(MOST_GROUPS, all.size());
        List<HsicSums> merged = new ArrayList<>();
        for (int g = 0; g < groups; g++) {
            int from = (int) ((long) g * all.size() / groups);
            int to = (int) ((long) (g + 1) * all.size() / groups);
            merged.add(HsicSums.total(all.subList(from, to)));
        }
        return merged;
    }

    /** Digests one after the other, as the parts are; absent if one is. */
    private static @Nullable String joined(List<@Nullable String> digests) {
        return digests.contains(null) ? null : String.join("+", digests);
    }

    private static RunManifest manifest(List<RunDirectory> parts, String command) {
        List<RunManifest> all =
                parts.stream().map(part -> part.read().manifest()).toList();
        RunManifest first = all.get(0);
        String source = String.join(
                " + ",
                all.stream()
                        .map(m -> m.data() == null
                                ? m.models().get(0).path()
                                : m.data().source())
                        .toList());
        String sha256 = String.join(
                "+",
                all.stream()
                        .map(m -> m.data() == null
                                ? m.models().get(0).sha256()
                                : m.data().sha256())
                        .toList());
        return new RunManifest(
                first.version(),
                command,
                first.started(),
                first.models(),
                new RunManifest.Data(source, sha256),
                first.estimator(),
                first.batch(),
                first.passes(),
                first.seed(),
                first.reduce(),
                new RunManifest.Examples(
                        all.stream().mapToInt(m -> m.examples().available()).sum(),
                        all.stream().mapToInt(m -> m.examples().used()).sum(),
                        all.stream().mapToInt(m -> m.examples().leftOut()).sum(),
                        joined(all.stream()
                                .<@Nullable String>map(m -> m.examples().sha256())
                                .toList())),
                first.threads(),
                first.nativeLibraries(),
                new LinkedHashMap<>(),
                all.stream().flatMap(m -> m.warnings().stream()).distinct().toList());
    }
}

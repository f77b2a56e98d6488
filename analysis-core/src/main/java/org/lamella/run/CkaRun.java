package org.lamella.run;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lamella.LamellaException;
import org.lamella.Version;
import org.lamella.activation.LayerSelection;
import org.lamella.activation.Reduction;
import org.lamella.block.Blocks;
import org.lamella.linalg.Blas;
import org.lamella.linalg.GramKernel;
import org.lamella.model.Model;
import org.lamella.similarity.BatchPlan;
import org.lamella.similarity.Cka;
import org.lamella.similarity.LayerId;

/** A whole comparison: from models and data to a run directory. */
public final class CkaRun {

    private final Request request;
    private final Listener listener;
    private final RunLog log;

    /**
     * What to compare, how, and where the results go.
     *
     * @param models open, with different names; their owner closes them
     * @param data what the checkpoints are given; absent if all models are stored activations
     * @param memory bytes outside the heap that the run may take, divided among its models; 0 for half of what the machine has free
     * @param out the run directory
     * @param resume whether to go on with the partial sums that are there
     * @param command the command line, for the record
     */
    public record Request(
            List<Model> models,
            @Nullable RunData data,
            LayerSelection layers,
            Reduction reduction,
            Cka.Options options,
            long memory,
            Path out,
            boolean resume,
            String command) {
        public Request {
            models = List.copyOf(models);
        }

        /** As above, with half of the memory that the machine has free. */
        public Request(
                List<Model> models,
                @Nullable RunData data,
                LayerSelection layers,
                Reduction reduction,
                Cka.Options options,
                Path out,
                boolean resume,
                String command) {
            this(models, data, layers, reduction, options, 0, out, resume, command);
        }
    }

    /** Follows a run. */
    public interface Listener {
        /** Called before the first batch and after every batch. */
        default void progress(int batchesDone, int batches) {}

        /** Something the user should know, in one line. */
        default void warning(String text) {}

        /** Called with the results when all files but {@code run.json} are written: the time to draw them. */
        default void draw(RunResult result, RunDirectory directory) {}
    }

    private CkaRun(Request request, Listener listener) {
        this.request = request;
        this.listener = listener;
        this.log = new RunLog(listener::warning);
    }

    /**
     * Does all of it.
     *
     * @throws LamellaException if something about the models or the data is wrong; the run directory then has no {@code
     *     run.json}
     */
    public static RunResult execute(Request request, Listener listener) {
        return new CkaRun(request, listener).execute();
    }

    private RunResult execute() {
        RunModels.checkNames(request.models());
        var wanted = new OpenedModels.Wanted(
                request.models(),
                request.data(),
                request.layers(),
                request.reduction(),
                request.options().batch(),
                request.options().threads(),
                request.memory());
        try (OpenedModels models = OpenedModels.open(wanted, request.options()::memory, log::warn)) {
            log.remarks(models.sources());
            return compare(models);
        }
    }

    private RunResult compare(OpenedModels models) {
        Cka cka = Cka.of(models.sources()).with(request.options());
        BatchPlan batches = cka.plan();
        @Nullable String exampleIds = models.exampleIds(batches.examples()).orElse(null);
        List<RunPlan.Model> compared = log.timed("fingerprints", () -> RunModels.compared(request.models(), models));
        RunPlan plan = plan(compared, batches, exampleIds);
        warnBefore(batches);
        RunDirectory directory = RunDirectory.begin(request.out(), plan, request.resume());
        Cka.Outcome outcome = cka.compute(directory.keeper(listener::progress));
        log.took(outcome.seconds());
        log.remarks(models.sources());
        for (LayerId layer : outcome.cka().undefinedRows()) {
            log.warn("layer '%s' of model '%s' has no CKA: its activation is the same for all examples"
                    .formatted(layer.name(), layer.model()));
        }
        log.timed("files", () -> directory.writeResults(outcome.cka()));
        List<Blocks> blocks = log.timed("blocks", () -> directory.blocksFound(outcome.cka()));
        RunResult drawn = new RunResult(manifest(compared, batches, exampleIds, models), outcome.cka(), blocks);
        log.timed("pictures", () -> listener.draw(drawn, directory));
        RunManifest manifest = manifest(compared, batches, exampleIds, models);
        directory.finish(manifest);
        return new RunResult(manifest, outcome.cka(), blocks);
    }

    private RunPlan plan(List<RunPlan.Model> compared, BatchPlan batches, @Nullable String exampleIds) {
        @Nullable RunData data = request.data();
        return new RunPlan(
                compared,
                data == null ? null : data.common().sha256(),
                batches.examples(),
                exampleIds,
                request.options().estimator().toString(),
                batches.batch(),
                batches.passes(),
                batches.seed(),
                request.reduction().toString(),
                batches.groups());
    }

    private void warnBefore(BatchPlan batches) {
        if (batches.leftOut() > 0) {
            log.warn("the last %d of %,d examples are left out: their batch would be smaller than the estimator needs"
                    .formatted(batches.leftOut(), batches.examples()));
        }
        if (batches.batches() == 1) {
            log.warn("there is one batch only, so the standard errors are unknown; a smaller --batch gives them");
        }
        log.warnOfSlowBlas();
        if (GramKernel.problem() != null) {
            log.warn(
                    "Lamella's own Gram kernel cannot be loaded, so Gram matrices take about 1.6 times as long, by %s: %s"
                            .formatted(Blas.library(), GramKernel.problem()));
        }
    }

    private RunManifest manifest(
            List<RunPlan.Model> compared, BatchPlan batches, @Nullable String exampleIds, OpenedModels opened) {
        @Nullable RunData data = request.data();
        return new RunManifest(
                Version.current(),
                request.command(),
                log.started(),
                RunModels.recorded(request.models(), compared, opened),
                data == null ? null : RunManifest.Data.of(data.common()),
                request.options().estimator().toString(),
                batches.batch(),
                batches.passes(),
                batches.seed(),
                request.reduction().toString(),
                new RunManifest.Examples(
                        opened.sources().get(0).examples(),
                        batches.examples() - batches.leftOut(),
                        batches.leftOut(),
                        exampleIds),
                request.options().threads(),
                nativeLibraries(),
                log.seconds(),
                log.warnings());
    }

    private static List<RunManifest.NativeLibrary> nativeLibraries() {
        RunManifest.NativeLibrary blas = RunManifest.NativeLibrary.blas();
        String instructions = GramKernel.instructions();
        return instructions == null
                ? List.of(blas)
                : List.of(blas, new RunManifest.NativeLibrary("Lamella Gram kernel", Version.current(), instructions));
    }
}

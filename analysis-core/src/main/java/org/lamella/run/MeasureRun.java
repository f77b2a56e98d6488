package org.lamella.run;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.lamella.LamellaException;
import org.lamella.Version;
import org.lamella.activation.ActivationSource;
import org.lamella.activation.Layer;
import org.lamella.activation.LayerSelection;
import org.lamella.activation.Reduction;
import org.lamella.measure.LayerComparison;
import org.lamella.measure.LayerGeometries;
import org.lamella.measure.Measure;
import org.lamella.measure.MeasureMatrix;
import org.lamella.measure.PreparedLayer;
import org.lamella.measure.Workers;
import org.lamella.model.FreeMemory;
import org.lamella.model.Model;
import org.lamella.similarity.LayerId;

/** A comparison by other measures, from models and data to files. */
public final class MeasureRun {
    /** Of the matrices: fewer examples than this make most of them meaningless. */
    private static final int FEWEST = 8;

    private final Request request;
    private final Listener listener;
    private final RunLog log;

    /**
     * What to compare, how, and where the results go.
     *
     * @param models open, with different names; their owner closes them
     * @param data what the checkpoints are given; absent if all models are stored activations
     * @param examples how many to use, from the first on
     * @param permutations for the chance level; 0 for none
     * @param seed of the permutations
     * @param memory bytes outside the heap that the run may take; 0 for half of what the machine has free
     * @param out the folder
     * @param command the command line, for the record
     */
    public record Request(
            List<Model> models,
            @Nullable RunData data,
            LayerSelection layers,
            Reduction reduction,
            List<Measure<?>> measures,
            int examples,
            int permutations,
            long seed,
            int threads,
            long memory,
            Path out,
            String command) {
        public Request {
            models = List.copyOf(models);
            measures = List.copyOf(measures);
        }
    }

    /** Follows a run. */
    public interface Listener {
        /** Part of the work goes on: so many of so many layers, or hundredths of a measure. */
        default void progress(String what, int done, int total) {}

        /** Something the user should know, in one line. */
        default void warning(String text) {}

        /** Called with the results when all files but {@code run.json} are written: the time to draw them. */
        default void draw(MeasureResult result, AnalysisDirectory directory) {}
    }

    private MeasureRun(Request request, Listener listener) {
        this.request = request;
        this.listener = listener;
        this.log = new RunLog(listener::warning);
    }

    /**
     * Does all of it.
     *
     * @throws LamellaException if something about the models or the data is wrong, or a measure is not defined for a layer; the folder
     *     then has no {@code run.json} of this run
     */
    public static MeasureResult execute(Request request, Listener listener) {
        return new MeasureRun(request, listener).execute();
    }

    private MeasureResult execute() {
        RunModels.checkNames(request.models());
        var wanted = new OpenedModels.Wanted(
                request.models(),
                request.data(),
                request.layers(),
                request.reduction(),
                request.examples(),
                request.threads(),
                request.memory());
        try (OpenedModels models = OpenedModels.open(wanted, this::memory, log::warn)) {
            return compare(models);
        }
    }

    private long memory(int layers, int examplesThere) {
        return LayerGeometries.memory(layers, Math.min(request.examples(), examplesThere), request.threads());
    }

    private MeasureResult compare(OpenedModels models) {
        List<ActivationSource> sources = models.sources();
        int examples = used(sources);
        if (examples < FEWEST) {
            throw new LamellaException(
                    "model '" + sources.get(0).name() + "'",
                    "has %d examples to compare layers on, but %d are needed".formatted(examples, FEWEST));
        }
        requireDefined(sources, examples);
        requireRoom(sources, examples);
        @Nullable String exampleIds = models.exampleIds(examples).orElse(null);
        List<RunPlan.Model> compared = log.timed("fingerprints", () -> RunModels.compared(request.models(), models));
        AnalysisDirectory directory = AnalysisDirectory.begin(request.out(), "similarity", MeasureFiles.NAMES);
        List<MeasureMatrix> matrices = matrices(sources, examples);
        log.remarks(sources);
        var files = new MeasureFiles(directory.path());
        log.timed("files", () -> {
            directory.writeLayers(compared);
            matrices.forEach(files::write);
        });
        var drawn = new MeasureResult(manifest(compared, exampleIds, matrices, models), matrices);
        log.timed("pictures", () -> listener.draw(drawn, directory));
        MeasureManifest manifest = manifest(compared, exampleIds, matrices, models);
        directory.finish(manifest);
        return new MeasureResult(manifest, matrices);
    }

    private int used(List<ActivationSource> sources) {
        return Math.min(request.examples(), sources.get(0).examples());
    }

    private void requireDefined(List<ActivationSource> sources, int examples) {
        for (ActivationSource source : sources) {
            for (Layer layer : source.layers()) {
                for (Measure<?> measure : request.measures()) {
                    measure.requireDefined(new LayerId(source.name(), layer), layer.features(), examples);
                }
            }
        }
    }

    private void requireRoom(List<ActivationSource> sources, int examples) {
        int layers = sources.stream().mapToInt(source -> source.layers().size()).sum();
        long needed = LayerGeometries.memory(layers, examples, request.threads());
        long there = request.memory() == 0 ? FreeMemory.bytes() : request.memory();
        if (needed > there) {
            throw new LamellaException(
                    "similarity",
                    "%d layers of %,d examples take %,d MB, and there are %,d; take fewer --examples or --layers"
                            .formatted(layers, examples, needed >> 20, there >> 20));
        }
    }

    private List<MeasureMatrix> matrices(List<ActivationSource> sources, int examples) {
        int layers = sources.stream().mapToInt(source -> source.layers().size()).sum();
        long start = System.nanoTime();
        listener.progress("layers", 0, layers);
        try (var geometries = LayerGeometries.of(
                        sources, examples, request.threads(), done -> listener.progress("layers", done, layers));
                var workers = new Workers(request.threads())) {
            log.tookSince("activations", start);
            List<MeasureMatrix> matrices = new ArrayList<>();
            for (Measure<?> measure : request.measures()) {
                log.timed(measure.name(), () -> matrices.add(compared(measure, geometries, workers)));
            }
            warnOfUndefined(matrices);
            return matrices;
        }
    }

    /** One line for each layer and reason, however many measures it concerns. */
    private void warnOfUndefined(List<MeasureMatrix> matrices) {
        Map<MeasureMatrix.Undefined, List<String>> measures = new LinkedHashMap<>();
        for (MeasureMatrix found : matrices) {
            for (MeasureMatrix.Undefined layer : found.undefined()) {
                measures.computeIfAbsent(layer, one -> new ArrayList<>())
                        .add(found.measure().name());
            }
        }
        measures.forEach((one, names) -> log.warn("layer '%s' of model '%s' has no %s: %s"
                .formatted(one.layer().name(), one.layer().model(), String.join(", ", names), one.reason())));
    }

    private <P extends PreparedLayer<P>> MeasureMatrix compared(
            Measure<P> measure, LayerGeometries geometries, Workers workers) {
        return LayerComparison.of(
                measure,
                geometries.layers(),
                request.permutations(),
                request.seed(),
                workers,
                share -> listener.progress(measure.name() + " %", (int) (100 * share), 100));
    }

    private MeasureManifest manifest(
            List<RunPlan.Model> compared,
            @Nullable String exampleIds,
            List<MeasureMatrix> matrices,
            OpenedModels opened) {
        @Nullable RunData data = request.data();
        return new MeasureManifest(
                Version.current(),
                request.command(),
                log.started(),
                RunModels.recorded(request.models(), compared, opened),
                data == null ? null : RunManifest.Data.of(data.common()),
                matrices.stream().map(MeasureManifest.Measured::of).toList(),
                request.permutations(),
                request.seed(),
                request.reduction().toString(),
                new RunManifest.Examples(opened.sources().get(0).examples(), used(opened.sources()), 0, exampleIds),
                request.threads(),
                List.of(RunManifest.NativeLibrary.blas()),
                log.seconds(),
                log.warnings());
    }
}

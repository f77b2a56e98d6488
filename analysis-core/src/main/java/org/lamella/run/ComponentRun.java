package org.lamella.run;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.lamella.LamellaException;
import org.lamella.Version;
import org.lamella.activation.LayerSelection;
import org.lamella.activation.Reduction;
import org.lamella.component.Classes;
import org.lamella.component.ComponentAnalysis;
import org.lamella.component.Components;
import org.lamella.component.Dominance;
import org.lamella.model.FreeMemory;
import org.lamella.model.Model;
import org.lamella.similarity.CkaMatrix;
import org.lamella.similarity.LayerId;

/**
 * A whole analysis of principal components: from models and data to files, in a folder of its own or in the run directory of the
 * same models.
 */
public final class ComponentRun {
    private static final double MOST_OF_MEMORY = 0.6;

    private final Request request;
    private final Listener listener;
    private final RunLog log;
    private final ComponentFolder folder;
    private Components.Options options;

    /**
     * What to analyse, how, and where the results go.
     *
     * @param models open, with different names; their owner closes them
     * @param data what the checkpoints are given; absent if all models are stored activations
     * @param memory bytes outside the heap that the analysis may take; 0 for half of what the machine has free
     * @param mapLayers layers whose feature maps are wanted
     * @param mapExamples of which examples
     * @param out a new folder, one of an earlier analysis, or the run directory of the same models
     * @param command the command line, for the record
     */
    public record Request(
            List<Model> models,
            @Nullable RunData data,
            LayerSelection layers,
            Reduction reduction,
            Components.Options options,
            long memory,
            List<String> mapLayers,
            List<String> mapExamples,
            Path out,
            String command) {
        public Request {
            models = List.copyOf(models);
            mapLayers = List.copyOf(mapLayers);
            mapExamples = List.copyOf(mapExamples);
            if (mapLayers.isEmpty() != mapExamples.isEmpty()) {
                throw new IllegalArgumentException("feature maps need layers and examples");
            }
        }
    }

    /** Follows an analysis. */
    public interface Listener {
        /** Called before the first layer and after every layer, by several threads. */
        default void progress(int layersDone, int layers) {}

        /** Something the user should know, in one line. */
        default void warning(String text) {}

        /**
         * Called with the results when all files but pictures and {@code components.json} are written: the time to draw them.
         *
         * @param maps feature maps, each with the file it is to be drawn into
         */
        default void draw(ComponentResults results, Map<Path, FeatureMap> maps) {}
    }

    private ComponentRun(Request request, Listener listener) {
        this.request = request;
        this.listener = listener;
        this.log = new RunLog(listener::warning);
        this.options = request.options();
        this.folder = new ComponentFolder(request.out());
    }

    /**
     * Does all of it.
     *
     * @throws LamellaException if something about the models, the data or the folder is wrong; the folder then has no {@code
     *     components.json}
     */
    public static ComponentResults execute(Request request, Listener listener) {
        return new ComponentRun(request, listener).execute();
    }

    private ComponentResults execute() {
        folder.requireFree();
        var wanted = new OpenedModels.Wanted(
                request.models(),
                request.data(),
                request.layers(),
                request.reduction(),
                options.examples(),
                options.threads(),
                request.memory());
        try (OpenedModels models = OpenedModels.open(wanted, this::overhead, log::warn)) {
            log.remarks(models.sources());
            return analyse(models);
        }
    }

    /** What the Gram matrices take; they go to a temporary file where that is most of what there is. */
    private long overhead(int layers, int examples) {
        int there = examples == 0 ? options.examples() : examples;
        long memory = request.memory() == 0 ? FreeMemory.bytes() / 2 : request.memory();
        if (options.memory(layers, there) > MOST_OF_MEMORY * memory && !options.stackInFile()) {
            long inMemory = options.memory(layers, there);
            options = options.withStackInFile();
            log.warn(
                    "the Gram matrices of %d layers would take %,d bytes, so they wait in a temporary file; fewer --examples or more --memory is faster"
                            .formatted(layers, inMemory));
        }
        return options.memory(layers, there);
    }

    private ComponentResults analyse(OpenedModels models) {
        int there = models.sources().get(0).examples();
        int used = options.examples() == 0 ? there : Math.min(options.examples(), there);
        @Nullable String exampleIds = models.exampleIds(used).orElse(null);
        KnownExamples examples = models.examples();
        List<RunPlan.Model> analysed = log.timed("fingerprints", () -> RunModels.compared(request.models(), models));
        folder.requireSameModels(analysed);
        // Before the long work, because a wrong name should not be found out after it.
        List<FeatureMap> maps = new ArrayList<>();
        if (!request.mapLayers().isEmpty()) {
            var wanted = new FeatureMap.Wanted(request.mapLayers(), request.mapExamples());
            log.timed("feature maps", () -> maps.addAll(FeatureMap.of(models.sources(), wanted, examples)));
        }
        int layers = analysed.stream().mapToInt(model -> model.layers().size()).sum();
        ComponentAnalysis found = computed(models, examples, used, layers);
        log.remarks(models.sources());
        warnAfter(found);
        ComponentFiles.remove(request.out());
        log.timed("files", () -> ComponentFiles.write(request.out(), found, examples));
        Optional.ofNullable(request.data())
                .flatMap(data -> ExampleImages.of(data.common().examples()))
                .ifPresent(images -> log.timed("pictures", () -> folder.write(images, found)));
        Map<Path, FeatureMap> pictures = new LinkedHashMap<>();
        maps.forEach(map -> pictures.put(folder.picture(map), map));
        ComponentManifest manifest = manifest(
                analysed, new RunManifest.Examples(there, found.examples(), 0, exampleIds), found, examples, pictures);
        ComponentResults results = ComponentFiles.read(request.out(), manifest);
        log.timed("pictures", () -> listener.draw(results, pictures));
        ComponentFiles.writeManifest(request.out(), manifest.took(log.seconds()));
        return results;
    }

    private ComponentAnalysis computed(OpenedModels models, KnownExamples examples, int used, int layers) {
        Classes classes = examples.labels(used).map(Classes::of).orElseGet(Classes::none);
        return log.timed(
                "components",
                () -> Components.of(models.sources())
                        .with(options)
                        .classes(classes)
                        .compute(done -> listener.progress(done, layers)));
    }

    private void warnAfter(ComponentAnalysis found) {
        for (LayerId layer : found.undefined()) {
            log.warn("layer '%s' of model '%s' has no components: its activation is the same for all examples"
                    .formatted(layer.name(), layer.model()));
        }
        warnOfRest(
                found,
                found.ckaWithout(),
                "without its first component%s".formatted(found.removed() == 1 ? "" : "s (" + found.removed() + ")"));
        warnOfRest(found, found.ckaWithoutDominant(), "without the dominant examples");
        warnOfRest(found, found.ckaUnitNorm(), "with every example scaled to unit norm");
        log.warnOfSlowBlas();
    }

    private void warnOfRest(ComponentAnalysis found, CkaMatrix cka, String how) {
        for (LayerId layer : cka.undefinedRows()) {
            if (!found.undefined().contains(layer)) {
                log.warn("layer '%s' of model '%s' has no CKA %s: nothing of it varies then"
                        .formatted(layer.name(), layer.model(), how));
            }
        }
    }

    private ComponentManifest manifest(
            List<RunPlan.Model> analysed,
            RunManifest.Examples counts,
            ComponentAnalysis found,
            KnownExamples examples,
            Map<Path, FeatureMap> maps) {
        @Nullable RunData data = request.data();
        List<ComponentManifest.MapPicture> pictures = maps.entrySet().stream()
                .map(map -> new ComponentManifest.MapPicture(
                        map.getValue().layer().model(),
                        map.getValue().layer().name(),
                        map.getValue().example(),
                        map.getValue().id(),
                        "maps/" + map.getKey().getFileName()))
                .toList();
        return new ComponentManifest(
                Version.current(),
                request.command(),
                log.started(),
                analysed,
                data == null ? null : RunManifest.Data.of(data.common()),
                counts,
                request.reduction().toString(),
                found.precision().name().toLowerCase(Locale.ROOT),
                options.components(),
                found.removed(),
                options.dominant(),
                found.dominantCount(),
                found.dominance().stream()
                        .flatMapToInt(model -> Arrays.stream(model.examples()))
                        .distinct()
                        .sorted()
                        .boxed()
                        .toList(),
                examples.classes(),
                agreement(found),
                pictures,
                options.threads(),
                List.of(RunManifest.NativeLibrary.blas()),
                log.seconds(),
                log.warnings());
    }

    private static List<ComponentManifest.Agreement> agreement(ComponentAnalysis found) {
        List<ComponentManifest.Agreement> pairs = new ArrayList<>();
        for (Dominance one : found.dominance()) {
            for (Dominance other : found.dominance()
                    .subList(
                            found.dominance().indexOf(one) + 1,
                            found.dominance().size())) {
                pairs.add(new ComponentManifest.Agreement(
                        one.model(),
                        other.model(),
                        one.agreement(other),
                        found.dominantCount() / (double) found.examples()));
            }
        }
        return pairs;
    }
}

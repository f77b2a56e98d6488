package org.lamella.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.lamella.LamellaException;
import org.lamella.Version;
import org.lamella.activation.ActivationSource;
import org.lamella.activation.Layer;
import org.lamella.activation.LayerSelection;
import org.lamella.activation.Reduction;
import org.lamella.component.Classes;
import org.lamella.component.ComponentAnalysis;
import org.lamella.component.Components;
import org.lamella.component.Dominance;
import org.lamella.data.DataSource;
import org.lamella.data.Sha256;
import org.lamella.linalg.Blas;
import org.lamella.model.FreeMemory;
import org.lamella.model.Model;
import org.lamella.similarity.CkaMatrix;
import org.lamella.similarity.LayerId;

/**
 * A whole analysis of principal components: from models and data to files, in a folder of its own or in the run directory of the
 * same models.
 */
public final class ComponentRun {
    /** Examples of a model, and at each end of a layer, that get a picture. */
    private static final int PICTURES_OF_MODEL = 30;

    private static final int PICTURES_OF_LAYER = 6;
    private static final double MOST_OF_MEMORY = 0.6;

    private final Request request;
    private final Listener listener;
    private final List<String> warnings = new ArrayList<>();
    private final Map<String, Double> seconds = new LinkedHashMap<>();
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
        this.options = request.options();
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
        checkFolder();
        var wanted = new OpenedModels.Wanted(
                request.models(),
                request.data(),
                request.layers(),
                request.reduction(),
                options.examples(),
                options.threads(),
                request.memory());
        try (OpenedModels models = OpenedModels.open(wanted, this::overhead, this::warn)) {
            models.sources().forEach(this::remark);
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
            warn(
                    "the Gram matrices of %d layers would take %,d bytes, so they wait in a temporary file; fewer --examples or more --memory is faster"
                            .formatted(layers, inMemory));
        }
        return options.memory(layers, there);
    }

    private ComponentResults analyse(OpenedModels models) {
        Instant started = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        int there = models.sources().get(0).examples();
        int used = options.examples() == 0 ? there : Math.min(options.examples(), there);
        @Nullable String exampleIds = models.exampleIds(used).orElse(null);
        KnownExamples examples = models.examples();
        List<RunPlan.Model> analysed = new ArrayList<>();
        timed("fingerprints", () -> analysed.addAll(analysed(models)));
        checkSameModels(analysed);
        // Before the long work, because a wrong name should not be found out after it.
        List<FeatureMap> maps = new ArrayList<>();
        if (!request.mapLayers().isEmpty()) {
            var wanted = new FeatureMap.Wanted(request.mapLayers(), request.mapExamples());
            timed("feature maps", () -> maps.addAll(FeatureMap.of(models.sources(), wanted, examples)));
        }
        int layers = analysed.stream().mapToInt(model -> model.layers().size()).sum();
        ComponentAnalysis found = computed(models, examples, used, layers);
        models.sources().forEach(this::remark);
        warnAfter(found);
        ComponentFiles.remove(request.out());
        timed("files", () -> ComponentFiles.write(request.out(), found, examples));
        timed("pictures", () -> writeImages(found));
        Map<Path, FeatureMap> pictures = pictures(maps);
        ComponentManifest manifest = manifest(
                started,
                analysed,
                new RunManifest.Examples(there, found.examples(), 0, exampleIds),
                found,
                examples,
                pictures);
        ComponentResults results = ComponentFiles.read(request.out(), manifest);
        long start = System.nanoTime();
        listener.draw(results, pictures);
        seconds.merge("pictures", (System.nanoTime() - start) * 1e-9, Double::sum);
        ComponentFiles.writeManifest(request.out(), manifest.took(seconds));
        return results;
    }

    private ComponentAnalysis computed(OpenedModels models, KnownExamples examples, int used, int layers) {
        Classes classes = examples.labels(used).map(Classes::of).orElseGet(Classes::none);
        long start = System.nanoTime();
        ComponentAnalysis found = Components.of(models.sources())
                .with(options)
                .classes(classes)
                .compute(done -> listener.progress(done, layers));
        seconds.put("components", (System.nanoTime() - start) * 1e-9);
        return found;
    }

    private void timed(String phase, Runnable work) {
        long start = System.nanoTime();
        work.run();
        seconds.merge(phase, (System.nanoTime() - start) * 1e-9, Double::sum);
    }

    private void remark(ActivationSource source) {
        source.remarks().stream()
                .map(remark -> "model '%s': %s".formatted(source.name(), remark))
                .filter(remark -> !warnings.contains(remark))
                .forEach(this::warn);
    }

    private void warn(String text) {
        warnings.add(text);
        listener.warning(text);
    }

    private void warnAfter(ComponentAnalysis found) {
        for (LayerId layer : found.undefined()) {
            warn("layer '%s' of model '%s' has no components: its activation is the same for all examples"
                    .formatted(layer.name(), layer.model()));
        }
        warnOfRest(
                found,
                found.ckaWithout(),
                "without its first component%s".formatted(found.removed() == 1 ? "" : "s (" + found.removed() + ")"));
        warnOfRest(found, found.ckaWithoutDominant(), "without the dominant examples");
        warnOfRest(found, found.ckaUnitNorm(), "with every example scaled to unit norm");
        if (Blas.isSlow()) {
            warn("%s %s runs on its kernels for %s, several times slower than this processor could"
                    .formatted(Blas.library(), Blas.version(), Blas.kernel()));
        }
    }

    private void warnOfRest(ComponentAnalysis found, CkaMatrix cka, String how) {
        for (LayerId layer : cka.undefinedRows()) {
            if (!found.undefined().contains(layer)) {
                warn("layer '%s' of model '%s' has no CKA %s: nothing of it varies then"
                        .formatted(layer.name(), layer.model(), how));
            }
        }
    }

    private List<RunPlan.Model> analysed(OpenedModels models) {
        return IntStream.range(0, request.models().size())
                .mapToObj(i -> {
                    Model model = request.models().get(i);
                    List<Layer> layers = models.sources().get(i).layers();
                    return new RunPlan.Model(
                            model.name(),
                            Sha256.of(model.files()),
                            IntStream.range(0, layers.size())
                                    .mapToObj(position -> layers.get(position).at(position))
                                    .toList(),
                            models.own(model.name()).map(DataSource::sha256).orElse(null),
                            models.given(model.name())
                                    .map(DataSource::preparation)
                                    .orElse(""));
                })
                .toList();
    }

    // A folder is ours if an analysis or a run was written to it.
    private void checkFolder() {
        Path out = request.out();
        if (!Files.exists(out) || ComponentFiles.areIn(out)) {
            return;
        }
        if (!Files.isDirectory(out)) {
            throw new LamellaException(out.toString(), "is a file; --out needs a folder");
        }
        try (Stream<Path> inside = Files.list(out)) {
            Optional<Path> first = inside.findFirst();
            if (first.isPresent() && !Files.isRegularFile(out.resolve("run.json"))) {
                throw new LamellaException(
                        out.toString(),
                        Files.isDirectory(out.resolve("sums"))
                                ? "holds a run that was not finished; finish it with --resume first"
                                : "holds other files (%s); give an empty or a new folder, or the run directory of the same models"
                                        .formatted(first.get().getFileName()));
            }
        } catch (IOException e) {
            throw new LamellaException(out.toString(), "cannot be listed: " + e, e);
        }
    }

    private void checkSameModels(List<RunPlan.Model> analysed) {
        if (!Files.isRegularFile(request.out().resolve("run.json"))) {
            return;
        }
        List<String> there = RunDirectory.open(request.out()).read().manifest().models().stream()
                .map(model -> model.name() + " " + model.sha256())
                .toList();
        if (!there.equals(analysed.stream()
                .map(model -> model.name() + " " + model.sha256())
                .toList())) {
            throw new LamellaException(
                    request.out().toString(),
                    "is the run directory of other models (%s); give the same ones in the same order, or another folder"
                            .formatted(String.join(
                                    ", ",
                                    there.stream()
                                            .map(model -> model.substring(0, model.lastIndexOf(' ')))
                                            .toList())));
        }
    }

    private void writeImages(ComponentAnalysis found) {
        @Nullable RunData data = request.data();
        Optional<ExampleImages> images =
                data == null ? Optional.empty() : ExampleImages.of(data.common().examples());
        if (images.isEmpty()) {
            return;
        }
        IntStream ofModels = found.dominance().stream()
                .flatMapToInt(model -> Arrays.stream(model.examples()).limit(PICTURES_OF_MODEL));
        IntStream ofLayers = found.layers().stream()
                .filter(layer -> layer.isDefined())
                .flatMapToInt(layer -> {
                    int[] descending = layer.examplesByScore();
                    int count = Math.min(PICTURES_OF_LAYER, found.dominantCount());
                    return IntStream.concat(
                            Arrays.stream(descending).limit(count),
                            Arrays.stream(descending).skip(descending.length - count));
                });
        IntStream.concat(ofModels, ofLayers)
                .distinct()
                .forEach(example -> images.get().write(example, ComponentFiles.image(request.out(), example)));
    }

    private Map<Path, FeatureMap> pictures(List<FeatureMap> maps) {
        Map<Path, FeatureMap> pictures = new LinkedHashMap<>();
        for (FeatureMap map : maps) {
            String name = "%s-%d-%d.png"
                    .formatted(
                            map.layer().model().replaceAll("[^A-Za-z0-9._-]", "_"),
                            map.layer().layer().index(),
                            map.example());
            pictures.put(request.out().resolve("maps").resolve(name), map);
        }
        return pictures;
    }

    private ComponentManifest manifest(
            Instant started,
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
                started.toString(),
                analysed,
                data == null
                        ? null
                        : new RunManifest.Data(
                                data.common().source(), data.common().sha256()),
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
                List.of(new RunManifest.NativeLibrary(Blas.library(), Blas.version(), Blas.kernel())),
                Map.of(),
                warnings);
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

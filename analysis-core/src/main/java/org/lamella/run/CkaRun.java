package org.lamella.run;

import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.lamella.LamellaException;
import org.lamella.Version;
import org.lamella.activation.ActivationSource;
import org.lamella.activation.Engine;
import org.lamella.activation.Layer;
import org.lamella.activation.LayerSelection;
import org.lamella.activation.LeftOut;
import org.lamella.activation.Reduction;
import org.lamella.data.DataSource;
import org.lamella.data.Sha256;
import org.lamella.linalg.Blas;
import org.lamella.model.Checkpoint;
import org.lamella.model.FreeMemory;
import org.lamella.model.Model;
import org.lamella.model.StoredModel;
import org.lamella.similarity.BatchPlan;
import org.lamella.similarity.Cka;
import org.lamella.similarity.LayerId;

/** A whole comparison: from models and data to a run directory. */
public final class CkaRun {
    private final Request request;
    private final Listener listener;
    private final List<String> warnings = new ArrayList<>();
    private final Map<String, Engine> engines = new HashMap<>();
    private final Map<String, Double> seconds = new LinkedHashMap<>();

    /**
     * What to compare, how, and where the results go.
     *
     * @param models open, with different names; their owner closes them
     * @param data absent if all models are stored activations
     * @param memory bytes outside the heap that the run may take, divided among its models; 0 for half of what the machine has free
     * @param out the run directory
     * @param resume whether to go on with the partial sums that are there
     * @param command the command line, for the record
     */
    public record Request(
            List<Model> models,
            @Nullable DataSource data,
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
                @Nullable DataSource data,
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
        List<ActivationSource> sources = new ArrayList<>();
        try {
            open(sources);
            return compare(sources);
        } finally {
            sources.forEach(ActivationSource::close);
        }
    }

    private RunResult compare(List<ActivationSource> sources) {
        Instant started = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        Cka cka = Cka.of(sources).with(request.options());
        BatchPlan batches = cka.plan();
        List<RunPlan.Model> compared = new ArrayList<>();
        timed("fingerprints", () -> compared.addAll(compared(sources)));
        RunPlan plan = plan(compared, batches);
        warnBefore(batches);
        RunDirectory directory = RunDirectory.begin(request.out(), plan, request.resume());
        Cka.Outcome outcome = cka.compute(directory.keeper(listener::progress));
        seconds.putAll(outcome.seconds());
        for (LayerId layer : outcome.cka().undefinedRows()) {
            warn("layer '%s' of model '%s' has no CKA: its activation is the same for all examples"
                    .formatted(layer.name(), layer.model()));
        }
        timed("files", () -> directory.writeResults(outcome.cka()));
        RunResult drawn = new RunResult(manifest(started, compared, batches, sources), outcome.cka());
        timed("pictures", () -> listener.draw(drawn, directory));
        RunManifest manifest = manifest(started, compared, batches, sources);
        directory.finish(manifest);
        return new RunResult(manifest, outcome.cka());
    }

    private void timed(String phase, Runnable work) {
        long start = System.nanoTime();
        work.run();
        seconds.put(phase, (System.nanoTime() - start) * 1e-9);
    }

    private void warn(String text) {
        warnings.add(text);
        listener.warning(text);
    }

    // Names become parts of file names and of arrays' names: better refused now than when the results are written.
    private void checkNames() {
        Set<String> names = new HashSet<>();
        for (Model model : request.models()) {
            String name = model.name();
            if (name.contains("--")
                    || name.equals("layers")
                    || name.length() > 80
                    || name.chars().anyMatch(Character::isISOControl)) {
                throw new LamellaException(
                        "model '" + name + "'",
                        "cannot be a file's name beside another model's; give it another: name=" + model.path());
            }
            if (!names.add(name.toLowerCase(Locale.ROOT))) {
                throw new LamellaException(
                        "model '" + name + "'", "is the name of two models; give one another name: name=path");
            }
        }
    }

    // Into a list, so that those that are open are closed when the next one fails.
    private void open(List<ActivationSource> sources) {
        if (request.models().size() > 1) {
            checkNames();
        }
        if (request.reduction() == Reduction.MEAN) {
            warn(
                    "--reduce mean takes channels x height x width and tokens x features; layers whose axes come in another order"
                            + " are averaged over the wrong ones");
        }
        Map<String, List<Layer>> layersOf = new LinkedHashMap<>();
        for (Model model : request.models()) {
            layersOf.put(model.name(), model.layers());
            for (LeftOut array : model.leftOut()) {
                if (model instanceof StoredModel) {
                    warn("model '%s' leaves out array %s".formatted(model.name(), array));
                }
            }
        }
        Map<String, List<Layer>> chosen = request.layers().from(layersOf);
        if (request.data() != null && request.models().stream().allMatch(StoredModel.class::isInstance)) {
            warn("--data is not used: all models are stored activations");
        }
        long memory = memoryOfAModel(chosen);
        for (Model model : request.models()) {
            ActivationSource source = source(model, chosen.getOrDefault(model.name(), List.of()), memory);
            sources.add(request.reduction().of(source));
            source.engine().ifPresent(engine -> engines.put(model.name(), engine));
            source.notes().forEach(this::warn);
        }
    }

    /** What the comparison itself does not take, in equal parts for the models that are run. */
    private long memoryOfAModel(Map<String, List<Layer>> chosen) {
        long models =
                request.models().stream().filter(Checkpoint.class::isInstance).count();
        int layers = chosen.values().stream().mapToInt(List::size).sum();
        int examples = request.data() == null ? 0 : request.data().examples().size();
        long memory = request.memory() == 0 ? FreeMemory.bytes() / 2 : request.memory();
        return Math.max(1, (memory - request.options().memory(layers, examples)) / Math.max(1, models));
    }

    private ActivationSource source(Model model, List<Layer> layers, long memory) {
        if (model instanceof StoredModel stored) {
            return stored.source(layers);
        }
        @Nullable DataSource data = request.data();
        if (data == null) {
            throw new LamellaException(
                    model.path().toString(), "is a model to be run, so it needs data: --data KIND:PATH");
        }
        return ((Checkpoint) model).withMemory(memory).on(data.examples(), layers);
    }

    private List<RunPlan.Model> compared(List<ActivationSource> sources) {
        List<RunPlan.Model> compared = new ArrayList<>();
        for (int i = 0; i < sources.size(); i++) {
            Model model = request.models().get(i);
            List<Layer> layers = sources.get(i).layers();
            List<Layer> numbered = IntStream.range(0, layers.size())
                    .mapToObj(position -> layers.get(position).at(position))
                    .toList();
            compared.add(new RunPlan.Model(model.name(), Sha256.of(model.files()), numbered));
        }
        return compared;
    }

    private RunPlan plan(List<RunPlan.Model> compared, BatchPlan batches) {
        @Nullable DataSource data = request.data();
        return new RunPlan(
                compared,
                data == null ? null : data.sha256(),
                data == null ? "" : data.preparation(),
                batches.examples(),
                request.options().estimator().toString(),
                batches.batch(),
                batches.passes(),
                batches.seed(),
                request.reduction().toString(),
                batches.groups());
    }

    private void warnBefore(BatchPlan batches) {
        if (batches.leftOut() > 0) {
            warn("the last %d of %,d examples are left out: their batch would be smaller than the estimator needs"
                    .formatted(batches.leftOut(), batches.examples()));
        }
        if (batches.batches() == 1) {
            warn("there is one batch only, so the standard errors are unknown; a smaller --batch gives them");
        }
        if (Blas.isSlow()) {
            warn("%s %s runs on its kernels for %s, several times slower than this processor could"
                    .formatted(Blas.library(), Blas.version(), Blas.kernel()));
        }
    }

    private RunManifest manifest(
            Instant started, List<RunPlan.Model> compared, BatchPlan batches, List<ActivationSource> sources) {
        List<RunManifest.Model> models = new ArrayList<>();
        for (int i = 0; i < compared.size(); i++) {
            Model model = request.models().get(i);
            models.add(new RunManifest.Model(
                    model.name(),
                    model.path().toString(),
                    model.format(),
                    Objects.toString(engines.get(model.name()), null),
                    compared.get(i).sha256(),
                    compared.get(i).layers().stream().map(Layer::name).toList(),
                    model.leftOut().stream().map(LeftOut::toString).toList()));
        }
        @Nullable DataSource data = request.data();
        return new RunManifest(
                Version.current(),
                request.command(),
                started.toString(),
                models,
                data == null ? null : new RunManifest.Data(data.source(), data.sha256()),
                request.options().estimator().toString(),
                batches.batch(),
                batches.passes(),
                batches.seed(),
                request.reduction().toString(),
                new RunManifest.Examples(
                        sources.get(0).examples(), batches.examples() - batches.leftOut(), batches.leftOut()),
                request.options().threads(),
                List.of(new RunManifest.NativeLibrary(Blas.library(), Blas.version(), Blas.kernel())),
                seconds,
                warnings);
    }
}

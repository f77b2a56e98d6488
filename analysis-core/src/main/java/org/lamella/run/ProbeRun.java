package org.lamella.run;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.lamella.LamellaException;
import org.lamella.Version;
import org.lamella.activation.ActivationSource;
import org.lamella.activation.ChosenSource;
import org.lamella.activation.LayerSelection;
import org.lamella.activation.Reduction;
import org.lamella.data.ChosenExamples;
import org.lamella.data.DataSource;
import org.lamella.model.Checkpoint;
import org.lamella.model.Model;
import org.lamella.probe.LayerProbe;
import org.lamella.probe.LinearClassifier;
import org.lamella.probe.Probes;

/** Linear probes of models, from models and data to files. */
public final class ProbeRun {
    private final Request request;
    private final Listener listener;
    private final RunLog log;

    /**
     * What to probe, how, and where the results go.
     *
     * @param models checkpoints, or stored activations, with different names; their owner closes them
     * @param data the training examples; of stored activations, where the labels are taken from, absent for their own
     * @param test the test examples, prepared like the training examples; absent for stored activations, whose examples are split by
     *     the seed: a quarter, or {@code tested} if that is less, is scored on
     * @param train how many training examples to take, every class with its share; 0 for all
     * @param tested likewise of the test examples
     * @param seed of the choice of examples and of those that the regularisation is chosen on
     * @param memory bytes outside the heap that the run may take; 0 for half of what the machine has free
     * @param out the folder
     * @param command the command line, for the record
     */
    public record Request(
            List<Model> models,
            @Nullable RunData data,
            @Nullable DataSource test,
            LayerSelection layers,
            Reduction reduction,
            LinearClassifier classifier,
            int train,
            int tested,
            long seed,
            int threads,
            long memory,
            Path out,
            String command) {
        public Request {
            models = List.copyOf(models);
        }
    }

    /** Follows a run. */
    public interface Listener {
        /** Called after every layer. */
        default void progress(int layersDone, int layers) {}

        /** Something the user should know, in one line. */
        default void warning(String text) {}

        /** Called with the results when all files but {@code run.json} are written: the time to draw them. */
        default void draw(ProbeResult result, AnalysisDirectory directory) {}
    }

    private ProbeRun(Request request, Listener listener) {
        this.request = request;
        this.listener = listener;
        this.log = new RunLog(listener::warning);
    }

    /**
     * Does all of it.
     *
     * @throws LamellaException if something about the models or the data is wrong; the folder then has no {@code run.json} of this run
     */
    public static ProbeResult execute(Request request, Listener listener) {
        return new ProbeRun(request, listener).execute();
    }

    private ProbeResult execute() {
        RunModels.checkNames(request.models());
        long run =
                request.models().stream().filter(Checkpoint.class::isInstance).count();
        if (run > 0 && run < request.models().size()) {
            throw new LamellaException(
                    "probe", "takes models to be run or stored activations, and not both in one run");
        }
        return run == 0 ? ofStored() : ofCheckpoints();
    }

    private ProbeResult ofCheckpoints() {
        @Nullable RunData data = request.data();
        @Nullable DataSource test = request.test();
        if (data == null || test == null) {
            throw new LamellaException(
                    request.models().get(0).path().toString(),
                    "is a model to be run, so a probe needs --data to learn from and --test to be scored on");
        }
        if (!data.sources().isEmpty()) {
            throw new LamellaException("--for", "cannot give a model other data in a probe; prepare them otherwise");
        }
        ProbeExamples taken = ProbeExamples.of(data.common().examples(), test.examples(), wantedExamples());
        var wanted = new OpenedModels.Wanted(
                request.models(),
                data.probed(new RunData.ProbeData(test, new ChosenExamples(taken.training(), taken.test()))),
                request.layers(),
                request.reduction(),
                taken.training().size() + taken.test().size(),
                request.threads(),
                request.memory());
        long bytes = Probes.memory(taken.training().size(), request.threads());
        try (OpenedModels models = OpenedModels.open(wanted, (layers, examples) -> bytes, log::warn)) {
            return probe(
                    models,
                    chosen(models, IntStream.range(0, taken.all().size()).toArray(), taken),
                    taken);
        }
    }

    private ProbeResult ofStored() {
        if (request.test() != null) {
            throw new LamellaException(
                    "--test", "is for models to be run; of stored activations a quarter is scored on, so leave it out");
        }
        @Nullable RunData data = request.data();
        if (data != null && !(data.sources().isEmpty() && data.preparations().isEmpty())) {
            throw new LamellaException(
                    "--for", "prepares data for a model to be run; stored activations take labels from --data alone");
        }
        var wanted = new OpenedModels.Wanted(
                request.models(), null, request.layers(), request.reduction(), 1, request.threads(), request.memory());
        try (OpenedModels models = OpenedModels.open(wanted, OpenedModels.Overhead.NONE, log::warn)) {
            int examples = models.sources().get(0).examples();
            for (ActivationSource source : models.sources()) {
                if (source.examples() != examples) {
                    throw new LamellaException(
                            "model '" + source.name() + "'",
                            "has %,d examples and model '%s' has %,d; a probe needs the same of all"
                                    .formatted(
                                            source.examples(),
                                            models.sources().get(0).name(),
                                            examples));
                }
            }
            models.exampleIds(examples);
            ProbeExamples taken = ProbeExamples.split(
                    models.labelled(), data == null ? null : data.common().examples(), wantedExamples());
            taken.remarks().forEach(log::warn);
            int[] positions = taken.all().stream().mapToInt(Integer::intValue).toArray();
            return probe(models, chosen(models, positions, taken), taken);
        }
    }

    private static List<ActivationSource> chosen(OpenedModels models, int[] positions, ProbeExamples taken) {
        return models.sources().stream()
                .<ActivationSource>map(source -> new ChosenSource(source, positions, taken::nameOf))
                .toList();
    }

    private ProbeExamples.Wanted wantedExamples() {
        return new ProbeExamples.Wanted(request.train(), request.tested(), request.seed());
    }

    private ProbeResult probe(OpenedModels models, List<ActivationSource> sources, ProbeExamples taken) {
        var task = new Probes.Task(
                taken.labels(), taken.training().size(), request.classifier(), request.seed(), request.threads());
        List<RunPlan.Model> compared = log.timed("fingerprints", () -> RunModels.compared(request.models(), models));
        AnalysisDirectory directory = AnalysisDirectory.begin(request.out(), "probe", ProbeFile.NAMES);
        List<LayerProbe> probes = new ArrayList<>();
        int layers = compared.stream().mapToInt(model -> model.layers().size()).sum();
        listener.progress(0, layers);
        log.timed("probes", () -> probes.addAll(Probes.of(sources, task, done -> listener.progress(done, layers))));
        log.remarks(sources);
        for (LayerProbe probe : probes) {
            if (probe.isConstant()) {
                log.warn(
                        "layer '%s' of model '%s' is the same for all training examples, so the most frequent class is guessed"
                                .formatted(probe.layer().name(), probe.layer().model()));
            }
        }
        log.timed("files", () -> {
            directory.writeLayers(compared);
            ProbeFile.write(directory.path(), probes, task.train());
        });
        var drawn = new ProbeResult(manifest(compared, task, taken, models), probes);
        log.timed("pictures", () -> listener.draw(drawn, directory));
        ProbeManifest manifest = manifest(compared, task, taken, models);
        directory.finish(manifest);
        return new ProbeResult(manifest, probes);
    }

    private ProbeManifest manifest(
            List<RunPlan.Model> compared, Probes.Task task, ProbeExamples taken, OpenedModels opened) {
        @Nullable RunData data = request.data();
        @Nullable DataSource test = request.test();
        return new ProbeManifest(
                Version.current(),
                request.command(),
                log.started(),
                RunModels.recorded(request.models(), compared, opened),
                data == null ? null : RunManifest.Data.of(data.common()),
                test == null ? null : RunManifest.Data.of(test),
                request.classifier().name(),
                request.seed(),
                request.reduction().toString(),
                taken.countedTraining(),
                taken.countedTest(),
                task.validation(),
                task.chance(),
                request.threads(),
                List.of(RunManifest.NativeLibrary.blas()),
                log.seconds(),
                log.warnings());
    }
}

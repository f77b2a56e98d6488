package org.lamella.run;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.lamella.LamellaException;
import org.lamella.Version;
import org.lamella.activation.ActivationSource;
import org.lamella.activation.LayerSelection;
import org.lamella.activation.Reduction;
import org.lamella.data.ChosenExamples;
import org.lamella.data.DataSource;
import org.lamella.data.Examples;
import org.lamella.data.Sha256;
import org.lamella.linalg.Blas;
import org.lamella.model.Checkpoint;
import org.lamella.model.Model;
import org.lamella.probe.LayerProbe;
import org.lamella.probe.LinearClassifier;
import org.lamella.probe.Probes;
import org.lamella.probe.StratifiedSample;

/** Linear probes of models, from checkpoints and data to files. */
public final class ProbeRun {
    private final Request request;
    private final Listener listener;
    private final List<String> warnings = new ArrayList<>();
    private final Map<String, Double> seconds = new LinkedHashMap<>();

    /**
     * What to probe, how, and where the results go.
     *
     * @param models checkpoints with different names; their owner closes them
     * @param data the training examples
     * @param test the test examples; prepared like the training examples
     * @param train how many training examples to take, every class with its share; 0 for all
     * @param tested likewise of the test examples
     * @param seed of the choice of examples and of those that the regularisation is chosen on
     * @param memory bytes outside the heap that the run may take; 0 for half of what the machine has free
     * @param out the folder
     * @param command the command line, for the record
     */
    public record Request(
            List<Model> models,
            RunData data,
            DataSource test,
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

    /** The examples taken of both data sets. */
    private record Taken(List<Integer> training, List<Integer> test, List<Integer> labels) {}

    private ProbeRun(Request request, Listener listener) {
        this.request = request;
        this.listener = listener;
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
        for (Model model : request.models()) {
            if (!(model instanceof Checkpoint)) {
                throw new LamellaException(
                        model.path().toString(),
                        "holds stored activations; a probe runs the model itself, on training and on test examples");
            }
        }
        if (!request.data().sources().isEmpty()) {
            throw new LamellaException("--for", "cannot give a model other data in a probe; prepare them otherwise");
        }
        Taken taken = taken();
        var wanted = new OpenedModels.Wanted(
                request.models(),
                request.data()
                        .probed(new RunData.ProbeData(
                                request.test(), new ChosenExamples(taken.training(), taken.test()))),
                request.layers(),
                request.reduction(),
                taken.training().size() + taken.test().size(),
                request.threads(),
                request.memory());
        long bytes = Probes.memory(taken.training().size(), request.threads());
        try (OpenedModels models = OpenedModels.open(wanted, (layers, examples) -> bytes, this::warn)) {
            return probe(models, taken);
        }
    }

    private Taken taken() {
        Examples training = request.data().common().examples();
        Examples test = request.test().examples();
        int[] chosenTraining = StratifiedSample.of(
                labels(training, "--data"), request.train() == 0 ? training.size() : request.train(), request.seed());
        int[] chosenTest = StratifiedSample.of(
                labels(test, "--test"), request.tested() == 0 ? test.size() : request.tested(), request.seed());
        // By the names of the classes where they have some: each data set numbers them by itself.
        List<String> names = training.classes();
        List<Integer> labels = new ArrayList<>();
        for (int i : chosenTraining) {
            labels.add(training.label(i).orElseThrow());
        }
        for (int i : chosenTest) {
            int own = test.label(i).orElseThrow();
            labels.add(
                    names.isEmpty() || test.classes().isEmpty()
                            ? own
                            : matched(names, test.classes().get(own)));
        }
        return new Taken(boxed(chosenTraining), boxed(chosenTest), labels);
    }

    private static int matched(List<String> names, String name) {
        int number = names.indexOf(name);
        if (number < 0) {
            throw new LamellaException("--test", "has the class '%s', which --data has not".formatted(name));
        }
        return number;
    }

    private static List<Integer> boxed(int[] numbers) {
        return IntStream.of(numbers).boxed().toList();
    }

    private static int[] labels(Examples examples, String option) {
        List<OptionalInt> labels =
                IntStream.range(0, examples.size()).mapToObj(examples::label).toList();
        if (labels.isEmpty() || labels.stream().anyMatch(OptionalInt::isEmpty)) {
            throw new LamellaException(option + " " + examples.name(), "has no labels, which a probe learns");
        }
        return labels.stream().mapToInt(OptionalInt::getAsInt).toArray();
    }

    private ProbeResult probe(OpenedModels models, Taken taken) {
        Instant started = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        var task = new Probes.Task(
                taken.labels(), taken.training().size(), request.classifier(), request.seed(), request.threads());
        List<RunPlan.Model> compared = new ArrayList<>();
        timed("fingerprints", () -> compared.addAll(RunModels.compared(request.models(), models)));
        AnalysisDirectory directory = AnalysisDirectory.begin(request.out(), "probe", ProbeFile.NAMES);
        List<LayerProbe> probes = new ArrayList<>();
        int layers = compared.stream().mapToInt(model -> model.layers().size()).sum();
        listener.progress(0, layers);
        timed(
                "probes",
                () -> probes.addAll(Probes.of(models.sources(), task, done -> listener.progress(done, layers))));
        models.sources().forEach(this::remark);
        for (LayerProbe probe : probes) {
            if (probe.isConstant()) {
                warn(
                        "layer '%s' of model '%s' is the same for all training examples, so the most frequent class is guessed"
                                .formatted(probe.layer().name(), probe.layer().model()));
            }
        }
        timed("files", () -> {
            directory.writeLayers(compared);
            ProbeFile.write(directory.path(), probes, task.train());
        });
        var drawn = new ProbeResult(manifest(started, compared, task, taken, models), probes);
        timed("pictures", () -> listener.draw(drawn, directory));
        ProbeManifest manifest = manifest(started, compared, task, taken, models);
        directory.finish(manifest);
        return new ProbeResult(manifest, probes);
    }

    private void timed(String phase, Runnable work) {
        long start = System.nanoTime();
        work.run();
        seconds.put(phase, (System.nanoTime() - start) * 1e-9);
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

    private ProbeManifest manifest(
            Instant started, List<RunPlan.Model> compared, Probes.Task task, Taken taken, OpenedModels opened) {
        DataSource data = request.data().common();
        return new ProbeManifest(
                Version.current(),
                request.command(),
                started.toString(),
                RunModels.recorded(request.models(), compared, opened),
                new RunManifest.Data(data.source(), data.sha256()),
                new RunManifest.Data(request.test().source(), request.test().sha256()),
                request.classifier().name(),
                request.seed(),
                request.reduction().toString(),
                counted(data.examples(), taken.training()),
                counted(request.test().examples(), taken.test()),
                task.validation(),
                task.chance(),
                request.threads(),
                List.of(new RunManifest.NativeLibrary(Blas.library(), Blas.version(), Blas.kernel())),
                seconds,
                warnings);
    }

    private static RunManifest.Examples counted(Examples examples, List<Integer> taken) {
        var lines = new StringBuilder();
        for (int i : taken) {
            lines.append(examples.id(i))
                    .append('\t')
                    .append(examples.label(i).orElseThrow())
                    .append('\n');
        }
        return new RunManifest.Examples(
                examples.size(),
                taken.size(),
                0,
                Sha256.ofBytes(lines.toString().getBytes(StandardCharsets.UTF_8)));
    }
}

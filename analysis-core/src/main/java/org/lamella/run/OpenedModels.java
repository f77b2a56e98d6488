package org.lamella.run;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.lamella.LamellaException;
import org.lamella.activation.ActivationSource;
import org.lamella.activation.Engine;
import org.lamella.activation.Layer;
import org.lamella.activation.LayerSelection;
import org.lamella.activation.LeftOut;
import org.lamella.activation.Reduction;
import org.lamella.activation.StoredActivations;
import org.lamella.data.DataSource;
import org.lamella.model.Checkpoint;
import org.lamella.model.FreeMemory;
import org.lamella.model.Model;
import org.lamella.model.StoredModel;

/** The models of a run with the layers chosen, given their data, in the order of the run. Closing it closes the activations. */
final class OpenedModels implements AutoCloseable {
    /** Bytes in temporary files that a user may want to know of. */
    private static final long WORTH_A_WARNING = 256L << 20;

    private final @Nullable RunData data;
    private final Consumer<String> warnings;
    private final List<ActivationSource> sources = new ArrayList<>();
    private final Map<String, DataSource> given = new LinkedHashMap<>();
    private final Map<String, KnownExamples> known = new LinkedHashMap<>();
    private final ReducedModels reduced;

    private OpenedModels(@Nullable RunData data, Reduction reduction, int threads, Consumer<String> warnings) {
        this.data = data;
        this.warnings = warnings;
        this.reduced = new ReducedModels(reduction, threads, warnings);
    }

    /**
     * What to open.
     *
     * @param models open; their owner closes them
     * @param data what the checkpoints are given; absent if all models are stored activations
     * @param atOnce examples that are run at once; 0 for all
     * @param threads for reducing activations
     * @param memory bytes outside the heap that the run may take, divided among its models by what they need; 0 for half of what the
     *     machine has free
     */
    record Wanted(
            List<Model> models,
            @Nullable RunData data,
            LayerSelection layers,
            Reduction reduction,
            int atOnce,
            int threads,
            long memory) {}

    /** Memory that a run needs for other things than activations. */
    @FunctionalInterface
    interface Overhead {
        /** For nothing else. */
        Overhead NONE = (layers, examples) -> 0;

        /** Bytes, for so many layers and so many examples. */
        long bytes(int layers, int examples);
    }

    /** @throws LamellaException if a model lacks data, or they do not fit it, or a layer is not there */
    static OpenedModels open(Wanted wanted, Overhead overhead, Consumer<String> warnings) {
        var opened = new OpenedModels(wanted.data(), wanted.reduction(), wanted.threads(), warnings);
        try {
            opened.openAll(wanted, overhead);
            return opened;
        } catch (RuntimeException | Error e) {
            opened.close();
            throw e;
        }
    }

    private void openAll(Wanted wanted, Overhead overhead) {
        Map<String, List<Layer>> layersOf = new LinkedHashMap<>();
        for (Model model : wanted.models()) {
            layersOf.put(model.name(), model.layers());
            for (LeftOut array : model.leftOut()) {
                if (model instanceof StoredModel && !StoredActivations.isOfExamples(array.name())) {
                    warnings.accept("model '%s' leaves out array %s".formatted(model.name(), array));
                }
            }
        }
        Map<String, List<Layer>> chosen = wanted.layers().from(layersOf);
        List<String> run = wanted.models().stream()
                .filter(Checkpoint.class::isInstance)
                .map(Model::name)
                .toList();
        if (data != null && run.isEmpty()) {
            warnings.accept("--data is not used: all models are stored activations");
        }
        checkNamedForData(run);
        int layers = chosen.values().stream().mapToInt(List::size).sum();
        int examples = data == null ? 0 : data.common().examples().size();
        long memory = wanted.memory() == 0 ? FreeMemory.bytes() / 2 : wanted.memory();
        int atOnce = wanted.atOnce() == 0 ? examples : wanted.atOnce();
        Map<String, Long> needs = new LinkedHashMap<>();
        wanted.models().stream()
                .filter(Checkpoint.class::isInstance)
                .forEach(model ->
                        needs.put(model.name(), need(model, chosen.getOrDefault(model.name(), List.of()), atOnce)));
        var shares = MemoryShares.of(memory - overhead.bytes(layers, examples), needs);
        for (Model model : wanted.models()) {
            long share = shares.of(model.name());
            ActivationSource source = open(model, chosen.getOrDefault(model.name(), List.of()), share);
            sources.add(source);
            warnOfMemory(source, share, atOnce);
        }
    }

    private long need(Model model, List<Layer> layers, int atOnce) {
        long weights =
                model.files().stream().mapToLong(file -> file.toFile().length()).sum();
        // What a model is given lies there for the whole batch, looked at or not.
        List<Layer> held = Stream.concat(
                        model.layers().stream().filter(layer -> layer.kind().equals("Input")), layers.stream())
                .distinct()
                .toList();
        return MemoryShares.need(held, atOnce, weights);
    }

    private void warnOfMemory(ActivationSource source, long share, int atOnce) {
        int examples = Math.min(atOnce, source.examples());
        long held = source.bytesPerExample() * examples;
        if (held > share) {
            warnings.accept(
                    "model '%s' runs in Deeplearning4j, which does not keep to --memory: its activations take about %s for %,d examples at once, of %s that it has; fewer at once take less"
                            .formatted(source.name(), mebibytes(held), examples, mebibytes(share)));
        }
    }

    private static String mebibytes(long bytes) {
        return "%,d MiB".formatted((bytes + (1 << 20) - 1) >> 20);
    }

    private void checkNamedForData(List<String> run) {
        if (data == null) {
            return;
        }
        for (String name : data.named()) {
            if (!run.contains(name)) {
                throw new LamellaException(
                        "--for " + name, "there is no such model to be given data; those of the run are " + run);
            }
        }
    }

    private ActivationSource open(Model model, List<Layer> layers, long memory) {
        if (model instanceof StoredModel stored) {
            if (stored.unpacked(layers) > WORTH_A_WARNING) {
                warnings.accept(
                        "model '%s' is compressed: %,d bytes are unpacked into temporary files; numpy.savez needs none"
                                .formatted(model.name(), stored.unpacked(layers)));
            }
            ActivationSource source = reduced.open(model, layers, stored::source);
            KnownExamples.of(stored, source.examples()).ifPresent(examples -> known.put(model.name(), examples));
            return source;
        }
        if (data == null) {
            throw new LamellaException(
                    model.path().toString(), "is a model to be run, so it needs data: --data KIND:PATH");
        }
        var checkpoint = (Checkpoint) model;
        DataSource examples =
                data.of(checkpoint, note -> warnings.accept("model '%s': %s".formatted(model.name(), note)));
        given.put(model.name(), examples);
        known.put(model.name(), KnownExamples.of(examples.examples()));
        return reduced.open(model, layers, some -> checkpoint.withMemory(memory).on(examples.examples(), some));
    }

    /** The activations of each model. */
    List<ActivationSource> sources() {
        return sources;
    }

    /** What runs a model; empty for stored activations. */
    Optional<Engine> engine(String model) {
        return sources.stream()
                .filter(source -> source.name().equals(model))
                .findFirst()
                .flatMap(ActivationSource::engine);
    }

    /** What a model is given; empty for stored activations. */
    Optional<DataSource> given(String model) {
        return Optional.ofNullable(given.get(model));
    }

    /** What a model is given if it has it from elsewhere than the run. */
    Optional<DataSource> own(String model) {
        return given(model)
                .filter(examples -> !examples.source()
                        .equals(Objects.requireNonNull(data).common().source()));
    }

    /** The layers of a model that the reduction could not take. */
    List<LeftOut> leftOut(String model) {
        return reduced.leftOut(model);
    }

    /** A digest of what the examples of all models are known by, after a check that they are the same; empty where no model tells. */
    Optional<String> exampleIds(int examples) {
        List<ExampleIdentity> identities = known.entrySet().stream()
                .map(model -> new ExampleIdentity(model.getKey(), model.getValue()))
                .toList();
        return identities.isEmpty()
                ? Optional.empty()
                : Optional.ofNullable(ExampleIdentity.digest(identities, examples));
    }

    /** What is known of the examples by the first model that knows their labels; where none does, as {@link #examples()}. */
    KnownExamples labelled() {
        return known.values().stream()
                .filter(examples -> examples.size() > 0 && examples.label(0).isPresent())
                .findFirst()
                .orElseGet(this::examples);
    }

    /** What is known of the examples: by the first model that tells most. */
    KnownExamples examples() {
        return known.values().stream()
                .max(Comparator.comparingInt(OpenedModels::telling))
                .orElseGet(() -> KnownExamples.numbered(sources.get(0).examples()));
    }

    private static int telling(KnownExamples examples) {
        boolean named = examples.size() > 0 && !examples.id(0).equals("0");
        return (examples.classes().isEmpty() ? 0 : 4)
                + (named ? 2 : 0)
                + (examples.size() > 0 && examples.label(0).isPresent() ? 1 : 0);
    }

    @Override
    public void close() {
        sources.forEach(ActivationSource::close);
    }
}

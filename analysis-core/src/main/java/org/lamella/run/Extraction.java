package org.lamella.run;

import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.lamella.LamellaException;
import org.lamella.activation.ActivationSource;
import org.lamella.activation.Batch;
import org.lamella.activation.Layer;
import org.lamella.activation.LayerSelection;
import org.lamella.activation.Reduction;
import org.lamella.activation.StoredActivations;
import org.lamella.array.FloatFormat;
import org.lamella.array.RowArchive;
import org.lamella.data.DataSource;
import org.lamella.data.Examples;
import org.lamella.linalg.NativeMatrix;
import org.lamella.model.Model;

/**
 * Writes the activations of a model to an .npz archive, one array per layer, in one pass over the examples. Beside them are the
 * examples' labels, where they have some, and what the user knows the examples by.
 */
public final class Extraction {
    private static final int LARGEST_BUFFER = Integer.MAX_VALUE / Float.BYTES;

    private final Request request;
    private final CkaRun.Listener listener;

    /**
     * What to extract, and where to.
     *
     * @param model open; its owner closes it
     * @param data what the model is given; absent for stored activations
     * @param batch examples that are run at once
     * @param examples how many to take, from the first on; 0 for all
     * @param threads for reducing activations
     * @param memory bytes outside the heap for the activations of a batch; 0 for half of what the machine has free
     */
    public record Request(
            Model model,
            @Nullable RunData data,
            LayerSelection layers,
            Reduction reduction,
            int batch,
            int examples,
            int threads,
            long memory,
            FloatFormat format,
            Path out) {}

    private Extraction(Request request, CkaRun.Listener listener) {
        this.request = request;
        this.listener = listener;
    }

    /**
     * Does all of it.
     *
     * @throws LamellaException if something about the model, the data or the disk is wrong; nothing is at {@code out} then that
     *     was not there before
     */
    public static void execute(Request request, CkaRun.Listener listener) {
        if (!request.out().toString().endsWith(".npz")) {
            throw new LamellaException(
                    "--out " + request.out(), "activations are written as .npz: give it that ending");
        }
        new Extraction(request, listener).execute();
    }

    private void execute() {
        Model model = request.model();
        var wanted = new OpenedModels.Wanted(
                List.of(model),
                request.data(),
                request.layers(),
                request.reduction(),
                request.batch(),
                request.threads(),
                request.memory());
        try (OpenedModels opened = OpenedModels.open(wanted, OpenedModels.Overhead.NONE, listener::warning)) {
            ActivationSource source = opened.sources().get(0);
            source.remarks().forEach(remark -> listener.warning("model '%s': %s".formatted(model.name(), remark)));
            int rows = request.examples() == 0 ? source.examples() : Math.min(request.examples(), source.examples());
            if (rows == 0) {
                throw new LamellaException("model '" + model.name() + "'", "there are no examples");
            }
            try (RowArchive archive = RowArchive.create(request.out(), rows, request.format())) {
                write(source, opened.given(model.name()).map(DataSource::examples), rows, archive);
                archive.commit();
            }
        }
    }

    private void write(ActivationSource source, Optional<Examples> examples, int rows, RowArchive archive) {
        List<List<Integer>> shapes = shapes(source, rows);
        // First, so that no layer takes their names.
        examples.ifPresent(given -> addExamples(given, rows, archive));
        for (Layer layer : source.layers()) {
            String name = archive.add(layer.name(), shapes.get(source.layers().indexOf(layer)));
            if (!name.equals(layer.name())) {
                listener.warning("layer '%s' is called '%s' in %s: its own name cannot be an entry's there"
                        .formatted(layer.name(), name, request.out()));
            }
        }
        archive.requireRoom();
        int batches = (rows - 1) / request.batch() + 1;
        listener.progress(0, batches);
        for (int number = 0; number < batches; number++) {
            source.forward(batch(number, rows), (layer, activation) -> {
                append(archive, layer, activation);
                return CompletableFuture.completedFuture(null);
            });
            listener.progress(number + 1, batches);
        }
    }

    private Batch batch(int number, int rows) {
        int first = number * request.batch();
        return new Batch(
                number,
                IntStream.range(first, Math.min(rows, first + request.batch())).toArray());
    }

    /** Where a model leaves a length open, the first batch tells how many numbers there are. */
    private List<List<Integer>> shapes(ActivationSource source, int rows) {
        List<Layer> layers = source.layers();
        if (layers.stream().allMatch(layer -> layer.features() >= 0)) {
            return layers.stream().map(Layer::shape).toList();
        }
        AtomicLongArray columns = new AtomicLongArray(layers.size());
        source.forward(batch(0, rows), (layer, activation) -> {
            columns.set(layer, activation.columns());
            return CompletableFuture.completedFuture(null);
        });
        return IntStream.range(0, layers.size())
                .mapToObj(i -> layers.get(i).features() >= 0
                        ? layers.get(i).shape()
                        : List.of(Math.toIntExact(columns.get(i))))
                .toList();
    }

    private static void addExamples(Examples examples, int rows, RowArchive archive) {
        List<OptionalInt> labels =
                IntStream.range(0, rows).mapToObj(examples::label).toList();
        if (labels.stream().allMatch(OptionalInt::isPresent)) {
            archive.addNumbers(
                    StoredActivations.LABELS,
                    labels.stream().mapToLong(OptionalInt::getAsInt).toArray());
        }
        archive.addTexts(
                StoredActivations.IDS,
                IntStream.range(0, rows).mapToObj(examples::id).toList());
    }

    private static void append(RowArchive archive, int layer, NativeMatrix activation) {
        int most = (int) Math.max(1, LARGEST_BUFFER / Math.max(1, activation.columns()));
        for (int first = 0; first < activation.rows(); first += most) {
            FloatBuffer some = activation.buffer(first, Math.min(most, activation.rows() - first));
            archive.write(layer, some);
        }
    }
}

package org.lamella.prune;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import onnx.Onnx.ModelProto;
import org.jspecify.annotations.Nullable;
import org.lamella.LamellaException;
import org.lamella.activation.ActivationSource;
import org.lamella.activation.Layer;
import org.lamella.activation.Reduction;
import org.lamella.data.Examples;
import org.lamella.dl4j.Dl4jModel;
import org.lamella.dl4j.ExportedNetwork;
import org.lamella.model.Checkpoint;
import org.lamella.model.Dl4jCheckpoint;
import org.lamella.model.FreeMemory;
import org.lamella.model.OnnxCheckpoint;
import org.lamella.onnx.OnnxModel;

/**
 * A model as it is before a cut: its graph, and how it is run. A network of Deeplearning4j or Keras is written as an ONNX graph first,
 * compared with Deeplearning4j, and cut there.
 */
public final class Original {
    private final String name;
    private final Path path;
    private final OnnxModel model;
    private final ModelProto graph;
    private final Optional<Dl4jModel> network;
    private final int threads;
    private final long memory;
    private final int output;
    private final Reduction reduction;

    /**
     * How the model is run.
     *
     * @param output name of the output that is judged; null for the first
     * @param reduction of that output; null for the mean over tokens where it has a number of them, and nothing elsewhere
     * @param threads on which examples are run side by side
     * @param memory bytes outside the heap that a batch may take
     */
    public record Manner(@Nullable String output, @Nullable Reduction reduction, int threads, long memory) {}

    /**
     * As {@link Manner}, with the machine's numbers where none is given.
     *
     * @param threads 0 for as many as the machine has processors
     * @param memory 0 for half of what it has free
     */
    public static Manner manner(@Nullable String output, @Nullable Reduction reduction, int threads, long memory) {
        return new Manner(
                output,
                reduction,
                threads > 0 ? threads : Runtime.getRuntime().availableProcessors(),
                memory > 0 ? memory : FreeMemory.bytes() / 2);
    }

    private Original(Checkpoint checkpoint, OnnxModel model, Optional<Dl4jModel> network, Manner manner) {
        this.name = checkpoint.name();
        this.path = checkpoint.path();
        this.model = model;
        this.graph = model.read();
        this.network = network;
        this.threads = manner.threads();
        this.memory = manner.memory();
        this.output = output(manner.output());
        boolean open = model.outputs().get(output).shape().contains(-1);
        this.reduction = manner.reduction() != null ? manner.reduction() : open ? Reduction.MEAN : Reduction.FLATTEN;
    }

    /**
     * @param sample examples of the shape that the model takes
     * @throws LamellaException if the model is neither ONNX nor can be written as such, or returns nothing that can be compared
     */
    public static Original of(Checkpoint checkpoint, Examples sample, Manner manner) {
        if (checkpoint instanceof OnnxCheckpoint onnx) {
            return new Original(checkpoint, onnx.model(), Optional.empty(), manner);
        }
        if (checkpoint instanceof Dl4jCheckpoint dl4j) {
            ExportedNetwork exported = dl4j.export(sample);
            OnnxModel model = OnnxModel.of(checkpoint.path().toString(), exported.model());
            return new Original(checkpoint, model, Optional.of(dl4j.model()), manner);
        }
        throw new LamellaException(
                checkpoint.path().toString(), "is %s, which is not cut".formatted(checkpoint.format()));
    }

    /**
     * What can be cut of a model.
     *
     * @param sample examples of the shape that a network of Deeplearning4j takes; null if its file tells
     * @throws LamellaException if the model is neither ONNX nor can be written as such
     */
    public static Units units(Checkpoint checkpoint, @Nullable Examples sample) {
        if (checkpoint instanceof OnnxCheckpoint onnx) {
            return Units.of(onnx.model());
        }
        if (checkpoint instanceof Dl4jCheckpoint dl4j) {
            return Units.of(OnnxModel.of(
                    checkpoint.path().toString(), dl4j.export(sample).model()));
        }
        throw new LamellaException(
                checkpoint.path().toString(), "is %s, which is not cut".formatted(checkpoint.format()));
    }

    private int output(@Nullable String wanted) {
        model.obstacle().ifPresent(obstacle -> {
            throw new LamellaException(path.toString(), "cannot be run, so it cannot be cut: " + obstacle);
        });
        List<Layer> outputs = model.outputs();
        if (outputs.isEmpty()) {
            throw new LamellaException(
                    path.toString(),
                    "returns no floating-point tensor with the examples along its first axis, by which a cut could be judged");
        }
        for (int i = 0; i < outputs.size(); i++) {
            if (wanted == null || outputs.get(i).name().equals(wanted)) {
                return i;
            }
        }
        throw new LamellaException(
                "--output " + wanted,
                "is no output of the model; it has "
                        + String.join(", ", outputs.stream().map(Layer::name).toList()));
    }

    public String name() {
        return name;
    }

    public Path path() {
        return path;
    }

    /** The graph as ONNX Runtime takes it. */
    public OnnxModel model() {
        return model;
    }

    /** The same, read once. */
    ModelProto graph() {
        return graph;
    }

    /** The network that the graph was made from; empty for a model that is one. */
    public Optional<Dl4jModel> network() {
        return network;
    }

    /** The layer that is the output that is judged. */
    String outputName() {
        return model.outputs().get(output).name();
    }

    /** The output that is judged, and what is done to it. */
    String outputText() {
        return outputName()
                + (reduction == Reduction.FLATTEN
                        ? ""
                        : " (" + reduction.toString().toLowerCase(Locale.ROOT) + ")");
    }

    /** Whether the output is one vector an example as it is. */
    boolean givesVectors() {
        return reduction == Reduction.FLATTEN
                && model.outputs().get(output).shape().size() == 1;
    }

    Reduction reduction() {
        return reduction;
    }

    int threads() {
        return threads;
    }

    long memory() {
        return memory;
    }

    /** Examples as the graph takes them. */
    Examples arranged(Examples examples) {
        return network.<Examples>map(dl4j -> dl4j.arranged(examples)).orElse(examples);
    }

    /**
     * Runs this model, or one that was cut from it, for its output alone.
     *
     * @param examples {@linkplain #arranged arranged}
     */
    ActivationSource source(OnnxModel some, Examples examples) {
        ActivationSource whole = some.on(examples, List.of(some.outputs().get(output)), name, threads, memory);
        return reduction.of(whole, threads);
    }

    /** What a model gives for some examples. */
    Answers answers(OnnxModel some, Examples examples, int[] chosen, int batch) {
        try (ActivationSource source = source(some, examples)) {
            return Answers.of(source, chosen, batch);
        }
    }
}

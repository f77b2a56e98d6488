package org.lamella.onnx;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.lamella.LamellaException;
import org.lamella.activation.Layer;
import org.lamella.activation.TokenMask;
import org.lamella.data.Dataset;
import org.lamella.data.Examples;
import org.lamella.data.NamedInputs;
import org.lamella.data.TextDataset;

/** Examples in the form in which a graph takes them, batch by batch. Serves one thread. */
interface OnnxFeed extends AutoCloseable {
    /** How many examples there are. */
    int examples();

    /** The shape of one example of every input that is fed, by the input's name; -1 where a length changes from batch to batch. */
    Map<String, List<Integer>> shapes();

    /** The inputs that are given images with their channels last. */
    default Set<String> channelsLast() {
        return Set.of();
    }

    /**
     * Writes the values of some examples for every input that is fed, in their order.
     *
     * @param into what to {@linkplain OnnxBatch#take take} each input's memory from
     * @throws LamellaException if the examples cannot be read, or hold what the graph does not take
     */
    void read(int[] examples, OnnxBatch into);

    /** Which positions of some examples hold tokens; empty where the examples are no token sequences. */
    default Optional<TokenMask> tokens(int[] examples) {
        return Optional.empty();
    }

    /** Layers with the lengths open that count tokens. */
    default List<Layer> opened(List<Layer> layers) {
        return layers;
    }

    /** What about some examples may be why the graph fails on them; empty if nothing is known. */
    default String suspicion(int[] examples) {
        return "";
    }

    /** What the user should know of the examples read so far, one line each. */
    default List<String> remarks() {
        return List.of();
    }

    @Override
    default void close() {}

    /**
     * The feed for a kind of examples.
     *
     * @param where what error messages call the model
     * @param tokenizer the file that makes texts into tokens, if there is one
     * @throws LamellaException if the examples do not fit the graph's inputs
     */
    static OnnxFeed of(Examples examples, OnnxGraph graph, String where, Optional<Path> tokenizer) {
        if (examples instanceof NamedInputs named) {
            return MaskedFeed.of(TensorFeed.of(named, graph, where), named, graph);
        }
        if (examples instanceof TextDataset texts) {
            return TextFeed.of(texts, graph, where, tokenizer);
        }
        return TensorFeed.of(Dataset.of(examples, where), graph, where);
    }
}

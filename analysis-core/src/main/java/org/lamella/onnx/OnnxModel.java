package org.lamella.onnx;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import onnx.Onnx.ModelProto;
import org.lamella.LamellaException;
import org.lamella.activation.ActivationSource;
import org.lamella.activation.Layer;
import org.lamella.activation.LeftOut;
import org.lamella.data.Examples;
import org.lamella.text.TokenField;
import org.lamella.text.Tokenizer;

/**
 * An ONNX graph, run by ONNX Runtime. Its layers are the graph's floating-point inputs (kind {@code Input}) and every floating-point
 * tensor that a node computes from the inputs' values with the examples along its first axis, in the order of the file. What else the
 * nodes compute is listed by {@link #leftOut}. Activations are float32, whatever the tensor's own precision is.
 *
 * <p>A layer is called by its node's name; by its tensor's where the node has no name of its own or computes several tensors. The
 * parameters of a layer are the weights that its node is the first to use, without the statistics of a batch normalization.
 *
 * <p>A model takes one or several inputs, examples along their first axis. A fixed batch is served piece by piece. Weights in other
 * files are found beside the model.
 */
public final class OnnxModel {
    private final OnnxContent content;
    private final OnnxGraph graph;
    private final OnnxProbe.Outcome probe;
    private final OnnxLayers found;
    private final Optional<Path> tokenizer;

    private OnnxModel(OnnxContent content, Optional<Path> tokenizer) {
        this.content = content;
        this.tokenizer = tokenizer;
        this.graph = OnnxGraph.read(content);
        this.probe = OnnxProbe.of(content, graph);
        this.found = probe.seen().map(seen -> OnnxLayers.of(graph, seen)).orElseGet(() -> OnnxLayers.unseen(graph));
    }

    private OnnxModel(OnnxModel model, Path tokenizer) {
        this.content = model.content;
        this.graph = model.graph;
        this.probe = model.probe;
        this.found = model.found;
        this.tokenizer = Optional.of(tokenizer);
    }

    /** A graph whose tensors are all tensors of the other model, where they were seen. */
    private OnnxModel(OnnxModel model, ModelProto rewritten) {
        String where = model.content.where();
        this.content = new OnnxContent.InMemory(
                where, rewritten.toByteString().asReadOnlyByteBuffer(), model.content.folder());
        this.graph = OnnxGraph.of(rewritten, where);
        this.probe = model.probe;
        this.found = probe.seen().map(seen -> OnnxLayers.of(graph, seen)).orElseGet(() -> OnnxLayers.unseen(graph));
        this.tokenizer = model.tokenizer;
    }

    /**
     * Reads a model's structure, and runs it on a few made-up examples to see the shapes of its tensors.
     *
     * @throws LamellaException if the file is not a whole ONNX model or the runtime cannot open it
     */
    public static OnnxModel open(Path file) {
        return new OnnxModel(new OnnxContent.InFile(file), Tokenizer.beside(file));
    }

    /**
     * As {@link #open}, for a model in memory.
     *
     * @param where what error messages call it
     */
    public static OnnxModel of(String where, ModelProto model) {
        return of(where, model.toByteString().asReadOnlyByteBuffer());
    }

    /**
     * As {@link #open}, for the bytes of a model.
     *
     * @param where what error messages call it
     * @param bytes from position to limit; not copied, and not to be modified while the model is used
     */
    public static OnnxModel of(String where, ByteBuffer bytes) {
        return new OnnxModel(new OnnxContent.InMemory(where, bytes.slice()), Optional.empty());
    }

    /** The same model with another tokenizer than the {@code tokenizer.json} beside it. */
    public OnnxModel withTokenizer(Path file) {
        return new OnnxModel(this, file);
    }

    /** The model, the files beside it that hold its weights, and its tokenizer if it takes tokens; none if it is in memory. */
    public List<Path> files() {
        boolean takesTokens =
                graph.inputs().stream().anyMatch(input -> input.name().equals(TokenField.INPUT_IDS.toString()));
        return Stream.concat(
                        content.files(graph.weightFiles()).stream(), takesTokens ? tokenizer.stream() : Stream.empty())
                .toList();
    }

    /** The graph's inputs, then the tensors. If the graph cannot be run, all that it may have, of unknown shapes. */
    public List<Layer> layers() {
        return found.layers();
    }

    /** What the nodes compute that is no layer. */
    public List<LeftOut> leftOut() {
        return found.leftOut();
    }

    /** The layers that the graph returns, in the order in which it declares them. */
    public List<Layer> outputs() {
        return graph.outputs().stream()
                .flatMap(tensor -> layers().stream()
                        .filter(layer ->
                                found.outputs().get(layer.index()).tensor().equals(tensor)))
                .toList();
    }

    /** The model as it was read, with its weights unless they are in other files. Read again at every call. */
    public ModelProto read() {
        return content.parse();
    }

    /** The folder in which weights in other files lie; empty for a model that was not read from a file. */
    public Optional<Path> folder() {
        return content.folder();
    }

    /** Bytes of the model, and of the files beside it that hold its weights. */
    public long size() {
        return content.size(graph.weightFiles());
    }

    /** Every tensor that was seen when the graph was run on made-up examples, by its name in the graph; none if it cannot be run. */
    public Map<String, SeenTensor> tensors() {
        return probe.seen().map(seen -> seen.tensors(graph)).orElse(Map.of());
    }

    /**
     * The same model after a surgery.
     *
     * @param surgery a graph of the same inputs, all whose tensors are tensors of this one, of the same shapes
     */
    public OnnxModel rewritten(ModelProto surgery) {
        return new OnnxModel(this, surgery);
    }

    /** Why the graph cannot be run; empty if it can. */
    public Optional<String> obstacle() {
        return probe.seen().isPresent() ? Optional.empty() : Optional.of(probe.obstacle());
    }

    /**
     * The activations of some layers on examples.
     *
     * @param name of the model in a run
     * @param threads on which examples are run side by side
     * @param memory bytes outside the heap that the activations of a batch may take, with what the runtime needs beside them; if that
     *     is less than all layers need at once they are computed in several passes
     * @throws LamellaException if the examples do not fit the inputs, or the graph cannot be run
     */
    public ActivationSource on(Examples examples, List<Layer> layers, String name, int threads, long memory) {
        if (!layers().containsAll(layers)) {
            throw new IllegalArgumentException("layers of another model were asked for");
        }
        if (layers.isEmpty()) {
            throw new LamellaException(content.where(), "has no layer to look at; 'lamella inspect --all' says why");
        }
        OnnxProbe seen = probe.seen()
                .orElseThrow(() -> new LamellaException(content.where(), "cannot be run: " + probe.obstacle()));
        seen.unfed().stream().findFirst().ifPresent(input -> {
            throw new LamellaException(
                    content.where(),
                    "its input %s does not have the examples along its first axis, so data cannot be given to it"
                            .formatted(input));
        });
        List<OnnxOutput> outputs =
                layers.stream().map(layer -> found.outputs().get(layer.index())).toList();
        OnnxFeed feed = OnnxFeed.of(examples, graph, content.where(), tokenizer);
        OnnxBudget budget = new OnnxBudget(memory, content.size(graph.weightFiles()), threads);
        Map<String, Integer> ranks = new HashMap<>();
        seen.tensors(graph)
                .forEach((tensor, its) -> ranks.put(tensor, its.shape().size()));
        return new OnnxSource(
                new OnnxSource.Setting(
                        content,
                        graph,
                        seen.batch(),
                        feed,
                        budget,
                        graph.channels().orders(ranks, feed.channelsLast())),
                name,
                feed.opened(layers),
                outputs);
    }
}

package org.lamella.onnx;

import ai.onnxruntime.OrtSession;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.lamella.LamellaException;
import org.lamella.activation.ActivationSource;
import org.lamella.activation.Layer;
import org.lamella.activation.LeftOut;
import org.lamella.data.Dataset;
import org.lamella.data.Examples;

/**
 * An ONNX graph, run by ONNX Runtime. Its layers are the graph's input (kind {@code Input}) and every float32 tensor that a node
 * computes from the input's values with the examples along its first axis, in the order of the file. What else the nodes compute is
 * listed by {@link #leftOut}.
 *
 * <p>A layer is called by its node's name; by its tensor's where the node has no name of its own or computes several tensors. The
 * parameters of a layer are the weights that its node is the first to use, without the statistics of a batch normalization.
 *
 * <p>A model takes one float32 input, its first axis the batch. A fixed batch is served piece by piece. Weights in other files are
 * found beside the model.
 */
public final class OnnxModel {
    private final Path path;
    private final OnnxGraph graph;
    private final OnnxProbe probe;

    private OnnxModel(Path path, OnnxGraph graph, OnnxProbe probe) {
        this.path = path;
        this.graph = graph;
        this.probe = probe;
    }

    /**
     * Reads a model's structure, and runs it on a few examples of zeros to see the shapes of its tensors.
     *
     * @throws LamellaException if the file is not a whole ONNX model, needs other than one float32 input, or does not run
     */
    public static OnnxModel open(Path file) {
        OnnxGraph graph = OnnxGraph.read(file);
        return new OnnxModel(file, graph, OnnxProbe.of(file, graph));
    }

    /** The model, and the files beside it that hold its weights. */
    public List<Path> files() {
        return Stream.concat(Stream.of(path), graph.weightFiles().stream().map(path::resolveSibling))
                .toList();
    }

    /** The graph's input, then the tensors. */
    public List<Layer> layers() {
        return probe.layers();
    }

    /** What the nodes compute that is no layer. */
    public List<LeftOut> leftOut() {
        return probe.leftOut();
    }

    /**
     * The activations of some layers on a data set.
     *
     * @param name of the model in a run
     * @param threads on which examples are run side by side
     * @throws LamellaException if the data do not fit the input
     */
    public ActivationSource on(Examples data, List<Layer> layers, String name, int threads) {
        if (!layers().containsAll(layers)) {
            throw new IllegalArgumentException("layers of another model were asked for");
        }
        OnnxFeed feed = probe.input().feed(Dataset.of(data, path.toString()), path);
        List<String> tensors =
                layers.stream().map(layer -> probe.tensors().get(layer.index())).toList();
        Set<String> computed = new HashSet<>(tensors);
        computed.remove(probe.input().name());
        OrtSession session = OnnxEngine.open(path, computed, graph.outputs());
        try {
            Map<String, List<Integer>> shapes = probe.input().isOpen()
                    ? OnnxProbe.shapes(path, session, probe.input(), feed.shape(), computed)
                    : Map.of();
            List<Layer> closed = layers.stream()
                    .map(layer -> closed(layer, shapes.get(probe.tensors().get(layer.index())), feed))
                    .toList();
            return new OnnxSource(path, name, probe.input(), feed, closed, tensors, session, threads);
        } catch (LamellaException e) {
            OnnxEngine.close(path, session);
            throw e;
        }
    }

    /** A layer with every length known. */
    private static Layer closed(Layer layer, @Nullable List<Integer> seen, OnnxFeed feed) {
        List<Integer> shape = layer.kind().equals(OnnxProbe.INPUT) ? feed.shape() : seen == null ? layer.shape() : seen;
        return new Layer(layer.index(), layer.name(), layer.kind(), shape, layer.parameters());
    }
}

package org.lamella.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One forward pass: the part of a graph that some consecutive layers need. Threads may run it side by side once it is open. */
final class OnnxPass implements AutoCloseable {
    private final OnnxContent content;
    private final OnnxGraph graph;
    private final List<OnnxOutput> outputs;
    private final int first;
    private @Nullable OrtSession session;

    /**
     * @param first position of its first layer among the source's
     * @param outputs of its layers
     */
    OnnxPass(OnnxContent content, OnnxGraph graph, int first, List<OnnxOutput> outputs) {
        this.content = content;
        this.graph = graph;
        this.first = first;
        this.outputs = List.copyOf(outputs);
    }

    /** Position of its first layer among the source's. */
    int first() {
        return first;
    }

    List<OnnxOutput> outputs() {
        return outputs;
    }

    /** What belongs to its layers of what belongs to the source's. */
    <T> List<T> of(List<T> layers) {
        return layers.subList(first, first + outputs.size());
    }

    /** Opens the runtime's session, unless it is open; none is needed if all layers are inputs. */
    void open() {
        List<OnnxOutput> computed =
                outputs.stream().filter(output -> !output.isFed()).toList();
        if (session == null && !computed.isEmpty()) {
            session = OnnxEngine.open(content, graph, computed);
        }
    }

    /**
     * Runs some rows of a batch.
     *
     * @param memory written: those rows of every layer that is computed
     */
    void run(OnnxBatch batch, int row, int rows, OnnxMemory memory) throws OrtException {
        if (session == null) {
            return;
        }
        Map<String, OnnxTensor> written = new LinkedHashMap<>();
        Map<String, OnnxTensor> values = batch.tensors(row, rows);
        try {
            for (int i = 0; i < outputs.size(); i++) {
                if (!outputs.get(i).isFed()) {
                    written.put(outputs.get(i).name(), memory.tensor(i, row, rows));
                }
            }
            session.run(values, written).close();
        } finally {
            OnnxValue.close(values);
            OnnxValue.close(written);
        }
    }

    /** Runs the first rows of a batch to see what shapes come out, by the output's name. */
    Map<String, TensorInfo> shapes(OnnxBatch batch, int rows) throws OrtException {
        Set<String> names = new LinkedHashSet<>();
        outputs.stream().filter(output -> !output.isFed()).forEach(output -> names.add(output.name()));
        return session == null ? Map.of() : OnnxTrial.run(session, batch, rows, names);
    }

    /** Closes the session; it can be opened again. */
    @Override
    public void close() {
        if (session != null) {
            OnnxEngine.close(content.where(), session);
            session = null;
        }
    }
}

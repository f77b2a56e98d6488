package org.lamella.onnx;

import java.util.List;
import java.util.Map;
import org.lamella.LamellaException;
import org.lamella.data.Dataset;
import org.lamella.data.Examples;
import org.lamella.data.NamedInputs;
import org.lamella.data.TextDataset;

/** Examples in the form in which a graph takes them, batch by batch. Serves one thread. */
interface OnnxFeed {
    /** How many examples there are. */
    int examples();

    /** The shape of one example of every input that is fed, by the input's name; -1 where a length changes from batch to batch. */
    Map<String, List<Integer>> shapes();

    /**
     * Writes the values of some examples for every input that is fed, in their order.
     *
     * @param into what to {@linkplain OnnxBatch#take take} each input's memory from
     * @throws LamellaException if the examples cannot be read, or hold what the graph does not take
     */
    void read(int[] examples, OnnxBatch into);

    /**
     * The feed for a kind of examples.
     *
     * @param where what error messages call the model
     * @throws LamellaException if the examples do not fit the graph's inputs
     */
    static OnnxFeed of(Examples examples, OnnxGraph graph, String where) {
        if (examples instanceof NamedInputs named) {
            return TensorFeed.of(named, graph, where);
        }
        if (examples instanceof TextDataset texts) {
            throw new LamellaException(where, "takes tensors, and the examples of " + texts.name() + " are texts");
        }
        return TensorFeed.of(Dataset.of(examples, where), graph, where);
    }
}

package org.lamella.onnx;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.lamella.LamellaException;
import org.lamella.activation.Layer;

/**
 * How the memory outside the heap that a model may take is divided: its weights and the inputs of a batch come first, then what the
 * runtime computes beside the layers, and the layers have the rest.
 *
 * @param memory bytes in all
 * @param weights bytes of the model's weights
 * @param threads that run side by side
 */
record OnnxBudget(long memory, long weights, int threads) {
    /** Bytes of activations that a piece may have: far more than the caches hold, far less than a large batch has. */
    private static final long LARGEST_PIECE = 64L << 20;

    /**
     * Bytes of layers that one thread computes at a time. The runtime needs about as much beside them, as it keeps a copy of each
     * convolution in a layout of its own until the end; all threads together may have an eighth of the memory for that.
     */
    long piece() {
        return Math.max(1, Math.min(LARGEST_PIECE, memory / 8 / threads));
    }

    /** Bytes for the layers of one pass. */
    long room(long inputs) {
        return memory - weights - inputs - threads * piece();
    }

    /** Whether so many sessions, each with weights of its own, may stay open. */
    boolean holdsSessions(int count) {
        return count == 1 || weights <= memory / 4 / count;
    }

    /** @throws LamellaException if there is no room for the largest layer; the message names it */
    void check(String where, List<Layer> layers, List<Long> bytes, int examples, long inputs) {
        int largest = IntStream.range(0, bytes.size())
                .boxed()
                .max(Comparator.comparing(bytes::get))
                .orElseThrow();
        long room = room(inputs);
        if (bytes.get(largest) > room) {
            throw new LamellaException(
                    where,
                    "layer '%s' (%s) at %,d examples needs %s; of the model's %s, weights, inputs and the runtime leave %s: take smaller batches or more --memory"
                            .formatted(
                                    layers.get(largest).name(),
                                    OnnxInput.print(layers.get(largest).shape()),
                                    examples,
                                    OnnxMemory.mebibytes(bytes.get(largest)),
                                    OnnxMemory.mebibytes(memory),
                                    room <= 0 ? "nothing" : OnnxMemory.mebibytes(room)));
        }
    }
}

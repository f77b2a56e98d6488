package org.lamella.activation;

import java.util.concurrent.CompletableFuture;
import org.lamella.linalg.NativeMatrix;

/** Takes the activations of a batch, layer by layer. */
@FunctionalInterface
public interface LayerSink {
    /**
     * @param layer position in {@link ActivationSource#layers()}
     * @param activation n examples × d features, not modified
     * @return completes when the activation has been read; until then its memory must stay as it is
     */
    CompletableFuture<?> accept(int layer, NativeMatrix activation);
}

package org.lamella.similarity;

import org.lamella.activation.Layer;

/**
 * A layer of one of the models of a run.
 *
 * @param model the model's name, unique in the run
 */
public record LayerId(String model, Layer layer) {
    /** The layer's own name, without its model's. */
    public String name() {
        return layer.name();
    }

    /** Model and layer, as {@code model/layer}. */
    @Override
    public String toString() {
        return model + "/" + layer.name();
    }
}

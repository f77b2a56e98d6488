package org.lamella.activation;

import java.util.List;

/**
 * One layer of a model: a place whose activation can be looked at.
 *
 * @param index position in the model's order, from 0
 * @param name the model's own name for it, unique in the model
 * @param kind what computes it, in the model's own words (Conv, BatchNormalization, array …)
 * @param shape shape of one example's activation, without the batch axis; -1 where the model leaves a length open
 * @param parameters trainable numbers of the layer; 0 for one that has none, -1 where that is not known
 */
public record Layer(int index, String name, String kind, List<Integer> shape, long parameters) {
    public Layer {
        shape = List.copyOf(shape);
    }

    /** The same layer at another place. */
    public Layer at(int position) {
        return new Layer(position, name, kind, shape, parameters);
    }

    /** Numbers in one example's flattened activation; -1 if a length is open. */
    public long features() {
        return shape.contains(-1)
                ? -1
                : shape.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
    }
}

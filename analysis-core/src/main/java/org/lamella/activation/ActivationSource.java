package org.lamella.activation;

import java.util.List;
import java.util.Optional;

/**
 * The activations of one model on one list of examples, delivered batch by batch and layer by layer.
 *
 * <p>A source owns what it hands out and may take it back (to free it, or to write the next batch into it) as soon as the
 * sink says that it has been read, so a layer's activation lives no longer than it must.
 */
public interface ActivationSource extends AutoCloseable {
    /** The model's name, unique in a run. */
    String name();

    /** The layers delivered, in the model's order. */
    List<Layer> layers();

    /** How many examples there are. */
    int examples();

    /**
     * Runs the model on a batch and hands every layer's activation to the sink, each exactly once, rows in the order of
     * the batch. Returns when the sink has read them all.
     *
     * @throws org.lamella.LamellaException if the model cannot run on these examples
     */
    void forward(Batch batch, LayerSink sink);

    /** What runs the model; empty for activations that were stored. */
    default Optional<Engine> engine() {
        return Optional.empty();
    }

    /**
     * Which positions hold tokens, where the examples are token sequences. A layer's axis of length -1 then counts the
     * positions of the batch; empty where no length differs from batch to batch.
     *
     * @throws org.lamella.LamellaException if an example cannot be made into tokens
     */
    default Optional<TokenMask> tokens(Batch batch) {
        return Optional.empty();
    }

    /**
     * Where a layer's channels are among its axes. Of layers of one axis nothing is known, as there is nothing to know.
     *
     * @param layer position in {@link #layers()}
     */
    default ChannelOrder channels(int layer) {
        return ChannelOrder.UNKNOWN;
    }

    /**
     * Bytes outside the heap that the activations of each example of a batch take at once, of a model that takes what it needs whatever
     * memory it was given; 0 for all others.
     */
    default long bytesPerExample() {
        return 0;
    }

    /** What an example is called where something is wrong with it: its position, unless more is known. */
    default String nameOf(int example) {
        return Integer.toString(example);
    }

    /** What the user should know of how the model is run, and of the batches run so far, a line each. */
    default List<String> remarks() {
        return List.of();
    }

    @Override
    void close();
}

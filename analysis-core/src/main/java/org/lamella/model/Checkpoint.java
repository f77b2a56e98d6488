package org.lamella.model;

import java.util.List;
import org.lamella.activation.ActivationSource;
import org.lamella.activation.Engine;
import org.lamella.activation.Layer;
import org.lamella.data.Examples;

/** A trained model in a file that can be run. Opening one reads its structure; running it starts with {@link #on}. */
public non-sealed interface Checkpoint extends Model {
    /**
     * The activations of some layers on a data set.
     *
     * @param layers a part of {@link #layers()}, in that order
     * @throws org.lamella.LamellaException if the data do not fit the model's input
     */
    ActivationSource on(Examples data, List<Layer> layers);

    /**
     * The same model, run on so many threads.
     *
     * @param count 0 for as many as the machine has processors
     */
    Checkpoint withThreads(int count);

    /**
     * The same model, run by this engine and no other; without it the faster one that can run it is taken.
     *
     * @throws org.lamella.LamellaException if models of this kind are never run by it
     */
    Checkpoint withEngine(Engine engine);

    /**
     * The same model, with so much memory outside the heap for the activations of a batch and what its engine needs beside them.
     * Where that is less than all layers take at once they are computed in several passes, or one by one.
     *
     * @param bytes 0 for half of what the machine has free when it is run
     */
    Checkpoint withMemory(long bytes);

    /** The activations of all layers on a data set. */
    default ActivationSource on(Examples data) {
        return on(data, layers());
    }
}

package org.lamella.model;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.lamella.activation.ActivationSource;
import org.lamella.activation.Engine;
import org.lamella.activation.Layer;
import org.lamella.data.Examples;
import org.lamella.data.ImageShape;

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
     * The same model, with so much memory outside the heap for the activations of a batch and what its engine needs beside them.
     * Where that is less than all layers take at once they are computed in several passes, or one by one.
     *
     * @param bytes 0 for half of what the machine has free when it is run
     */
    Checkpoint withMemory(long bytes);

    /**
     * The same model, given texts as tokens by a {@code tokenizer.json} other than the one beside it. Of no use to a model that takes
     * no tokens.
     */
    default Checkpoint withTokenizer(Path file) {
        return this;
    }

    /**
     * The same model, run by this engine and no other; without it the faster one that can run it is taken.
     *
     * @throws org.lamella.LamellaException if models of this kind are never run by it
     */
    Checkpoint withEngine(Engine engine);

    /**
     * The same network as it was before it was trained, with its weights drawn anew.
     *
     * @param name of the new model in a run
     * @param seed of the weights
     * @throws org.lamella.LamellaException if the file does not say how they were drawn
     */
    Checkpoint untrained(String name, long seed);

    /** The activations of all layers on a data set. */
    default ActivationSource on(Examples data) {
        return on(data, layers());
    }

    /** The images that it takes; empty where its input is none, or it has several inputs. */
    default Optional<ImageShape> images() {
        List<Layer> inputs =
                layers().stream().filter(layer -> layer.kind().equals("Input")).toList();
        return inputs.size() == 1 ? ImageShape.of(inputs.get(0).shape()) : Optional.empty();
    }
}

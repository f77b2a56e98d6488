package org.lamella.model;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.lamella.activation.Layer;
import org.lamella.activation.LeftOut;

/** What a user names as a model: a checkpoint that can be run on data, or activations that were stored. */
public sealed interface Model extends AutoCloseable permits Checkpoint, StoredModel {
    /** The model's name in a run; the file's stem unless the user gave another. */
    String name();

    /** The file or folder. */
    Path path();

    /** What kind of file it is: {@code onnx}, {@code dl4j}, {@code keras}, {@code samediff}, {@code stored}. */
    String format();

    /** Every layer whose activation can be looked at, in the order in which they are computed. */
    List<Layer> layers();

    /** What the file holds that is no layer, each with the reason. */
    List<LeftOut> leftOut();

    /** Why it cannot be run, though its layers are known; empty if nothing stands against it. */
    default Optional<String> obstacle() {
        return Optional.empty();
    }

    /** The files that make up the model, in order. */
    default List<Path> files() {
        return List.of(path());
    }

    @Override
    void close();
}

package org.lamella.model;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.lamella.activation.ActivationSource;
import org.lamella.activation.Engine;
import org.lamella.activation.Layer;
import org.lamella.activation.LeftOut;
import org.lamella.data.Examples;
import org.lamella.dl4j.Dl4jModel;
import org.lamella.dl4j.ExportedNetwork;
import org.lamella.keras.KerasFile;

/** A network that Deeplearning4j has saved or imports. ONNX Runtime runs it where it can. */
public final class Dl4jCheckpoint implements Checkpoint {
    private final Path path;
    private final String format;
    private final Dl4jModel model;
    private final Dl4jModel.Manner manner;

    private Dl4jCheckpoint(Path path, String format, Dl4jModel model, Dl4jModel.Manner manner) {
        this.path = path;
        this.format = format;
        this.model = model;
        this.manner = manner;
    }

    /**
     * Reads the structure of a network that Deeplearning4j has saved.
     *
     * @param name of the model in a run
     * @throws org.lamella.LamellaException if the file is not a network of Deeplearning4j, is cut off, or has layers of
     *     unknown classes
     */
    public static Dl4jCheckpoint open(Path path, String name) {
        return of(path, name, "dl4j", Dl4jModel.open(path));
    }

    /**
     * Reads the structure of a Keras model in an HDF5 file.
     *
     * @param name of the model in a run
     * @throws org.lamella.LamellaException if the file is damaged, or has a layer that Deeplearning4j does not import
     */
    public static Dl4jCheckpoint openKeras(Path path, String name) {
        return of(path, name, "keras", Dl4jModel.of(KerasFile.open(path)));
    }

    private static Dl4jCheckpoint of(Path path, String name, String format, Dl4jModel model) {
        return new Dl4jCheckpoint(path, format, model, new Dl4jModel.Manner(name, 0, Optional.empty(), 0));
    }

    @Override
    public Dl4jCheckpoint withThreads(int count) {
        return new Dl4jCheckpoint(path, format, model, manner.withThreads(count));
    }

    @Override
    public Dl4jCheckpoint withEngine(Engine engine) {
        return new Dl4jCheckpoint(path, format, model, manner.withEngine(engine));
    }

    /**
     * For ONNX Runtime. Deeplearning4j computes layers one by one and frees each after the last that needs it, but takes what that needs:
     * {@link ActivationSource#bytesPerExample}.
     */
    @Override
    public Dl4jCheckpoint withMemory(long bytes) {
        return new Dl4jCheckpoint(path, format, model, manner.withMemory(bytes));
    }

    /** The network. */
    public Dl4jModel model() {
        return model;
    }

    @Override
    public Dl4jCheckpoint untrained(String name, long seed) {
        return new Dl4jCheckpoint(
                path,
                format,
                model.untrained(seed),
                new Dl4jModel.Manner(name, manner.threads(), manner.engine(), manner.memory()));
    }

    @Override
    public Path path() {
        return path;
    }

    @Override
    public String name() {
        return manner.name();
    }

    @Override
    public String format() {
        return format;
    }

    @Override
    public List<Layer> layers() {
        return model.layers();
    }

    /** Every vertex is a layer. */
    @Override
    public List<LeftOut> leftOut() {
        return List.of();
    }

    @Override
    public ActivationSource on(Examples data, List<Layer> layers) {
        return model.on(data, layers, budgeted());
    }

    private Dl4jModel.Manner budgeted() {
        return manner.memory() == 0 ? manner.withMemory(FreeMemory.bytes() / 2) : manner;
    }

    /**
     * The network as an ONNX model, compared with Deeplearning4j.
     *
     * @param data to compare on, and whose shape the input gets; absent for examples at random
     * @throws org.lamella.LamellaException if a layer has no form in ONNX, or ONNX Runtime gives something else
     */
    public ExportedNetwork export(@Nullable Examples data) {
        return model.export(data, budgeted());
    }

    /** Nothing is held between runs. */
    @Override
    public void close() {}
}

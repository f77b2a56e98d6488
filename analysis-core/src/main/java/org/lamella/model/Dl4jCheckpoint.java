package org.lamella.model;

import java.nio.file.Path;
import java.util.List;
import org.lamella.activation.ActivationSource;
import org.lamella.activation.Layer;
import org.lamella.activation.LeftOut;
import org.lamella.data.Examples;
import org.lamella.dl4j.Dl4jModel;

/** A network that Deeplearning4j has saved. */
public final class Dl4jCheckpoint implements Checkpoint {
    private final Path path;
    private final String name;
    private final Dl4jModel model;
    private final int threads;

    private Dl4jCheckpoint(Path path, String name, Dl4jModel model, int threads) {
        this.path = path;
        this.name = name;
        this.model = model;
        this.threads = threads;
    }

    /**
     * Reads the structure.
     *
     * @param name of the model in a run
     * @throws org.lamella.LamellaException if the file is not a network of Deeplearning4j, is cut off, or has layers of
     *     unknown classes
     */
    public static Dl4jCheckpoint open(Path path, String name) {
        return new Dl4jCheckpoint(path, name, Dl4jModel.open(path), 0);
    }

    @Override
    public Dl4jCheckpoint withThreads(int count) {
        return new Dl4jCheckpoint(path, name, model, count);
    }

    /** Takes no notice of it: layers are computed one by one, and each is freed after the last that needs it. */
    @Override
    public Dl4jCheckpoint withMemory(long bytes) {
        return this;
    }

    @Override
    public Path path() {
        return path;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String format() {
        return "dl4j";
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
        return model.on(data, layers, name, threads);
    }

    /** Nothing is held between runs. */
    @Override
    public void close() {}
}

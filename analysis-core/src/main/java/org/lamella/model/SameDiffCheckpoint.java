package org.lamella.model;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.lamella.LamellaException;
import org.lamella.activation.ActivationSource;
import org.lamella.activation.Engine;
import org.lamella.activation.Layer;
import org.lamella.activation.LeftOut;
import org.lamella.data.Examples;
import org.lamella.samediff.SameDiffModel;

/** A graph that SameDiff has saved, run by ONNX Runtime. */
public final class SameDiffCheckpoint implements Checkpoint {
    private final Path path;
    private final String name;
    private final SameDiffModel model;
    private final int threads;
    private final long memory;

    private SameDiffCheckpoint(Path path, String name, SameDiffModel model, int threads, long memory) {
        this.path = path;
        this.name = name;
        this.model = model;
        this.threads = threads;
        this.memory = memory;
    }

    /**
     * Reads a graph, and runs it on a few made-up examples to see the shapes of its arrays.
     *
     * @param name of the model in a run
     * @throws LamellaException if the file is damaged or nothing of the graph can be run
     */
    public static SameDiffCheckpoint open(Path path, String name) {
        return new SameDiffCheckpoint(
                path, name, SameDiffModel.open(path), Runtime.getRuntime().availableProcessors(), 0);
    }

    @Override
    public SameDiffCheckpoint withThreads(int count) {
        if (count < 0) {
            throw new IllegalArgumentException("a number of threads cannot be " + count);
        }
        return new SameDiffCheckpoint(
                path, name, model, count == 0 ? Runtime.getRuntime().availableProcessors() : count, memory);
    }

    @Override
    public SameDiffCheckpoint withMemory(long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("an amount of memory cannot be " + bytes);
        }
        return new SameDiffCheckpoint(path, name, model, threads, bytes);
    }

    @Override
    public SameDiffCheckpoint withEngine(Engine engine) {
        if (engine != Engine.ONNX) {
            throw new LamellaException(
                    path.toString(), "is a SameDiff graph, which only ONNX Runtime runs here; leave out --engine");
        }
        return this;
    }

    /** A SameDiff graph holds numbers, and not how they were drawn. */
    @Override
    public Checkpoint untrained(String untrainedName, long seed) {
        throw new LamellaException(
                "--untrained",
                "is not possible for %s: a SameDiff graph does not say how its weights were drawn before training; save the graph once more without training it and give both"
                        .formatted(path));
    }

    /** The graph. */
    public SameDiffModel model() {
        return model;
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
        return "samediff";
    }

    @Override
    public List<Layer> layers() {
        return model.layers();
    }

    @Override
    public List<LeftOut> leftOut() {
        return model.leftOut();
    }

    @Override
    public Optional<String> obstacle() {
        return model.obstacle();
    }

    @Override
    public ActivationSource on(Examples data, List<Layer> layers) {
        return model.on(data, layers, name, threads, memory == 0 ? FreeMemory.bytes() / 2 : memory);
    }

    /** Nothing is held between runs. */
    @Override
    public void close() {}
}

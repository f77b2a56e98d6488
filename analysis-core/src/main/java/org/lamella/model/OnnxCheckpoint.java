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
import org.lamella.onnx.OnnxModel;

/** An ONNX file, run by ONNX Runtime. */
public final class OnnxCheckpoint implements Checkpoint {
    private final Path path;
    private final String name;
    private final OnnxModel model;
    private final int threads;
    private final long memory;

    private OnnxCheckpoint(Path path, String name, OnnxModel model, int threads, long memory) {
        this.path = path;
        this.name = name;
        this.model = model;
        this.threads = threads;
        this.memory = memory;
    }

    /**
     * Reads a model's structure, and runs it on a few made-up examples to see the shapes of its tensors.
     *
     * @param name of the model in a run
     * @throws org.lamella.LamellaException if the file is not a whole ONNX model or the runtime cannot open it
     */
    public static OnnxCheckpoint open(Path file, String name) {
        return new OnnxCheckpoint(
                file, name, OnnxModel.open(file), Runtime.getRuntime().availableProcessors(), 0);
    }

    @Override
    public OnnxCheckpoint withThreads(int count) {
        if (count < 0) {
            throw new IllegalArgumentException("a number of threads cannot be " + count);
        }
        return new OnnxCheckpoint(
                path, name, model, count == 0 ? Runtime.getRuntime().availableProcessors() : count, memory);
    }

    @Override
    public OnnxCheckpoint withMemory(long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("an amount of memory cannot be " + bytes);
        }
        return new OnnxCheckpoint(path, name, model, threads, bytes);
    }

    /** An ONNX model holds numbers, and not how they were drawn. */
    @Override
    public Checkpoint untrained(String untrainedName, long seed) {
        throw new LamellaException(
                "--untrained",
                "is not possible for %s: an ONNX model does not say how its weights were drawn before training; export the network once more without training it and give both"
                        .formatted(path));
    }

    @Override
    public OnnxCheckpoint withTokenizer(Path file) {
        return new OnnxCheckpoint(path, name, model.withTokenizer(file), threads, memory);
    }

    @Override
    public OnnxCheckpoint withEngine(Engine engine) {
        if (engine != Engine.ONNX) {
            throw new LamellaException(
                    path.toString(), "is an ONNX model, which only ONNX Runtime runs; leave out --engine");
        }
        return this;
    }

    /** The graph. */
    public OnnxModel model() {
        return model;
    }

    @Override
    public Path path() {
        return path;
    }

    @Override
    public List<Path> files() {
        return model.files();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String format() {
        return "onnx";
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

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

    private OnnxCheckpoint(Path path, String name, OnnxModel model, int threads) {
        this.path = path;
        this.name = name;
        this.model = model;
        this.threads = threads;
    }

    /**
     * Reads a model's structure, and runs it on a few examples of zeros to see the shapes of its tensors.
     *
     * @param name of the model in a run
     * @throws org.lamella.LamellaException if the file is not a whole ONNX model or does not run
     */
    public static OnnxCheckpoint open(Path file, String name) {
        return new OnnxCheckpoint(
                file, name, OnnxModel.open(file), Runtime.getRuntime().availableProcessors());
    }

    @Override
    public OnnxCheckpoint withThreads(int count) {
        if (count < 0) {
            throw new IllegalArgumentException("a number of threads cannot be " + count);
        }
        return new OnnxCheckpoint(
                path, name, model, count == 0 ? Runtime.getRuntime().availableProcessors() : count);
    }

    @Override
    public OnnxCheckpoint withEngine(Engine engine) {
        if (engine != Engine.ONNX) {
            throw new LamellaException(
                    path.toString(), "is an ONNX model, which only ONNX Runtime runs; leave out --engine");
        }
        return this;
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
        return model.on(data, layers, name, threads, Long.MAX_VALUE);
    }

    /** Nothing is held between runs. */
    @Override
    public void close() {}
}

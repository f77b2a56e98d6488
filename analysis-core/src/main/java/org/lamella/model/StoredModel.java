package org.lamella.model;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.lamella.activation.ActivationSource;
import org.lamella.activation.Layer;
import org.lamella.activation.LeftOut;
import org.lamella.activation.StoredActivations;

/** A model known by its stored activations: it needs no data and no engine. */
public final class StoredModel implements Model {
    private final Path path;
    private final StoredActivations activations;

    private StoredModel(Path path, StoredActivations activations) {
        this.path = path;
        this.activations = activations;
    }

    static StoredModel open(Path path, String name) {
        return new StoredModel(path, StoredActivations.open(path, name));
    }

    /** The stored activations of some layers; closing them closes the files. */
    public ActivationSource source(List<Layer> layers) {
        return activations.source(layers);
    }

    /** Bytes that are unpacked into temporary files when some layers are read. */
    public long unpacked(List<Layer> layers) {
        return activations.unpacked(layers);
    }

    /** The labels of the examples, where the file has some. */
    public Optional<int[]> labels() {
        return activations.labels();
    }

    /** What the examples are known by, where the file tells. */
    public Optional<List<String>> ids() {
        return activations.ids();
    }

    @Override
    public String name() {
        return activations.name();
    }

    @Override
    public Path path() {
        return path;
    }

    @Override
    public String format() {
        return "stored";
    }

    @Override
    public List<Layer> layers() {
        return activations.layers();
    }

    @Override
    public List<LeftOut> leftOut() {
        return activations.leftOut().entrySet().stream()
                .map(array -> new LeftOut(array.getKey(), "array", array.getValue()))
                .toList();
    }

    @Override
    public List<Path> files() {
        return StoredActivations.filesOf(path);
    }

    @Override
    public void close() {
        activations.close();
    }
}

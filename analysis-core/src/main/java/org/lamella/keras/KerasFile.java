package org.lamella.keras;

import java.nio.file.Path;
import java.util.List;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.lamella.LamellaException;
import org.lamella.dl4j.SavedNetwork;

/** A Keras model in an HDF5 file, Sequential or functional, as Deeplearning4j imports it. Layers keep their names. */
public final class KerasFile implements SavedNetwork {
    private final KerasImport imported;
    private final ComputationGraphConfiguration configuration;

    private KerasFile(KerasImport imported) {
        this.imported = imported;
        this.configuration = imported.configuration();
    }

    /**
     * Reads the structure.
     *
     * @throws LamellaException if the file is damaged, has weights alone, or has a layer that Deeplearning4j does not import
     */
    public static KerasFile open(Path path) {
        KerasStructure structure = KerasArchive.read(path, archive -> {
            requireModel(path, archive.content());
            return KerasStructure.of(path, archive);
        });
        return new KerasFile(new KerasImport(structure));
    }

    static void requireModel(Path path, KerasArchive.Content content) {
        switch (content) {
            case WEIGHTS_ALONE ->
                throw new LamellaException(
                        path.toString(),
                        "holds the weights of a Keras model without its layers; save the whole model: model.save('model.h5')");
            case OTHER -> throw new LamellaException(path.toString(), "is an HDF5 file without a Keras model in it");
            case MODEL -> {}
        }
    }

    @Override
    public Path path() {
        return imported.structure().path();
    }

    @Override
    public ComputationGraphConfiguration configuration() {
        return configuration;
    }

    @Override
    public List<Integer> inputShape() {
        return imported.structure().inputShape();
    }

    @Override
    public ComputationGraph restore() {
        return KerasArchive.read(path(), imported::network);
    }
}

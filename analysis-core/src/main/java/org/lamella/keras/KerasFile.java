package org.lamella.keras;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.lamella.LamellaException;
import org.lamella.dl4j.Dl4jRuntime;
import org.lamella.dl4j.SavedNetwork;

/** A Keras model in an HDF5 file, Sequential or functional, as Deeplearning4j imports it. Layers keep their names. */
public final class KerasFile implements SavedNetwork {
    private final Path path;
    private final KerasImport imported;
    private final ComputationGraphConfiguration configuration;

    private KerasFile(Path path, KerasImport imported, ComputationGraphConfiguration configuration) {
        this.path = path;
        this.imported = imported;
        this.configuration = configuration;
    }

    /** Whether an HDF5 file is Keras's, be it a model or weights alone. */
    public static boolean recognizes(Path path) {
        return KerasArchive.read(path, KerasArchive::content) != KerasArchive.Content.OTHER;
    }

    /**
     * Reads the structure.
     *
     * @throws LamellaException if the file is damaged, has weights alone, or has a layer that Deeplearning4j does not import
     */
    public static KerasFile open(Path path) {
        Dl4jRuntime.prepare();
        KerasImport imported = new KerasImport(path, KerasArchive.read(path, archive -> structure(path, archive)));
        return new KerasFile(path, imported, imported.configuration());
    }

    /** The structure with what Deeplearning4j looks for in it: the version of Keras and the backend. */
    private static ObjectNode structure(Path path, KerasArchive archive) {
        switch (archive.content()) {
            case WEIGHTS_ALONE ->
                throw new LamellaException(
                        path.toString(),
                        "holds the weights of a Keras model without its layers; save the whole model: model.save('model.h5')");
            case OTHER -> throw new LamellaException(path.toString(), "is an HDF5 file without a Keras model in it");
            case MODEL -> {}
        }
        String version = archive.text("keras_version").orElse("1");
        try {
            JsonNode structure = JsonMapper.builder().build().readTree(archive.structure());
            if (structure instanceof ObjectNode model) {
                model.put("keras_version", version);
                model.put("backend", archive.text("backend").orElse("tensorflow"));
                return model;
            }
            throw new LamellaException(path.toString(), "its attribute model_config is not a JSON object");
        } catch (JsonProcessingException e) {
            throw new LamellaException(
                    path.toString(), "its attribute model_config is not JSON: " + e.getOriginalMessage(), e);
        }
    }

    @Override
    public Path path() {
        return path;
    }

    @Override
    public ComputationGraphConfiguration configuration() {
        return configuration;
    }

    @Override
    public ComputationGraph restore() {
        return KerasArchive.read(path, imported::network);
    }
}

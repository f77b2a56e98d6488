package org.lamella.keras;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Good files of Keras, and the reading of their structure and weights: no network is built. For the tests with damaged files. */
public final class KerasReading {
    private KerasReading() {}

    /** A chain, a graph, and weights alone. */
    public static List<byte[]> seeds() throws IOException {
        List<byte[]> files = new ArrayList<>();
        for (String name : List.of("sequential", "functional", "weights")) {
            try (InputStream in = KerasReading.class.getResourceAsStream("/keras/" + name + ".h5")) {
                files.add(Objects.requireNonNull(in).readAllBytes());
            }
        }
        return files;
    }

    /** Reads structure and weights. */
    public static void read(Path file) {
        KerasArchive.read(file, archive -> {
            KerasFile.requireModel(file, archive.content());
            KerasStructure structure = KerasStructure.of(file, archive);
            structure
                    .layers()
                    .forEach(layer ->
                            archive.weights(KerasStructure.name(layer)).values().forEach(INDArray::close));
            return true;
        });
    }
}

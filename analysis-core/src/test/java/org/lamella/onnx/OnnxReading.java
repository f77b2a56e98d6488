package org.lamella.onnx;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Good models, and the reading of their graphs alone: nothing is run. For the tests with damaged files. */
public final class OnnxReading {
    private OnnxReading() {}

    /** A small network with a branch, and one that is fed by batches of one. */
    public static List<byte[]> seeds() throws IOException {
        Path file = Files.createTempFile("seed", ".onnx");
        try {
            new OnnxBuilder()
                    .input("x", "N", 3, 4, 4)
                    .weights("w", new float[2 * 3 * 3 * 3], 2, 3, 3, 3)
                    .integers("shape", 1, -1)
                    .node("Conv", "first", "y", List.of("x", "w"), OnnxBuilder.ints("pads", 1, 1, 1, 1))
                    .node("Relu", "", "z", List.of("y"))
                    .node("Add", "sum", "s", List.of("y", "z"))
                    .node("Reshape", "flat", "f", List.of("s", "shape"))
                    .output("f")
                    .write(file);
            byte[] first = Files.readAllBytes(file);
            new OnnxBuilder()
                    .input("x", 1, 4)
                    .externalWeights("w", "weights.bin", 4, 4)
                    .node("MatMul", "m", "y", List.of("x", "w"))
                    .node("Split", "s", List.of("a", "b"), List.of("y"), OnnxBuilder.integer("axis", 1))
                    .output("a")
                    .output("b")
                    .write(file);
            return List.of(first, Files.readAllBytes(file));
        } finally {
            Files.delete(file);
        }
    }

    /** Reads the graph of a model. */
    public static void read(Path file) {
        OnnxGraph.read(new OnnxContent.InFile(file));
    }
}

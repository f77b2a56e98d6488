package org.lamella.samediff;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.lamella.LamellaException;
import org.nd4j.autodiff.samediff.SameDiff;

/** Good graphs of SameDiff, and the reading and writing of their structure: nothing is run. For the tests with damaged files. */
public final class SameDiffReading {
    private SameDiffReading() {}

    /** A perceptron and a convolutional network, with losses and a training configuration. */
    public static List<byte[]> seeds() throws IOException {
        return List.of(bytes(SmallGraphs.perceptron()), bytes(SmallGraphs.images()));
    }

    private static byte[] bytes(SameDiff graph) throws IOException {
        ByteBuffer saved = graph.asFlatBuffers(true);
        byte[] bytes = new byte[saved.remaining()];
        saved.get(bytes);
        return bytes;
    }

    /** Reads a graph and writes it in ONNX. */
    public static void read(Path file) throws IOException {
        boolean known = GraphFile.matches(file);
        try {
            SameDiffModel.convert(GraphFile.read(file));
        } catch (LamellaException e) {
            throw known ? e : new LamellaException(file.toString(), "is no SameDiff graph: " + e.getMessage(), e);
        }
    }
}

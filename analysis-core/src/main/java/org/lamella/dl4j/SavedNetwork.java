package org.lamella.dl4j;

import java.nio.file.Path;
import java.util.List;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;

/** A network in a file that Deeplearning4j can build, always as a graph; a chain of layers is a graph too. */
public interface SavedNetwork {
    /** The file. */
    Path path();

    /** The structure, read without the native library. Not modified by those who ask. */
    ComputationGraphConfiguration configuration();

    /** The shape of one example in the input's own order of axes; empty if the file leaves lengths open or does not say. */
    default List<Integer> inputShape() {
        return List.of();
    }

    /**
     * The network with its parameters, in float32 whatever the file holds. Its memory is the caller's to close.
     *
     * @throws org.lamella.LamellaException if the parameters cannot be read to the end or Deeplearning4j refuses the structure
     */
    ComputationGraph restore();
}

package org.lamella.dl4j;

import java.nio.file.Path;
import java.util.List;
import org.lamella.LamellaException;
import org.lamella.activation.ActivationSource;
import org.lamella.activation.Layer;
import org.lamella.data.Dataset;
import org.lamella.data.Examples;

/**
 * A network that Deeplearning4j has saved, {@code MultiLayerNetwork} or {@code ComputationGraph}, with the state of its
 * updater or without.
 *
 * <p>Its layers are the input and every vertex of the graph, under the names that the file has; a layer of a
 * {@code MultiLayerNetwork} without a name is {@code layer0}, {@code layer1} and so on. A layer that has an activation
 * function inside gives what Deeplearning4j gives for it: the values after the function. Where the function is a layer of its
 * own, the layer before it keeps its values; Deeplearning4j's {@code feedForward} returns them overwritten by the function.
 * Shapes are those of the arrays, so channels are last in a network that has them last. A length that the file leaves open is
 * -1 here, and known once there are data.
 */
public final class Dl4jModel {
    private final Dl4jFile file;
    private final List<Layer> layers;

    private Dl4jModel(Dl4jFile file, List<Layer> layers) {
        this.file = file;
        this.layers = layers;
    }

    /**
     * Reads the structure. The parameters are only counted, and the native library is not loaded.
     *
     * @throws LamellaException if the file is not a network of Deeplearning4j, is cut off, or has layers of unknown classes
     */
    public static Dl4jModel open(Path path) {
        Dl4jRuntime.prepare();
        Dl4jFile file = Dl4jFile.open(path);
        return new Dl4jModel(file, Dl4jStructure.layers(file.configuration()));
    }

    /** The input, then every vertex. */
    public List<Layer> layers() {
        return layers;
    }

    /**
     * Restores the network and runs it on the first example, so data that do not fit are found here.
     *
     * @param name of the model in a run
     * @param threads 0 for as many as the machine has processors; ND4J has one number for the whole process
     * @return a source whose layers have the shapes they take for these data
     */
    public ActivationSource on(Examples examples, List<Layer> chosen, String name, int threads) {
        List<String> inputs = file.configuration().getNetworkInputs();
        if (inputs.size() != 1) {
            throw new LamellaException(
                    file.path().toString(),
                    "it has " + inputs.size() + " inputs " + inputs + "; networks with one are run");
        }
        Dataset data = Dataset.of(examples, file.path().toString());
        if (data.size() == 0) {
            throw new LamellaException(data.name(), "has no examples");
        }
        Dl4jInput input = Dl4jInput.of(file.configuration());
        input.require(file.path().toString(), data);
        return Dl4jSource.open(name, file, input, data, chosen, threads);
    }
}

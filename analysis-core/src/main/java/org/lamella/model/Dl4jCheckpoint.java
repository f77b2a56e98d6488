package org.lamella.model;

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
public final class Dl4jCheckpoint implements Checkpoint {
    private final Dl4jFile file;
    private final String name;
    private final List<Layer> layers;
    private final int threads;

    private Dl4jCheckpoint(Dl4jFile file, String name, List<Layer> layers, int threads) {
        this.file = file;
        this.name = name;
        this.layers = layers;
        this.threads = threads;
    }

    /**
     * Reads the structure. The parameters are only counted, and the native library is not loaded.
     *
     * @throws LamellaException if the file is not a network of Deeplearning4j, is cut off, or has layers of unknown classes
     */
    public static Dl4jCheckpoint open(Path path, String name) {
        Dl4jRuntime.prepare();
        Dl4jFile file = Dl4jFile.open(path);
        return new Dl4jCheckpoint(file, name, Dl4jStructure.layers(file.configuration()), 0);
    }

    @Override
    public Path path() {
        return file.path();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String format() {
        return "dl4j";
    }

    @Override
    public List<Layer> layers() {
        return layers;
    }

    /** Every vertex is a layer. */
    @Override
    public List<LeftOut> leftOut() {
        return List.of();
    }

    /** ND4J has one number of threads for the whole process: it is set when the model is run. */
    @Override
    public Dl4jCheckpoint withThreads(int count) {
        return new Dl4jCheckpoint(file, name, layers, count);
    }

    /** Nothing is held between runs. */
    @Override
    public void close() {}

    /**
     * Restores the network and runs it on the first example, so data that do not fit are found here.
     *
     * @return a source whose layers have the shapes they take for these data
     */
    @Override
    public ActivationSource on(Examples examples, List<Layer> chosen) {
        List<String> inputs = file.configuration().getNetworkInputs();
        if (inputs.size() != 1) {
            throw new LamellaException(
                    path().toString(), "it has " + inputs.size() + " inputs " + inputs + "; networks with one are run");
        }
        Dataset data = Dataset.of(examples, path().toString());
        if (data.size() == 0) {
            throw new LamellaException(data.name(), "has no examples");
        }
        Dl4jInput input = Dl4jInput.of(file.configuration());
        input.require(path().toString(), data);
        return Dl4jSource.open(this, file, input, data, chosen, threads);
    }
}

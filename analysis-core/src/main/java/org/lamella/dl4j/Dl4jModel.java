package org.lamella.dl4j;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import onnx.Onnx.ModelProto;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.jspecify.annotations.Nullable;
import org.lamella.LamellaException;
import org.lamella.activation.ActivationSource;
import org.lamella.activation.Engine;
import org.lamella.activation.Layer;
import org.lamella.convert.NetworkConversion;
import org.lamella.convert.UnconvertibleException;
import org.lamella.data.Dataset;
import org.lamella.data.Examples;

/**
 * A network that Deeplearning4j can build: one that it has saved, {@code MultiLayerNetwork} or {@code ComputationGraph}, with the
 * state of its updater or without, or one that it imports.
 *
 * <p>Its layers are the input and every vertex of the graph, under the names that the file has; a layer of a
 * {@code MultiLayerNetwork} without a name is {@code layer0}, {@code layer1} and so on. A layer that has an activation
 * function inside gives what Deeplearning4j gives for it: the values after the function. Where the function is a layer of its
 * own, the layer before it keeps its values; Deeplearning4j's {@code feedForward} returns them overwritten by the function.
 * Shapes are those of the arrays, so channels are last in a network that has them last. A length that the file leaves open is
 * -1 here, and known once there are data.
 *
 * <p>A network that can be written in ONNX is run by ONNX Runtime, after Deeplearning4j has given the same for every layer asked
 * for on the first examples ({@link Agreement}).
 */
public final class Dl4jModel {
    private static final int RANDOM_EXAMPLES = 8;

    private final SavedNetwork saved;
    private final List<Layer> layers;

    private Dl4jModel(SavedNetwork saved, List<Layer> layers) {
        this.saved = saved;
        this.layers = layers;
    }

    /**
     * Reads the structure of a file that Deeplearning4j has saved. The parameters are only counted, and the native library is not
     * loaded.
     *
     * @throws LamellaException if the file is not a network of Deeplearning4j, is cut off, or has layers of unknown classes
     */
    public static Dl4jModel open(Path path) {
        return of(Dl4jFile.open(path));
    }

    /** A network of another file. */
    public static Dl4jModel of(SavedNetwork saved) {
        return new Dl4jModel(saved, Dl4jStructure.layers(saved));
    }

    /** The same network with its weights drawn anew, by the rule that the file has for each layer. */
    public Dl4jModel untrained(long seed) {
        return new Dl4jModel(new UntrainedNetwork(saved, seed), layers);
    }

    /** The input, then every vertex. */
    public List<Layer> layers() {
        return layers;
    }

    /**
     * How the network is run.
     *
     * @param name of the model in a run
     * @param threads 0 for as many as the machine has processors; ND4J has one number for the whole process
     * @param engine what must run it; empty to leave the choice
     * @param memory bytes outside the heap that the activations of a batch may take in ONNX Runtime
     */
    public record Manner(String name, int threads, Optional<Engine> engine, long memory) {
        public Manner withThreads(int count) {
            return new Manner(name, count, engine, memory);
        }

        public Manner withEngine(Engine wanted) {
            return new Manner(name, threads, Optional.of(wanted), memory);
        }

        public Manner withMemory(long bytes) {
            return new Manner(name, threads, engine, bytes);
        }
    }

    /**
     * Restores the network and runs it on the first examples, so data that do not fit are found here.
     *
     * @return a source whose layers have the shapes they take for these data
     * @throws LamellaException if the data do not fit, or the engine asked for cannot run the network
     */
    public ActivationSource on(Examples examples, List<Layer> chosen, Manner manner) {
        Dl4jFeed feed = feed(examples);
        Dl4jSource plain = Dl4jSource.open(manner.name(), saved, feed, chosen, manner.threads());
        boolean computed = chosen.stream().anyMatch(layer -> isComputed(layer.name()));
        if (!computed || manner.engine().equals(Optional.of(Engine.DL4J))) {
            return plain;
        }
        try {
            return faster(plain, feed, manner);
        } catch (UnconvertibleException | LamellaException e) {
            if (manner.engine().isPresent()) {
                plain.close();
                throw new LamellaException(path(), "ONNX Runtime cannot run it: " + e.getMessage(), e);
            }
            return plain.withRemark("runs in Deeplearning4j, more slowly: " + e.getMessage());
        } catch (RuntimeException e) {
            plain.close();
            throw e;
        }
    }

    /** The same layers from ONNX Runtime; closes the plain source if they agree. */
    private ActivationSource faster(Dl4jSource plain, Dl4jFeed feed, Manner manner) {
        Set<String> delivered = plain.layers().stream().map(Layer::name).collect(Collectors.toSet());
        ModelProto graph = conversion(plain, delivered).write(delivered);
        ConvertedSource converted =
                ConvertedSource.open(path(), graph, plain, feed, manner.name(), manner.threads(), manner.memory());
        try {
            requireAgreement(Agreement.between(plain, converted), converted.layers());
            plain.close();
            return converted;
        } catch (RuntimeException e) {
            converted.close();
            throw e;
        }
    }

    /**
     * The network as an ONNX model whose outputs are those of the network, compared with Deeplearning4j.
     *
     * @param examples to compare on, and whose shape the input gets; absent for a few at random
     * @throws LamellaException if a layer has no form in ONNX, or ONNX Runtime gives something else
     */
    public ExportedNetwork export(@Nullable Examples examples, Manner manner) {
        List<Layer> outputs = layers.stream()
                .filter(layer -> saved.configuration().getNetworkOutputs().contains(layer.name()))
                .toList();
        Dl4jFeed feed = feed(examples == null ? randomExamples() : examples);
        try (Dl4jSource plain = Dl4jSource.open(manner.name(), saved, feed, outputs, manner.threads())) {
            Set<String> delivered = outputs.stream().map(Layer::name).collect(Collectors.toSet());
            ModelProto graph = conversion(plain, delivered).write(delivered);
            try (ConvertedSource converted = ConvertedSource.open(
                    path(), graph, plain, feed, manner.name(), manner.threads(), manner.memory())) {
                Agreement agreement = Agreement.between(plain, converted);
                requireAgreement(agreement, outputs);
                return new ExportedNetwork(graph, agreement);
            }
        } catch (UnconvertibleException e) {
            throw new LamellaException(path(), "cannot be written in ONNX: " + e.getMessage(), e);
        }
    }

    /**
     * Examples as the network, and what it was exported to, take them.
     *
     * @throws LamellaException if they do not fit the network's input
     */
    public Dataset arranged(Examples examples) {
        return feed(examples);
    }

    /**
     * Writes the network without some vertices, as a zip that can be trained on; the updater's state is left out. Outputs that were
     * imported without a loss get the one that goes with their activation function.
     *
     * @param replaced vertices by those whose output is taken instead of theirs
     * @param dropped inputs that vertices do without
     * @return outputs that are no layers to which a loss could be given: they must be completed before the network is trained
     * @throws LamellaException if one of them is not a vertex of this network, or is one of its outputs
     */
    public List<String> saveWithout(Map<String, String> replaced, Map<String, Set<String>> dropped, Path file) {
        return Dl4jCut.save(saved, replaced, dropped, file);
    }

    private Dataset randomExamples() {
        List<Integer> shape = layers.get(0).shape();
        if (shape.contains(-1)) {
            throw new LamellaException(
                    path(), "does not say of which size its input is; give examples of that size: --data KIND:PATH");
        }
        boolean channelsLast = Dl4jInput.of(saved.configuration()).channelsLast();
        return new RandomExamples(
                channelsLast ? List.of(shape.get(2), shape.get(0), shape.get(1)) : shape, RANDOM_EXAMPLES);
    }

    private void requireAgreement(Agreement agreement, List<Layer> of) {
        if (!agreement.holds()) {
            String kind = of.stream()
                    .filter(layer -> layer.name().equals(agreement.layer()))
                    .map(Layer::kind)
                    .findFirst()
                    .orElseThrow();
            throw new UnconvertibleException(
                    agreement.layer(),
                    kind,
                    String.format(
                            Locale.ROOT,
                            "ONNX Runtime gives other values than Deeplearning4j, by %.1e of the largest",
                            agreement.relative()));
        }
    }

    private NetworkConversion conversion(Dl4jSource plain, Set<String> delivered) {
        ComputationGraphConfiguration structure = saved.configuration();
        return new NetworkConversion(
                structure, plain.graph(), plain.shapes(NetworkConversion.neededFor(structure, delivered)));
    }

    private Dl4jFeed feed(Examples examples) {
        List<String> inputs = saved.configuration().getNetworkInputs();
        if (inputs.size() != 1) {
            throw new LamellaException(
                    path(), "it has " + inputs.size() + " inputs " + inputs + "; networks with one are run");
        }
        Dataset data = Dataset.of(examples, path());
        if (data.size() == 0) {
            throw new LamellaException(data.name(), "has no examples");
        }
        Dl4jInput input = Dl4jInput.of(saved.configuration());
        input.require(path(), data);
        return input.feed(data);
    }

    private boolean isComputed(String layer) {
        return saved.configuration().getVertices().containsKey(layer);
    }

    private String path() {
        return saved.path().toString();
    }
}

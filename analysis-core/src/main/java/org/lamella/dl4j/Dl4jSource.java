package org.lamella.dl4j;

import static java.util.Objects.requireNonNull;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.bytedeco.javacpp.FloatPointer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.lamella.LamellaException;
import org.lamella.activation.ActivationSource;
import org.lamella.activation.Batch;
import org.lamella.activation.ChannelOrder;
import org.lamella.activation.Engine;
import org.lamella.activation.Layer;
import org.lamella.activation.LayerSink;
import org.lamella.linalg.NativeMatrix;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Runs a Deeplearning4j network on a data set, batch by batch. */
final class Dl4jSource implements ActivationSource {
    private final String name;
    private final Dl4jNetwork network;
    private final Dl4jFeed feed;
    private final List<Layer> layers;
    private final List<String> remarks;
    private final Map<String, ChannelOrder> channels;
    private final long bytesPerExample;
    private final Map<String, Integer> positions;

    private Dl4jSource(
            String name,
            Dl4jNetwork network,
            Dl4jFeed feed,
            List<Layer> layers,
            Map<String, ChannelOrder> channels,
            long bytesPerExample,
            List<String> remarks) {
        this.name = name;
        this.network = network;
        this.feed = feed;
        this.layers = layers;
        this.channels = channels;
        this.bytesPerExample = bytesPerExample;
        this.remarks = remarks;
        this.positions = new HashMap<>();
        for (int i = 0; i < layers.size(); i++) {
            positions.put(layers.get(i).name(), i);
        }
    }

    /** Restores the network and runs it on the first example, to see the layers' shapes. */
    static Dl4jSource open(String name, SavedNetwork saved, Dl4jFeed feed, List<Layer> chosen, int threads) {
        Dl4jNetwork network = new Dl4jNetwork(
                Dl4jRuntime.withOneDnn(saved::restore), saved.path().toString(), threads);
        try {
            Dl4jSource source = new Dl4jSource(name, network, feed, chosen, Map.of(), 0, List.of());
            Map<String, List<Long>> shapes = new HashMap<>();
            long bytes = source.measure(source.names(), shapes);
            List<Layer> measured = measured(chosen, shapes);
            Map<String, ChannelOrder> channels = Dl4jStructure.channels(
                    saved, feed.data().shape(), measured.stream().collect(Collectors.toMap(Layer::name, Layer::shape)));
            return new Dl4jSource(name, network, feed, measured, channels, bytes, List.of());
        } catch (RuntimeException e) {
            network.close();
            throw e;
        }
    }

    /** The same with something to tell the user; one of the two is closed. */
    Dl4jSource withRemark(String remark) {
        return new Dl4jSource(name, network, feed, layers, channels, bytesPerExample, List.of(remark));
    }

    /** Holds the parameters. */
    ComputationGraph graph() {
        return network.graph();
    }

    /** The shape that one example has at some inputs and vertices, without the batch axis. */
    Map<String, List<Long>> shapes(Collection<String> vertices) {
        Map<String, List<Long>> shapes = new HashMap<>();
        measure(vertices, shapes);
        return shapes;
    }

    /**
     * Runs the first example.
     *
     * @param shapes gets the shapes of these vertices
     * @return the most bytes that its activations took at once
     */
    private long measure(Collection<String> vertices, Map<String, List<Long>> shapes) {
        return network.run(examples(new int[] {0}), Set.copyOf(vertices), (layer, activation) -> {
            if (activation.size(0) != 1) {
                throw new LamellaException(
                        name,
                        "layer %s has %d rows for one example, so it cannot be compared; leave it out with --layers"
                                .formatted(layer, activation.size(0)));
            }
            shapes.put(layer, LongStream.of(activation.shape()).skip(1).boxed().toList());
            return CompletableFuture.completedFuture(null);
        });
    }

    private Set<String> names() {
        return layers.stream().map(Layer::name).collect(Collectors.toSet());
    }

    private static List<Layer> measured(List<Layer> layers, Map<String, List<Long>> shapes) {
        List<Layer> measured = new ArrayList<>();
        for (Layer layer : layers) {
            List<Integer> shape = requireNonNull(shapes.get(layer.name())).stream()
                    .map(Math::toIntExact)
                    .toList();
            measured.add(new Layer(layer.index(), layer.name(), layer.kind(), shape, layer.parameters()));
        }
        return List.copyOf(measured);
    }

    private INDArray examples(int[] examples) {
        float[] numbers = new float[Math.multiplyExact(examples.length, feed.features())];
        feed.read(examples, FloatBuffer.wrap(numbers));
        long[] shape = IntStream.concat(
                        IntStream.of(examples.length), feed.shape().stream().mapToInt(Integer::intValue))
                .asLongStream()
                .toArray();
        return Nd4j.create(numbers, shape, 'c');
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<Layer> layers() {
        return layers;
    }

    @Override
    public int examples() {
        return feed.size();
    }

    /** Where every layer has its channels. */
    List<ChannelOrder> orders() {
        return IntStream.range(0, layers.size()).mapToObj(this::channels).toList();
    }

    @Override
    public ChannelOrder channels(int layer) {
        return channels.getOrDefault(layers.get(layer).name(), ChannelOrder.UNKNOWN);
    }

    @Override
    public long bytesPerExample() {
        return bytesPerExample;
    }

    @Override
    public Optional<Engine> engine() {
        return Optional.of(Engine.DL4J);
    }

    @Override
    public List<String> remarks() {
        return remarks;
    }

    @Override
    public void forward(Batch batch, LayerSink sink) {
        network.run(examples(batch.examples()), names(), (layer, activation) -> {
            long columns = activation.length() / batch.size();
            NativeMatrix matrix =
                    NativeMatrix.view((FloatPointer) activation.data().pointer(), batch.size(), columns);
            return sink.accept(requireNonNull(positions.get(layer)), matrix);
        });
    }

    @Override
    public void close() {
        network.close();
    }
}

package org.lamella.dl4j;

import static java.util.Objects.requireNonNull;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.bytedeco.javacpp.FloatPointer;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.lamella.LamellaException;
import org.lamella.activation.ActivationSource;
import org.lamella.activation.Batch;
import org.lamella.activation.Layer;
import org.lamella.activation.LayerSink;
import org.lamella.data.Dataset;
import org.lamella.linalg.NativeMatrix;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Runs a Deeplearning4j network on a data set, batch by batch. */
final class Dl4jSource implements ActivationSource {
    private final String name;
    private final Dl4jNetwork network;
    private final Dl4jInput input;
    private final Dataset data;
    private final List<Layer> layers;
    private final Map<String, Integer> positions;

    private Dl4jSource(String name, Dl4jNetwork network, Dl4jInput input, Dataset data, List<Layer> layers) {
        this.name = name;
        this.network = network;
        this.input = input;
        this.data = data;
        this.layers = layers;
        this.positions = new TreeMap<>();
        for (int i = 0; i < layers.size(); i++) {
            positions.put(layers.get(i).name(), i);
        }
    }

    static Dl4jSource open(String name, Dl4jFile file, Dl4jInput input, Dataset data, List<Layer> chosen, int threads) {
        Dl4jNetwork network = new Dl4jNetwork(
                file.restore(),
                file.path().toString(),
                chosen.stream().map(Layer::name).collect(Collectors.toSet()),
                threads);
        try {
            Dl4jSource source = new Dl4jSource(name, network, input, data, chosen);
            return new Dl4jSource(name, network, input, data, source.measured());
        } catch (RuntimeException e) {
            network.close();
            throw e;
        }
    }

    /** The layers with the shapes that the first example has in them. */
    private List<Layer> measured() {
        Map<String, long[]> shapes = new TreeMap<>();
        network.run(examples(new int[] {0}), (layer, activation) -> {
            shapes.put(layer, activation.shape());
            return CompletableFuture.completedFuture(null);
        });
        List<Layer> measured = new ArrayList<>();
        for (Layer layer : layers) {
            long[] shape = shapes.get(layer.name());
            if (shape == null || shape[0] != 1) {
                throw new LamellaException(
                        name,
                        "layer %s has %s rows for one example, so it cannot be compared; leave it out with --layers"
                                .formatted(layer.name(), shape == null ? "no" : shape[0]));
            }
            measured.add(new Layer(
                    layer.index(),
                    layer.name(),
                    layer.kind(),
                    LongStream.of(shape).skip(1).mapToObj(Math::toIntExact).toList(),
                    layer.parameters()));
        }
        return List.copyOf(measured);
    }

    private INDArray examples(int[] examples) {
        float[] numbers = new float[Math.multiplyExact(examples.length, data.features())];
        data.read(examples, FloatBuffer.wrap(numbers));
        long[] example = input.arranged(data.shape());
        long[] shape = new long[example.length + 1];
        shape[0] = examples.length;
        System.arraycopy(example, 0, shape, 1, example.length);
        INDArray array = Nd4j.create(numbers, shape, 'c');
        if (!(input instanceof Dl4jInput.Images images) || images.format() == CNN2DFormat.NCHW) {
            return array;
        }
        INDArray channelsLast = array.permute(0, 2, 3, 1).dup('c');
        array.close();
        return channelsLast;
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
        return data.size();
    }

    @Override
    public void forward(Batch batch, LayerSink sink) {
        network.run(examples(batch.examples()), (layer, activation) -> {
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

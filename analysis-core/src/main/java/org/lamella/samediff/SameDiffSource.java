package org.lamella.samediff;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.lamella.activation.ActivationSource;
import org.lamella.activation.Batch;
import org.lamella.activation.ChannelOrder;
import org.lamella.activation.Engine;
import org.lamella.activation.Layer;
import org.lamella.activation.LayerSink;
import org.lamella.activation.TokenMask;

/**
 * A SameDiff graph in ONNX Runtime; its layers are described as SameDiff has them.
 *
 * @param chosen the same layers as the runtime's, in the same order
 * @param said of the graph, before what is to be said of the run
 */
record SameDiffSource(ActivationSource runtime, List<Layer> chosen, List<String> said) implements ActivationSource {
    SameDiffSource {
        chosen = List.copyOf(chosen);
        said = List.copyOf(said);
    }

    @Override
    public List<Layer> layers() {
        return IntStream.range(0, chosen.size())
                .mapToObj(i -> {
                    Layer layer = chosen.get(i);
                    List<Integer> shape = runtime.layers().get(i).shape();
                    return new Layer(layer.index(), layer.name(), layer.kind(), shape, layer.parameters());
                })
                .toList();
    }

    @Override
    public String name() {
        return runtime.name();
    }

    @Override
    public int examples() {
        return runtime.examples();
    }

    @Override
    public void forward(Batch batch, LayerSink sink) {
        runtime.forward(batch, sink);
    }

    @Override
    public Optional<Engine> engine() {
        return runtime.engine();
    }

    @Override
    public Optional<TokenMask> tokens(Batch batch) {
        return runtime.tokens(batch);
    }

    @Override
    public ChannelOrder channels(int layer) {
        return runtime.channels(layer);
    }

    @Override
    public List<String> remarks() {
        return Stream.concat(said.stream(), runtime.remarks().stream()).toList();
    }

    @Override
    public void close() {
        runtime.close();
    }
}

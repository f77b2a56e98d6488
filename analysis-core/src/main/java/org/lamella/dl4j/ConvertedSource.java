package org.lamella.dl4j;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import onnx.Onnx.ModelProto;
import org.lamella.LamellaException;
import org.lamella.activation.ActivationSource;
import org.lamella.activation.Batch;
import org.lamella.activation.ChannelOrder;
import org.lamella.activation.Engine;
import org.lamella.activation.Layer;
import org.lamella.activation.LayerSink;
import org.lamella.onnx.OnnxModel;

/** A network that was written as an ONNX graph, run by ONNX Runtime; its layers are described as Deeplearning4j has them. */
record ConvertedSource(ActivationSource runtime, List<Layer> layers, List<ChannelOrder> orders)
        implements ActivationSource {
    /**
     * @param where what error messages call the model
     * @param plain has its layers with every length known; each is a layer of the graph by its name
     * @param memory bytes outside the heap that the activations of a batch may take
     */
    static ConvertedSource open(
            String where, ModelProto graph, Dl4jSource plain, Dl4jFeed feed, String name, int threads, long memory) {
        OnnxModel model = OnnxModel.of(where, graph);
        Map<String, Layer> known = new HashMap<>();
        model.layers().forEach(layer -> known.put(layer.name(), layer));
        List<Layer> chosen = new ArrayList<>();
        for (Layer layer : plain.layers()) {
            Layer written = known.get(layer.name());
            if (written == null || !written.shape().equals(layer.shape())) {
                throw new LamellaException(
                        where,
                        "layer %s is %s in ONNX, not of shape %s"
                                .formatted(layer.name(), written == null ? "missing" : written.shape(), layer.shape()));
            }
            chosen.add(written);
        }
        int runs = threads > 0 ? threads : Runtime.getRuntime().availableProcessors();
        return new ConvertedSource(model.on(feed, chosen, name, runs, memory), plain.layers(), plain.orders());
    }

    @Override
    public ChannelOrder channels(int layer) {
        ChannelOrder said = orders.get(layer);
        return said == ChannelOrder.UNKNOWN ? runtime.channels(layer) : said;
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
    public Optional<Engine> engine() {
        return Optional.of(Engine.ONNX);
    }

    @Override
    public List<String> remarks() {
        return runtime.remarks();
    }

    @Override
    public void forward(Batch batch, LayerSink sink) {
        runtime.forward(batch, sink);
    }

    @Override
    public void close() {
        runtime.close();
    }
}

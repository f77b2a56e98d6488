package org.lamella.run;

import java.util.List;
import org.lamella.activation.ActivationSource;
import org.lamella.activation.Batch;
import org.lamella.activation.ChannelOrder;
import org.lamella.activation.Layer;
import org.lamella.activation.LayerSink;

/** Some of the examples of stored activations, in an order of their own. */
final class ChosenSource implements ActivationSource {
    private final ActivationSource whole;
    private final int[] chosen;

    /** @param chosen positions in the whole */
    ChosenSource(ActivationSource whole, List<Integer> chosen) {
        this.whole = whole;
        this.chosen = chosen.stream().mapToInt(Integer::intValue).toArray();
    }

    @Override
    public String name() {
        return whole.name();
    }

    @Override
    public List<Layer> layers() {
        return whole.layers();
    }

    @Override
    public int examples() {
        return chosen.length;
    }

    @Override
    public ChannelOrder channels(int layer) {
        return whole.channels(layer);
    }

    @Override
    public List<String> remarks() {
        return whole.remarks();
    }

    @Override
    public void forward(Batch batch, LayerSink sink) {
        int[] positions = batch.examples();
        for (int i = 0; i < positions.length; i++) {
            positions[i] = chosen[positions[i]];
        }
        whole.forward(new Batch(batch.number(), positions), sink);
    }

    @Override
    public void close() {
        whole.close();
    }
}

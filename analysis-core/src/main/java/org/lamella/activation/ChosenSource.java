package org.lamella.activation;

import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** Some of the examples of another source, in an order of their own. */
public final class ChosenSource implements ActivationSource {
    private final ActivationSource whole;
    private final int[] chosen;
    private final IntFunction<String> names;

    /** @param chosen positions in the whole */
    public ChosenSource(ActivationSource whole, int[] chosen) {
        this(whole, chosen, i -> whole.nameOf(chosen[i]));
    }

    /**
     * @param chosen positions in the whole
     * @param names what the chosen examples are called, by their positions among them
     */
    public ChosenSource(ActivationSource whole, int[] chosen, IntFunction<String> names) {
        this.whole = whole;
        this.chosen = chosen.clone();
        this.names = names;
    }

    private Batch inTheWhole(Batch batch) {
        return new Batch(
                batch.number(),
                IntStream.of(batch.examples()).map(i -> chosen[i]).toArray());
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
    public long bytesPerExample() {
        return whole.bytesPerExample();
    }

    @Override
    public Optional<Engine> engine() {
        return whole.engine();
    }

    @Override
    public Optional<TokenMask> tokens(Batch batch) {
        return whole.tokens(inTheWhole(batch));
    }

    @Override
    public String nameOf(int example) {
        return names.apply(example);
    }

    @Override
    public List<String> remarks() {
        return whole.remarks();
    }

    @Override
    public void forward(Batch batch, LayerSink sink) {
        whole.forward(inTheWhole(batch), sink);
    }

    @Override
    public void close() {
        whole.close();
    }
}

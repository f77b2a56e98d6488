package org.lamella.activation;

import java.util.List;
import java.util.Optional;
import org.lamella.LamellaException;

/** Another source of token sequences, checked to be equally long, so that a feature is the same place in every example. */
final class EqualLengthSource implements ActivationSource {
    private final ActivationSource whole;
    /** Tokens of the first example that was run; 0 before it. */
    private int length;

    private int first;

    EqualLengthSource(ActivationSource whole) {
        this.whole = whole;
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
        return whole.examples();
    }

    @Override
    public Optional<TokenMask> tokens(Batch batch) {
        return whole.tokens(batch);
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
    public List<String> remarks() {
        return whole.remarks();
    }

    @Override
    public void forward(Batch batch, LayerSink sink) {
        whole.tokens(batch).ifPresent(tokens -> check(batch, tokens));
        whole.forward(batch, sink);
    }

    private void check(Batch batch, TokenMask tokens) {
        for (int i = 0; i < tokens.examples(); i++) {
            if (length == 0) {
                length = tokens.count(i);
                first = batch.example(i);
            }
            if (tokens.count(i) != length) {
                throw new LamellaException(
                        whole.name(),
                        "example %d has %d tokens and example %d has %d, and --reduce flatten compares them place by place; use --reduce mean"
                                .formatted(first, length, batch.example(i), tokens.count(i)));
            }
        }
    }

    @Override
    public void close() {
        whole.close();
    }
}

package org.lamella.onnx;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.lamella.LamellaException;
import org.lamella.activation.TokenMask;
import org.lamella.data.Dataset;
import org.lamella.data.NamedInputs;
import org.lamella.text.TokenField;

/** Token sequences given as arrays, with their attention mask: it tells which positions hold tokens. */
record MaskedFeed(OnnxFeed whole, Dataset mask, Map<String, List<Integer>> shapes) implements OnnxFeed {
    /** The feed itself if there is no attention mask, or the graph's own length is not open. */
    static OnnxFeed of(OnnxFeed whole, NamedInputs data, OnnxGraph graph) {
        Dataset mask = data.inputs().get(TokenField.ATTENTION_MASK.toString());
        if (mask == null || mask.shape().size() != 1) {
            return whole;
        }
        Map<String, List<Integer>> shapes = new LinkedHashMap<>(whole.shapes());
        boolean open = false;
        for (OnnxInput input : graph.inputs()) {
            if (input.isOpen() && TokenField.ofInput(input.name()).isPresent()) {
                shapes.put(input.name(), input.shape());
                open = true;
            }
        }
        return open ? new MaskedFeed(whole, mask, shapes) : whole;
    }

    @Override
    public int examples() {
        return whole.examples();
    }

    @Override
    public Set<String> channelsLast() {
        return whole.channelsLast();
    }

    @Override
    public void read(int[] wanted, OnnxBatch into) {
        whole.read(wanted, into);
    }

    @Override
    public Optional<TokenMask> tokens(int[] wanted) {
        List<boolean[]> real = new ArrayList<>();
        float[] values = new float[mask.features()];
        for (int example : wanted) {
            mask.read(new int[] {example}, FloatBuffer.wrap(values));
            boolean[] one = new boolean[values.length];
            boolean any = false;
            for (int position = 0; position < one.length; position++) {
                one[position] = values[position] != 0;
                any |= one[position];
            }
            if (!any) {
                throw new LamellaException(mask.name(), "example %d has no token".formatted(example));
            }
            real.add(one);
        }
        return Optional.of(TokenMask.of(real));
    }

    @Override
    public void close() {
        whole.close();
    }
}

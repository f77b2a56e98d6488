package org.lamella.onnx;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.lamella.LamellaException;
import org.lamella.activation.Layer;
import org.lamella.activation.TokenMask;
import org.lamella.data.TextDataset;
import org.lamella.text.TokenBatch;
import org.lamella.text.TokenField;
import org.lamella.text.Tokenizer;

/** Texts as the tokens that a transformer takes, a batch padded to its own longest text. */
final class TextFeed implements OnnxFeed {
    private final TextDataset texts;
    private final List<OnnxInput> inputs;
    private final Tokenizer tokenizer;
    /** Positions that the graph takes; 0 where it leaves that open. */
    private final int positions;

    private final BitSet cut = new BitSet();
    private final BitSet read = new BitSet();
    private int[] encodedExamples = {};
    private @Nullable TokenBatch encoded;

    private TextFeed(TextDataset texts, List<OnnxInput> inputs, Tokenizer tokenizer, int positions) {
        this.texts = texts;
        this.inputs = inputs;
        this.tokenizer = tokenizer;
        this.positions = positions;
    }

    /** @throws LamellaException if an input is none that texts can feed, or there is no tokenizer */
    static TextFeed of(TextDataset texts, OnnxGraph graph, String where, Optional<Path> tokenizer) {
        List<OnnxInput> inputs = graph.inputs();
        for (OnnxInput input : inputs) {
            if (TokenField.ofInput(input.name()).isEmpty() || input.shape().size() != 1) {
                throw new LamellaException(
                        where,
                        "takes input %s of %s, and texts give %s alone, a number a token; give an npz with an array for each input"
                                .formatted(
                                        input, OnnxInput.print(input.shape()), String.join(", ", TokenField.names())));
            }
        }
        Path file = tokenizer.orElseThrow(() -> new LamellaException(
                where,
                "the examples of %s are texts, and there is no tokenizer.json beside the model; name it: --tokenizer FILE"
                        .formatted(texts.name())));
        int positions =
                inputs.stream().mapToInt(input -> input.shape().get(0)).max().orElse(0);
        Tokenizer opened = Tokenizer.open(file, positions > 0 ? positions : Integer.MAX_VALUE);
        return new TextFeed(texts, inputs, opened, Math.max(0, positions));
    }

    @Override
    public int examples() {
        return texts.size();
    }

    @Override
    public Map<String, List<Integer>> shapes() {
        Map<String, List<Integer>> shapes = new LinkedHashMap<>();
        inputs.forEach(input -> shapes.put(input.name(), List.of(-1)));
        return shapes;
    }

    @Override
    public void read(int[] examples, OnnxBatch into) {
        TokenBatch batch = encode(examples);
        for (OnnxInput input : inputs) {
            TokenField field = TokenField.ofInput(input.name()).orElseThrow();
            ByteBuffer values = into.take(input, List.of(batch.length()));
            for (long value : batch.values(field, 0, examples.length)) {
                // Exact: no vocabulary comes near 2^24 words.
                input.elementToFeed().put((float) value, values);
            }
        }
    }

    @Override
    public Optional<TokenMask> tokens(int[] examples) {
        TokenBatch batch = encode(examples);
        return Optional.of(TokenMask.of(
                IntStream.range(0, batch.examples()).mapToObj(batch::mask).toList()));
    }

    /** The tokens of a batch, kept until another is asked for. */
    private TokenBatch encode(int[] examples) {
        TokenBatch known = encoded;
        if (known != null && Arrays.equals(examples, encodedExamples)) {
            return known;
        }
        TokenBatch batch =
                tokenizer.encode(Arrays.stream(examples).mapToObj(texts::text).toList(), positions);
        for (int i = 0; i < examples.length; i++) {
            if (batch.count(i) == 0) {
                throw new LamellaException(texts.name(), "example %s gives no token".formatted(texts.id(examples[i])));
            }
            read.set(examples[i]);
            cut.set(examples[i], batch.isCut(i));
        }
        encoded = batch;
        encodedExamples = examples.clone();
        return batch;
    }

    /** Where the graph takes so many positions and no other number, the axes of that length count tokens. */
    @Override
    public List<Layer> opened(List<Layer> layers) {
        return positions == 0
                ? layers
                : layers.stream()
                        .map(layer -> new Layer(
                                layer.index(),
                                layer.name(),
                                layer.kind(),
                                layer.shape().stream()
                                        .map(length -> layer.shape().size() > 1 && length == positions
                                                ? Integer.valueOf(-1)
                                                : length)
                                        .toList(),
                                layer.parameters()))
                        .toList();
    }

    @Override
    public String suspicion(int[] examples) {
        return " (texts of %,d tokens: if the model has fewer positions, set max_length of the truncation in tokenizer.json)"
                .formatted(encode(examples).length());
    }

    @Override
    public List<String> remarks() {
        Stream<String> tooLong = cut.isEmpty()
                ? Stream.empty()
                : Stream.of(
                        "%,d of %,d texts have more than %,d tokens and were cut to that; tokenizer.json says how many are kept"
                                .formatted(cut.cardinality(), read.cardinality(), tokenizer.longest()));
        boolean takesMask =
                inputs.stream().anyMatch(input -> input.name().equals(TokenField.ATTENTION_MASK.toString()));
        Stream<String> unmasked = takesMask
                ? Stream.empty()
                : Stream.of(
                        "the model takes no attention_mask, so padding may take part in what it computes of shorter texts");
        return Stream.concat(tooLong, unmasked).toList();
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}

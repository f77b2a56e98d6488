package org.lamella.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.lamella.onnx.OnnxExamples.batch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import onnx.Onnx.TensorProto.DataType;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lamella.LamellaException;
import org.lamella.activation.ActivationSource;
import org.lamella.activation.Batch;
import org.lamella.activation.Layer;
import org.lamella.activation.Reduction;
import org.lamella.data.Dataset;
import org.lamella.data.Datasets;
import org.lamella.data.Examples;
import org.lamella.data.NamedInputs;
import org.lamella.model.OnnxCheckpoint;
import org.lamella.text.TinyTokenizer;

/**
 * Texts through a small graph with attention, against loops over each text alone. Attention sees the other tokens of a text, so that
 * padding that is not masked would show.
 */
class TextFeedTest {
    private static final int WIDTH = 3;

    /** Words of {@link TinyTokenizer}, one text a line; the tokens are 2, the words from 4 on, 3. */
    private static final List<String> TEXTS =
            List.of("one two three", "four", "six six one five two", "three one", "two", "five four three two one six");

    private static final List<List<Integer>> TOKENS = List.of(
            List.of(2, 4, 5, 6, 3),
            List.of(2, 7, 3),
            List.of(2, 9, 9, 4, 8, 5, 3),
            List.of(2, 6, 4, 3),
            List.of(2, 5, 3),
            List.of(2, 8, 7, 6, 5, 4, 9, 3));

    /** Sums of at most eight products below 1 and an exponential, in float32. */
    private static final Offset<Float> ROUNDING = within(2e-6f);

    @TempDir
    Path folder;

    /** Row t of the table of the vocabulary; the padding tokens' are huge. */
    private static float word(int token, int feature) {
        return token == 0 || token == 10 ? 1000 : (float) Math.sin(5 * token + feature);
    }

    private static float place(int position, int feature) {
        return (float) Math.cos(3 * position + feature) / 2;
    }

    private static float[] table(int rows, boolean words) {
        float[] table = new float[rows * WIDTH];
        for (int i = 0; i < table.length; i++) {
            table[i] = words ? word(i / WIDTH, i % WIDTH) : place(i / WIDTH, i % WIDTH);
        }
        return table;
    }

    /**
     * Words and places added, and one head of attention without weights: scores = h hᵀ + (1 - mask) (-1e9), softmax, times h.
     *
     * @param length of the texts; a string for one that is open
     * @param positions rows of the table of places
     */
    private OnnxBuilder transformer(Object length, DataType type, int positions) {
        return new OnnxBuilder()
                .input("input_ids", DataType.INT64, "N", length)
                .input("attention_mask", type, "N", length)
                .input("position_ids", DataType.INT64, "N", length)
                .weights("words", table(11, true), 11, WIDTH)
                .weights("places", table(positions, false), positions, WIDTH)
                .weights("one", new float[] {1})
                .weights("far", new float[] {-1e9f})
                .integers("axis", 1)
                .node("Gather", "words", "w", List.of("words", "input_ids"))
                .node("Gather", "places", "p", List.of("places", "position_ids"))
                .node("Add", "hidden", "h", List.of("w", "p"))
                .node("Transpose", "turned", "t", List.of("h"), OnnxBuilder.ints("perm", 0, 2, 1))
                .node("MatMul", "products", "s", List.of("h", "t"))
                .node("Cast", "", "m", List.of("attention_mask"), OnnxBuilder.integer("to", 1))
                .node("Sub", "", "u", List.of("one", "m"))
                .node("Mul", "", "v", List.of("u", "far"))
                .node("Unsqueeze", "", "x", List.of("v", "axis"))
                .node("Add", "scores", "a", List.of("s", "x"))
                .node("Softmax", "weights", "q", List.of("a"), OnnxBuilder.integer("axis", -1))
                .node("MatMul", "attended", "y", List.of("q", "h"))
                .output("y");
    }

    private OnnxCheckpoint open(OnnxBuilder model) {
        return OnnxCheckpoint.open(model.write(folder.resolve("model.onnx")), "m");
    }

    private Examples texts() {
        try {
            return Datasets.open("text:" + Files.write(folder.resolve("texts.txt"), TEXTS))
                    .examples();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@code hidden} or {@code attended} of one text, by loops. */
    private static double[][] expected(String layer, List<Integer> tokens) {
        double[][] hidden = new double[tokens.size()][WIDTH];
        for (int t = 0; t < tokens.size(); t++) {
            for (int k = 0; k < WIDTH; k++) {
                hidden[t][k] = word(tokens.get(t), k) + place(t, k);
            }
        }
        if (layer.equals("hidden")) {
            return hidden;
        }
        double[][] attended = new double[tokens.size()][WIDTH];
        for (int t = 0; t < tokens.size(); t++) {
            double total = 0;
            for (double[] other : hidden) {
                double weight = Math.exp(dot(hidden[t], other));
                total += weight;
                for (int k = 0; k < WIDTH; k++) {
                    attended[t][k] += weight * other[k];
                }
            }
            for (int k = 0; k < WIDTH; k++) {
                attended[t][k] /= total;
            }
        }
        return attended;
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int k = 0; k < a.length; k++) {
            sum += a[k] * b[k];
        }
        return sum;
    }

    private static float[] reduced(Reduction reduction, double[][] tokens) {
        float[] row = new float[WIDTH];
        for (int k = 0; k < WIDTH; k++) {
            double sum = 0;
            for (double[] token : tokens) {
                sum += token[k];
            }
            row[k] = (float)
                    switch (reduction) {
                        case MEAN -> sum / tokens.length;
                        case CLS -> tokens[0][k];
                        case LAST -> tokens[tokens.length - 1][k];
                        case FLATTEN -> throw new IllegalArgumentException();
                    };
        }
        return row;
    }

    private static List<Layer> named(OnnxCheckpoint model, String... names) {
        return model.layers().stream()
                .filter(layer -> List.of(names).contains(layer.name()))
                .toList();
    }

    /** Rows by layer; a reduced source hands layers over in any order. */
    private static Map<String, float[][]> activations(ActivationSource source, Batch batch) {
        Map<String, float[][]> rows = new ConcurrentHashMap<>();
        source.forward(batch, (layer, activation) -> {
            rows.put(source.layers().get(layer).name(), OnnxExamples.copy(activation));
            return CompletableFuture.completedFuture(null);
        });
        return rows;
    }

    private void assertReductionsAreThoseOfEachTextAlone(OnnxCheckpoint model, Examples examples) {
        List<Layer> layers = named(model, "hidden", "turned", "attended");
        for (Reduction reduction : List.of(Reduction.MEAN, Reduction.CLS, Reduction.LAST)) {
            try (ActivationSource source = reduction.of(model.withThreads(2).on(examples, layers), 2)) {
                for (int[] some : new int[][] {{0, 1, 2, 3, 4}, {4, 1}, {5, 4, 3, 2, 1, 0}, {1}}) {
                    Map<String, float[][]> rows = activations(source, batch(some));
                    for (int i = 0; i < some.length; i++) {
                        float[] hidden = reduced(reduction, expected("hidden", TOKENS.get(some[i])));
                        assertThat(rows.get("hidden")[i]).containsExactly(hidden, ROUNDING);
                        assertThat(rows.get("turned")[i]).containsExactly(hidden, ROUNDING);
                        assertThat(rows.get("attended")[i])
                                .containsExactly(
                                        reduced(reduction, expected("attended", TOKENS.get(some[i]))), ROUNDING);
                    }
                }
            }
        }
    }

    @Test
    void layers_ofTexts_haveTheirLengthOpen() {
        OnnxCheckpoint model = open(transformer("T", DataType.INT64, 64));
        assertThat(named(model, "hidden", "turned", "weights", "attended"))
                .extracting(Layer::shape)
                .containsExactly(List.of(-1, 3), List.of(3, -1), List.of(-1, -1), List.of(-1, 3));
        TinyTokenizer.write(folder.resolve("tokenizer.json"));
        try (var source = open(transformer("T", DataType.INT64, 64)).on(texts())) {
            assertThat(Reduction.MEAN.obstacles(source.layers()).keySet())
                    .extracting(Layer::name)
                    .containsExactly("products", "scores", "weights");
        }
    }

    @Test
    void texts_paddedByBatch_areReducedAsIfAlone() {
        TinyTokenizer.write(folder.resolve("tokenizer.json"));
        assertReductionsAreThoseOfEachTextAlone(open(transformer("T", DataType.INT64, 64)), texts());
    }

    @Test
    void texts_paddedOnTheLeft_areReducedAsIfAlone() {
        TinyTokenizer.writeLeft(folder.resolve("tokenizer.json"), 10);
        assertReductionsAreThoseOfEachTextAlone(open(transformer("T", DataType.INT32, 64)), texts());
    }

    @Test
    void texts_maskedByFloatsAndGivenATokenizer_areReducedAsIfAlone() {
        Path other = TinyTokenizer.write(folder.resolve("other.json"));
        TinyTokenizer.writeLeft(folder.resolve("tokenizer.json"), 10);
        assertReductionsAreThoseOfEachTextAlone(
                open(transformer("T", DataType.FLOAT, 64)).withTokenizer(other), texts());
    }

    @Test
    void graphOfAFixedLength_isPaddedToItAndReducedOverTheText() {
        TinyTokenizer.write(folder.resolve("tokenizer.json"));
        assertReductionsAreThoseOfEachTextAlone(open(transformer(9, DataType.INT64, 64)), texts());
    }

    @Test
    void graphOfAShorterFixedLength_cutsTextsAndSaysSo() {
        TinyTokenizer.write(folder.resolve("tokenizer.json"));
        OnnxCheckpoint model = open(transformer(5, DataType.INT64, 64));
        try (var source = Reduction.LAST.of(model.on(texts(), named(model, "hidden")), 1)) {
            Map<String, float[][]> rows = activations(source, batch(0, 2, 5));
            assertThat(source.remarks())
                    .containsExactly(
                            "2 of 3 texts have more than 5 tokens and were cut to that; tokenizer.json says how many are kept");
            assertThat(rows.get("hidden")[1])
                    .containsExactly(reduced(Reduction.LAST, expected("hidden", List.of(2, 9, 9, 4, 3))), ROUNDING);
        }
    }

    @Test
    void textsOfOneLength_areComparedTokenByToken() {
        TinyTokenizer.write(folder.resolve("tokenizer.json"));
        OnnxCheckpoint model = open(transformer("T", DataType.INT64, 64));
        try (var source = Reduction.FLATTEN.of(model.on(texts(), named(model, "hidden", "weights")), 1)) {
            Map<String, float[][]> rows = activations(source, batch(1, 4));
            assertThat(rows.get("hidden")[0]).hasSize(9);
            assertThat(rows.get("weights")[1]).hasSize(9);
            assertThatThrownBy(() -> activations(source, batch(0, 1)))
                    .isInstanceOf(LamellaException.class)
                    .hasMessageContainingAll("3 tokens", "example 0 has 5", "--reduce mean");
        }
    }

    /** Token ids in an archive: an array for each input, padded by whoever made it. */
    @Test
    void arraysWithAMask_areReducedOverWhatItLetsThrough() {
        int positions = 9;
        float[] ids = new float[TOKENS.size() * positions];
        float[] mask = new float[ids.length];
        float[] places = new float[ids.length];
        for (int i = 0; i < TOKENS.size(); i++) {
            for (int t = 0; t < TOKENS.get(i).size(); t++) {
                ids[i * positions + t] = TOKENS.get(i).get(t);
                mask[i * positions + t] = 1;
                places[i * positions + t] = t;
            }
        }
        Map<String, Dataset> arrays = new LinkedHashMap<>();
        arrays.put("input_ids", new Rows(ids, positions));
        arrays.put("attention_mask", new Rows(mask, positions));
        arrays.put("position_ids", new Rows(places, positions));
        assertReductionsAreThoseOfEachTextAlone(
                open(transformer("T", DataType.INT64, 64)), new NamedInputs("npz:tokens.npz", arrays));
    }

    private record Rows(FloatBuffer values, int width) implements Dataset {
        Rows(float[] values, int width) {
            this(FloatBuffer.wrap(values), width);
        }

        @Override
        public String name() {
            return "rows";
        }

        @Override
        public int size() {
            return values.capacity() / width;
        }

        @Override
        public List<Integer> shape() {
            return List.of(width);
        }

        @Override
        public void read(int[] examples, FloatBuffer into) {
            for (int example : examples) {
                into.put(values.slice(example * width, width));
            }
        }

        @Override
        public OptionalInt label(int example) {
            return OptionalInt.empty();
        }

        @Override
        public String id(int example) {
            return String.valueOf(example);
        }
    }

    @Test
    void graphWithoutAMask_isWarnedOf() {
        TinyTokenizer.write(folder.resolve("tokenizer.json"));
        OnnxCheckpoint model = open(new OnnxBuilder()
                .input("input_ids", DataType.INT64, "N", "T")
                .weights("words", table(11, true), 11, WIDTH)
                .node("Gather", "hidden", "h", List.of("words", "input_ids"))
                .output("h"));
        try (var source = model.on(texts())) {
            assertThat(source.remarks()).singleElement().asString().contains("takes no attention_mask");
        }
    }

    @Test
    void texts_withoutATokenizer_askForOne() {
        OnnxCheckpoint model = open(transformer("T", DataType.INT64, 64));
        assertThatThrownBy(() -> model.on(texts()))
                .isInstanceOf(LamellaException.class)
                .hasMessageContainingAll(
                        "model.onnx: the examples of text:",
                        "are texts, and there is no tokenizer.json beside the model; name it: --tokenizer FILE");
    }

    @Test
    void texts_toAGraphThatTakesOtherThings_nameTheInput() {
        TinyTokenizer.write(folder.resolve("tokenizer.json"));
        OnnxCheckpoint images = open(new OnnxBuilder()
                .input("x", "N", 3, 4, 4)
                .node("Relu", "relu", "y", List.of("x"))
                .output("y"));
        assertThatThrownBy(() -> images.on(texts()))
                .isInstanceOf(LamellaException.class)
                .hasMessageContainingAll(
                        "model.onnx: takes input 'x' float32 of 3 x 4 x 4",
                        "texts give input_ids, attention_mask, token_type_ids, position_ids alone");
    }

    @Test
    void texts_longerThanTheGraphsPositions_fail() throws IOException {
        TinyTokenizer.write(folder.resolve("tokenizer.json"));
        OnnxCheckpoint model = open(transformer("T", DataType.INT64, 128));
        Path file = Files.writeString(folder.resolve("long.txt"), "one ".repeat(200) + "\n");
        try (var source = model.on(Datasets.open("text:" + file).examples(), named(model, "hidden"))) {
            assertThatThrownBy(() -> activations(source, batch(0)))
                    .isInstanceOf(LamellaException.class)
                    .hasMessageContainingAll("model.onnx: failed on batch 0", "texts of 202 tokens", "max_length");
        }
    }

    /** Whole numbers scaled by the largest number of a run: an example must not depend on which others share its run. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void examples_quantizedAsTheyCome_doNotDependOnTheThreads(int threads) {
        OnnxCheckpoint model = open(new OnnxBuilder()
                .input("x", "N", 2)
                .node("DynamicQuantizeLinear", "quantize", List.of("q", "s", "z"), List.of("x"))
                .node("DequantizeLinear", "back", "y", List.of("q", "s", "z"))
                .output("y"));
        float[] values = {1, 0.3f, 100, 40, 0.01f, 0.002f, 7, 3, 1000, 1};
        try (var source = model.withThreads(threads).on(new Rows(values, 2), named(model, "back"))) {
            float[][] rows = activations(source, batch(0, 1, 2, 3, 4)).get("back");
            for (int i = 0; i < rows.length; i++) {
                // Each by the scale of its own largest number, of which there are 255 steps.
                float step = values[2 * i] / 255;
                assertThat(rows[i][1]).isCloseTo(values[2 * i + 1], within(step));
            }
        }
    }
}

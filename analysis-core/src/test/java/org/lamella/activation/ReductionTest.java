package org.lamella.activation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.lamella.LamellaException;
import org.lamella.linalg.NativeMatrix;

/**
 * Reductions against closed forms. The number of example i, block b (a head or a channel), token t, feature k is 1000 i + 100 b + 10 t
 * + k: a series whose mean over n tokens is that of the middle one, (n - 1) / 2. Padding is NaN, so a reduction that touches it shows.
 */
class ReductionTest {
    /** Where the padding stands. */
    private enum Side {
        LEFT,
        RIGHT
    }

    /** Where a layer's tokens stand among its axes. */
    private static final Layer TOKENS = layer(0, "tokens", -1, 3);

    private static final Layer HEADS = layer(1, "heads", 2, -1, 3);
    private static final Layer CHANNELS = layer(2, "channels", 4, -1);
    private static final Layer POOLED = layer(3, "pooled", 5);
    private static final Layer TABLE = layer(4, "table", 2, 2);
    private static final Layer SCORES = layer(5, "scores", 2, -1, -1);

    private static Layer layer(int index, String name, Integer... shape) {
        return new Layer(index, name, "Kind", List.of(shape), 0);
    }

    /** Sequences of given lengths, padded on one side to the longest of a batch. */
    private record Sequences(List<Layer> layers, Side padding, int... lengths) implements ActivationSource {
        @Override
        public String name() {
            return "m";
        }

        @Override
        public int examples() {
            return lengths.length;
        }

        private int longest(Batch batch) {
            return IntStream.of(batch.examples()).map(i -> lengths[i]).max().orElseThrow();
        }

        @Override
        public Optional<TokenMask> tokens(Batch batch) {
            List<boolean[]> real = new ArrayList<>();
            for (int example : batch.examples()) {
                boolean[] mask = new boolean[longest(batch)];
                for (int t = 0; t < lengths[example]; t++) {
                    mask[position(example, t, batch)] = true;
                }
                real.add(mask);
            }
            return Optional.of(TokenMask.of(real));
        }

        private int position(int example, int token, Batch batch) {
            return padding == Side.RIGHT ? token : longest(batch) - lengths[example] + token;
        }

        @Override
        public void forward(Batch batch, LayerSink sink) {
            int width = longest(batch);
            for (int l = 0; l < layers.size(); l++) {
                List<Integer> shape = layers.get(l).shape();
                int axis = shape.indexOf(-1);
                int before = shape.subList(0, Math.max(0, axis)).stream().reduce(1, (a, b) -> a * b);
                int after = shape.subList(axis + 1, shape.size()).stream().reduce(1, (a, b) -> a * b);
                int positions = axis < 0 ? 1 : width;
                try (NativeMatrix given = NativeMatrix.allocate(batch.size(), (long) before * positions * after)) {
                    for (int i = 0; i < batch.size(); i++) {
                        float[] row = new float[before * positions * after];
                        Arrays.fill(row, Float.NaN);
                        int example = batch.example(i);
                        for (int b = 0; b < before; b++) {
                            for (int t = 0; t < (axis < 0 ? 1 : lengths[example]); t++) {
                                int place = axis < 0 ? 0 : position(example, t, batch);
                                for (int k = 0; k < after; k++) {
                                    row[(b * positions + place) * after + k] = number(example, b, t, k);
                                }
                            }
                        }
                        given.writeRow(i, row);
                    }
                    sink.accept(l, given).join();
                }
            }
        }

        @Override
        public void close() {}
    }

    private static float number(int example, int block, double token, int feature) {
        return (float) (1000 * example + 100 * block + 10 * token + feature);
    }

    private static Map<String, List<float[]>> rows(ActivationSource source, int... examples) {
        Map<String, List<float[]>> rows = new HashMap<>();
        source.forward(new Batch(0, examples), (l, activation) -> {
            List<float[]> read = new ArrayList<>();
            for (int i = 0; i < activation.rows(); i++) {
                float[] row = new float[Math.toIntExact(activation.columns())];
                activation.readRow(i, row);
                read.add(row);
            }
            synchronized (rows) {
                rows.put(source.layers().get(l).name(), read);
            }
            return CompletableFuture.completedFuture(null);
        });
        return rows;
    }

    private static float[] expected(int example, int blocks, double token, int features) {
        float[] row = new float[blocks * features];
        for (int b = 0; b < blocks; b++) {
            for (int k = 0; k < features; k++) {
                row[b * features + k] = number(example, b, token, k);
            }
        }
        return row;
    }

    private static double tokenOf(Reduction reduction, int length) {
        return switch (reduction) {
            case MEAN -> (length - 1) / 2.0;
            case CLS -> 0;
            case LAST -> length - 1;
            case FLATTEN -> throw new IllegalArgumentException();
        };
    }

    @ParameterizedTest
    @EnumSource(Side.class)
    void tokens_paddedToDifferentLengths_reduceOverTheRealOnes(Side side) {
        int[] lengths = {1, 4, 7, 2, 7};
        for (Reduction reduction : List.of(Reduction.MEAN, Reduction.CLS, Reduction.LAST)) {
            try (var source =
                    reduction.of(new Sequences(List.of(TOKENS, HEADS, CHANNELS, POOLED, TABLE), side, lengths), 2)) {
                assertThat(source.layers())
                        .extracting(Layer::shape)
                        .containsExactly(List.of(3), List.of(2, 3), List.of(4), List.of(5), List.of(2, 2));
                // Two batches whose longest texts differ.
                for (int[] examples : List.of(new int[] {3, 0, 1}, new int[] {4, 1, 2, 0})) {
                    Map<String, List<float[]>> rows = rows(source, examples);
                    for (int i = 0; i < examples.length; i++) {
                        double token = tokenOf(reduction, lengths[examples[i]]);
                        // Exact: the numbers and their sums are small whole numbers.
                        assertThat(rows.get("tokens").get(i)).containsExactly(expected(examples[i], 1, token, 3));
                        assertThat(rows.get("heads").get(i)).containsExactly(expected(examples[i], 2, token, 3));
                        assertThat(rows.get("channels").get(i)).containsExactly(expected(examples[i], 4, token, 1));
                        assertThat(rows.get("pooled").get(i)).containsExactly(expected(examples[i], 1, 0, 5));
                        assertThat(rows.get("table").get(i)).containsExactly(expected(examples[i], 1, 0, 4));
                    }
                }
            }
        }
    }

    @Test
    void images_ofChannelsAndPositions_averageEachChannel() {
        // 4 channels x 2 x 3: number() with the six positions as tokens.
        var image = layer(0, "conv", 4, 2, 3);
        var source = new Images(List.of(image), 4, 6);
        try (var reduced = Reduction.MEAN.of(source, 1)) {
            assertThat(reduced.layers().get(0).shape()).containsExactly(4);
            assertThat(rows(reduced, 5).get("conv").get(0)).containsExactly(expected(5, 4, 2.5, 1));
        }
    }

    /** The same with channels in the order that a model tells. */
    private record Telling(Images images, ChannelOrder order) implements ActivationSource {
        @Override
        public String name() {
            return images.name();
        }

        @Override
        public List<Layer> layers() {
            return images.layers();
        }

        @Override
        public int examples() {
            return images.examples();
        }

        @Override
        public ChannelOrder channels(int layer) {
            return order;
        }

        @Override
        public void forward(Batch batch, LayerSink sink) {
            images.forward(batch, sink);
        }

        @Override
        public void close() {
            images.close();
        }
    }

    @Test
    void images_ofPositionsAndChannels_averageEachChannel_ifTheModelTells() {
        // 2 x 3 x 4: the six positions are the blocks of number(), the four channels its tokens.
        var image = layer(0, "conv", 2, 3, 4);
        try (var reduced = Reduction.MEAN.of(new Telling(new Images(List.of(image), 6, 4), ChannelOrder.LAST), 1)) {
            assertThat(reduced.layers().get(0).shape()).containsExactly(4);
            assertThat(rows(reduced, 5).get("conv").get(0)).containsExactly(5250, 5260, 5270, 5280);
        }
    }

    @Test
    void sequences_ofChannelsAndPositions_areReducedAlongThePositions_ifTheModelTells() {
        // 2 channels x 3: number() with the three positions as tokens.
        var source = new Telling(new Images(List.of(layer(0, "conv", 2, 3)), 2, 3), ChannelOrder.FIRST);
        assertThat(rows(Reduction.MEAN.of(source, 1), 5).get("conv").get(0)).containsExactly(5010, 5110);
        assertThat(rows(Reduction.LAST.of(source, 1), 5).get("conv").get(0)).containsExactly(5020, 5120);
    }

    @Test
    void sequences_ofAFixedLength_haveAFirstAndALastToken() {
        // 6 tokens x 1 feature and no mask, as in a vision transformer.
        var source = new Images(List.of(layer(0, "block", 6, 1), layer(1, "head", 6)), 1, 6);
        assertThat(rows(Reduction.CLS.of(source, 1), 2).get("block").get(0)).containsExactly(number(2, 0, 0, 0));
        assertThat(rows(Reduction.LAST.of(source, 1), 2).get("block").get(0)).containsExactly(number(2, 0, 5, 0));
        assertThat(rows(Reduction.LAST.of(source, 1), 2).get("head").get(0)).hasSize(6);
    }

    /** Activations of closed shapes, all alike in memory: blocks x positions. */
    private record Images(List<Layer> layers, int blocks, int positions) implements ActivationSource {
        @Override
        public String name() {
            return "m";
        }

        @Override
        public int examples() {
            return 10;
        }

        @Override
        public void forward(Batch batch, LayerSink sink) {
            for (int l = 0; l < layers.size(); l++) {
                try (NativeMatrix given = NativeMatrix.allocate(batch.size(), (long) blocks * positions)) {
                    for (int i = 0; i < batch.size(); i++) {
                        float[] row = new float[blocks * positions];
                        for (int at = 0; at < row.length; at++) {
                            row[at] = number(batch.example(i), at / positions, at % positions, 0);
                        }
                        given.writeRow(i, row);
                    }
                    sink.accept(l, given).join();
                }
            }
        }

        @Override
        public void close() {}
    }

    @Test
    void images_haveNoFirstToken_isRefusedByName() {
        var source = new Images(List.of(layer(0, "conv", 4, 2, 3)), 4, 6);
        assertThat(Reduction.MEAN.obstacles(source.layers())).isEmpty();
        assertThatThrownBy(() -> Reduction.CLS.of(source, 1))
                .isInstanceOf(LamellaException.class)
                .hasMessage("m, layer 'conv': is no sequence of tokens (4 x 2 x 3), which --reduce cls takes");
    }

    @Test
    void scores_ofPairsOfTokens_cannotBeReduced() {
        List<Layer> layers = List.of(TOKENS, SCORES, TABLE);
        assertThat(Reduction.FLATTEN.obstacles(layers)).isEmpty();
        for (Reduction reduction : List.of(Reduction.MEAN, Reduction.CLS, Reduction.LAST)) {
            assertThat(reduction.obstacles(layers)).containsOnlyKeys(SCORES);
            assertThat(reduction.obstacles(layers).get(SCORES))
                    .contains("each pair of tokens", "(2 x ? x ?)", "--reduce " + reduction);
        }
    }

    @Test
    void flatten_textsOfEqualLength_passThrough() {
        var source = Reduction.FLATTEN.of(new Sequences(List.of(TOKENS), Side.RIGHT, 4, 4, 4), 1);
        assertThat(rows(source, 2, 1).get("tokens").get(1))
                .containsExactly(1000, 1001, 1002, 1010, 1011, 1012, 1020, 1021, 1022, 1030, 1031, 1032);
    }

    @Test
    void flatten_textsOfDifferentLengths_proposesMean() {
        var source = Reduction.FLATTEN.of(new Sequences(List.of(TOKENS), Side.RIGHT, 4, 4, 5, 5), 1);
        assertThatCode(() -> rows(source, 0, 1)).doesNotThrowAnyException();
        // Equal within the batch, but not to the one before.
        assertThatThrownBy(() -> rows(source, 2, 3))
                .isInstanceOf(LamellaException.class)
                .hasMessageContainingAll(
                        "m: example 0 has 4 tokens and example 2 has 5", "--reduce flatten", "use --reduce mean");
    }

    @Test
    void openAxis_thatDoesNotCountTokens_isNamed() {
        // Claims an open axis, but every example gives five numbers whatever its length.
        var odd = layer(0, "odd", -1, 5);
        var source = new Sequences(List.of(POOLED), Side.RIGHT, 3, 2);
        var claiming = new Claiming(source, List.of(odd));
        assertThatThrownBy(() -> rows(Reduction.MEAN.of(claiming, 1), 0, 1))
                .hasStackTraceContaining("m, layer 'odd': gives 5 numbers where 3 tokens of ? x 5 need 15");
    }

    private record Claiming(ActivationSource source, List<Layer> layers) implements ActivationSource {
        @Override
        public String name() {
            return source.name();
        }

        @Override
        public int examples() {
            return source.examples();
        }

        @Override
        public Optional<TokenMask> tokens(Batch batch) {
            return source.tokens(batch);
        }

        @Override
        public void forward(Batch batch, LayerSink sink) {
            source.forward(batch, (l, activation) -> {
                sink.accept(l, activation).join();
                return CompletableFuture.completedFuture(null);
            });
        }

        @Override
        public void close() {
            source.close();
        }
    }

    @Test
    void mask_withoutATokenOrOfDifferentLengths_isRefused() {
        assertThatThrownBy(() -> TokenMask.of(List.of(new boolean[] {true}, new boolean[] {false})))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("example 1 has 0 tokens");
        assertThatThrownBy(() -> TokenMask.of(List.of(new boolean[] {true}, new boolean[] {true, true})))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> TokenMask.of(List.of())).isInstanceOf(IllegalArgumentException.class);
    }
}

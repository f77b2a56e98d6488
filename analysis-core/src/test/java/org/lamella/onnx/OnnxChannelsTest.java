package org.lamella.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lamella.activation.ActivationSource;
import org.lamella.activation.Batch;
import org.lamella.activation.ChannelOrder;
import org.lamella.activation.Reduction;
import org.lamella.data.Dataset;
import org.lamella.model.OnnxCheckpoint;

/** What graphs tell of the order of axes. */
class OnnxChannelsTest {
    private static final int CHANNELS = 3;
    private static final int HEIGHT = 6;
    private static final int WIDTH = 5;

    @TempDir
    Path folder;

    /** Images as data sets have them, channels first, or as they lie in an array with channels last. */
    private record Images(List<Integer> shape) implements Dataset {
        @Override
        public String name() {
            return "images";
        }

        @Override
        public int size() {
            return 4;
        }

        @Override
        public void read(int[] examples, FloatBuffer into) {
            boolean last = shape.get(2) == CHANNELS;
            for (int example : examples) {
                float[] first = normal(CHANNELS * HEIGHT * WIDTH, 100 + example);
                for (int i = 0; i < first.length; i++) {
                    into.put(last ? first[i % CHANNELS * HEIGHT * WIDTH + i / CHANNELS] : first[i]);
                }
            }
        }

        @Override
        public OptionalInt label(int example) {
            return OptionalInt.empty();
        }

        @Override
        public String id(int example) {
            return "image " + example;
        }
    }

    private static final Images CHANNELS_FIRST = new Images(List.of(CHANNELS, HEIGHT, WIDTH));
    private static final Images AS_AN_ARRAY = new Images(List.of(HEIGHT, WIDTH, CHANNELS));

    private static float[] normal(int count, long seed) {
        Random random = new Random(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    private OnnxCheckpoint open(OnnxBuilder model) {
        return OnnxCheckpoint.open(model.write(folder.resolve("model.onnx")), "model");
    }

    private static Map<String, ChannelOrder> orders(ActivationSource source) {
        Map<String, ChannelOrder> orders = new LinkedHashMap<>();
        for (int i = 0; i < source.layers().size(); i++) {
            orders.put(source.layers().get(i).name(), source.channels(i));
        }
        return orders;
    }

    private static OnnxBuilder transposed(OnnxBuilder graph, String name, String from, long... axes) {
        return graph.node("Transpose", name, name, List.of(from), OnnxBuilder.ints("perm", axes));
    }

    /** Convolution, Relu, a sum with the convolution, pooling, then a dense layer of the channels: all channels last outside. */
    private static OnnxBuilder channelsLast() {
        OnnxBuilder graph = new OnnxBuilder()
                .input("x", "N", HEIGHT, WIDTH, CHANNELS)
                .weights("kernel", normal(4 * CHANNELS * 9, 1), 4, CHANNELS, 3, 3)
                .weights("scale", normal(4, 2), 4)
                .weights("dense", normal(4 * 7, 3), 4, 7);
        transposed(graph, "in", "x", 0, 3, 1, 2)
                .node("Conv", "conv", "conv", List.of("in", "kernel"), OnnxBuilder.ints("pads", 1, 1, 1, 1));
        transposed(graph, "out", "conv", 0, 2, 3, 1)
                .node("Relu", "relu", "relu", List.of("out"))
                .node("Mul", "mul", "mul", List.of("relu", "scale"))
                .node("Add", "add", "add", List.of("mul", "out"));
        return graph.node("MatMul", "product", "product", List.of("add", "dense"))
                .output("product");
    }

    @Test
    void graphOfTransposePairs_tellsOfEveryLayer() {
        try (ActivationSource source = open(channelsLast()).on(CHANNELS_FIRST)) {
            assertThat(orders(source))
                    .containsEntry("x", ChannelOrder.LAST)
                    .containsEntry("in", ChannelOrder.FIRST)
                    .containsEntry("conv", ChannelOrder.FIRST)
                    .containsEntry("out", ChannelOrder.LAST)
                    .containsEntry("relu", ChannelOrder.LAST)
                    .containsEntry("mul", ChannelOrder.LAST)
                    .containsEntry("add", ChannelOrder.LAST)
                    .containsEntry("product", ChannelOrder.LAST);
        }
    }

    /** The array is taken as it lies, so only what is behind it tells; the result is that of a mean made by hand. */
    @Test
    void meanOverPositions_isThatOfTheChannels_whereverTheyAre() {
        Map<String, float[]> rows = new LinkedHashMap<>();
        try (ActivationSource source = Reduction.MEAN.of(open(channelsLast()).on(AS_AN_ARRAY), 1)) {
            assertThat(source.layers().get(0).shape()).containsExactly(CHANNELS);
            source.forward(new Batch(0, new int[] {2}), (layer, activation) -> {
                float[] row = new float[Math.toIntExact(activation.columns())];
                activation.readRow(0, row);
                rows.put(source.layers().get(layer).name(), row);
                return CompletableFuture.completedFuture(null);
            });
        }
        float[] image = normal(CHANNELS * HEIGHT * WIDTH, 102);
        for (int channel = 0; channel < CHANNELS; channel++) {
            double sum = 0;
            for (int i = 0; i < HEIGHT * WIDTH; i++) {
                sum += image[channel * HEIGHT * WIDTH + i];
            }
            // A mean of 30 numbers in float64, rounded once.
            assertThat((double) rows.get("x")[channel])
                    .isCloseTo(sum / (HEIGHT * WIDTH), org.assertj.core.api.Assertions.within(1e-7));
        }
        assertThat(rows.get("out")).as("a transposition leaves the means").containsExactly(rows.get("conv"));
        assertThat(rows.get("relu")).hasSize(4);
        assertThat(rows.get("product")).hasSize(7);
    }

    @Test
    void whatLiesBehindAReshape_isNotTold_untilAConvolutionTells() {
        OnnxBuilder graph = new OnnxBuilder()
                .input("x", "N", CHANNELS, HEIGHT, WIDTH)
                .weights("kernel", normal(4 * 2 * 9, 1), 4, 2, 3, 3)
                .integers("shape", 0, 2, 5, 9);
        graph.node("Relu", "before", "before", List.of("x"))
                .node("Reshape", "reshape", "reshape", List.of("before", "shape"))
                .node("Tanh", "tanh", "tanh", List.of("reshape"))
                .node("Conv", "conv", "conv", List.of("tanh", "kernel"))
                .integers("flat", 0, 4, 3, 7)
                .node("Reshape", "again", "again", List.of("conv", "flat"))
                .output("again");
        try (ActivationSource source = open(graph).on(CHANNELS_FIRST)) {
            assertThat(orders(source))
                    .containsEntry("x", ChannelOrder.UNKNOWN)
                    .containsEntry("before", ChannelOrder.UNKNOWN)
                    .containsEntry("reshape", ChannelOrder.FIRST)
                    .containsEntry("tanh", ChannelOrder.FIRST)
                    .containsEntry("conv", ChannelOrder.FIRST)
                    .containsEntry("again", ChannelOrder.UNKNOWN);
        }
    }

    @Test
    void inputGivenChannelsLast_tellsOfWhatIsComputedFromIt() {
        OnnxBuilder graph = new OnnxBuilder()
                .input("x", "N", HEIGHT, WIDTH, CHANNELS)
                .node("Sigmoid", "y", "y", List.of("x"))
                .output("y");
        try (ActivationSource source = open(graph).on(CHANNELS_FIRST)) {
            assertThat(orders(source)).containsValue(ChannelOrder.LAST).doesNotContainValue(ChannelOrder.UNKNOWN);
        }
        try (ActivationSource source = open(graph).on(AS_AN_ARRAY)) {
            assertThat(orders(source))
                    .containsOnly(Map.entry("x", ChannelOrder.UNKNOWN), Map.entry("y", ChannelOrder.UNKNOWN));
        }
    }

    @Test
    void groupNormalizationOfReshapes_hasItsGroupsNowhere_andItsChannelsFirst() {
        OnnxBuilder graph = new OnnxBuilder()
                .input("x", "N", 4, HEIGHT, WIDTH)
                .weights("kernel", normal(4 * 4 * 9, 1), 4, 4, 3, 3)
                .weights("ones", new float[] {1, 1}, 2)
                .weights("zeros", new float[] {0, 0}, 2)
                .weights("scale", normal(4, 2), 4, 1, 1)
                .weights("shift", normal(4, 3), 4, 1, 1)
                .integers("groups", 0, 2, -1)
                .integers("back", 0, 4, HEIGHT, WIDTH)
                .node("Conv", "conv", "conv", List.of("x", "kernel"), OnnxBuilder.ints("pads", 1, 1, 1, 1))
                .node("Reshape", "grouped", "grouped", List.of("conv", "groups"))
                .node("InstanceNormalization", "normal", "normal", List.of("grouped", "ones", "zeros"))
                .node("Reshape", "image", "image", List.of("normal", "back"))
                .node("Mul", "mul", "mul", List.of("image", "scale"))
                .node("Add", "add", "add", List.of("mul", "shift"))
                .node("Conv", "next", "next", List.of("add", "kernel"))
                .output("next");
        Images images = new Images(List.of(4, HEIGHT, WIDTH));

        try (var checkpoint = open(graph);
                ActivationSource source = checkpoint.on(images)) {
            assertThat(orders(source))
                    .containsEntry("conv", ChannelOrder.FIRST)
                    .containsEntry("grouped", ChannelOrder.UNKNOWN)
                    .containsEntry("normal", ChannelOrder.UNKNOWN)
                    .containsEntry("image", ChannelOrder.FIRST)
                    .containsEntry("add", ChannelOrder.FIRST);
        }
    }
}

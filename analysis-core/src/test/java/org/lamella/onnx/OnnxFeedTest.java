package org.lamella.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.lamella.onnx.OnnxExamples.activations;
import static org.lamella.onnx.OnnxExamples.batch;
import static org.lamella.onnx.OnnxExamples.range;

import java.nio.LongBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import onnx.Onnx.TensorProto.DataType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.lamella.LamellaException;
import org.lamella.activation.ActivationSource;
import org.lamella.activation.Layer;
import org.lamella.activation.LeftOut;
import org.lamella.data.Examples;
import org.lamella.data.NamedInputs;

class OnnxFeedTest {
    private static final float[] TABLE = {0, 0, 1, 10, 2, 20, 3, 30};

    private static OnnxModel model(OnnxBuilder builder) {
        return OnnxModel.of("test", builder.model());
    }

    private static ActivationSource on(OnnxModel model, Examples examples) {
        return model.on(examples, model.layers(), "model", 2, Long.MAX_VALUE);
    }

    private static NamedInputs named(Object... namesAndData) {
        Map<String, org.lamella.data.Dataset> inputs = new LinkedHashMap<>();
        for (int i = 0; i < namesAndData.length; i += 2) {
            inputs.put((String) namesAndData[i], (OnnxExamples) namesAndData[i + 1]);
        }
        return new NamedInputs("npz:inputs.npz", inputs);
    }

    /** Rows of a table by index, times a number for each example. */
    private static OnnxBuilder lookup(Object ids) {
        return new OnnxBuilder()
                .input("ids", DataType.INT64, "N", ids)
                .input("scale", "N", 1, 1)
                .weights("table", TABLE, 4, 2)
                .node("Gather", "embedding", "e", List.of("table", "ids"))
                .node("Mul", "scaled", "y", List.of("e", "scale"))
                .output("y");
    }

    @Test
    void forward_ofSeveralInputs_givesEachItsOwn() {
        OnnxModel model = model(lookup(3));
        assertThat(model.layers())
                .containsExactly(
                        new Layer(0, "scale", "Input", List.of(1, 1), 0),
                        new Layer(1, "embedding", "Gather", List.of(3, 2), 8),
                        new Layer(2, "scaled", "Mul", List.of(3, 2), 0));
        assertThat(model.leftOut()).containsExactly(new LeftOut("ids", "Input", "is int64, not floating-point"));

        NamedInputs data = named(
                "scale", new OnnxExamples(List.of(1, 1), new float[][] {{2}, {3}, {5}}),
                "ids", new OnnxExamples(List.of(3), new float[][] {{1, 2, 3}, {0, 0, 1}, {3, 3, 0}}));
        try (ActivationSource source = on(model, data)) {
            List<float[][]> found = activations(source, batch(2, 0));
            assertThat(found.get(0)).isEqualTo(new float[][] {{5}, {2}});
            assertThat(found.get(1)).isEqualTo(new float[][] {{3, 30, 3, 30, 0, 0}, {1, 10, 2, 20, 3, 30}});
            assertThat(found.get(2)).isEqualTo(new float[][] {{15, 150, 15, 150, 0, 0}, {2, 20, 4, 40, 6, 60}});
        }
    }

    @Test
    void on_dataThatLackAnInputOrHaveOneTooMany_namesThem() {
        OnnxModel model = model(lookup(3));
        OnnxExamples ids = new OnnxExamples(List.of(3), new float[2][3]);
        OnnxExamples scale = new OnnxExamples(List.of(1, 1), new float[2][1]);
        assertThatThrownBy(() -> on(model, ids))
                .isInstanceOf(LamellaException.class)
                .hasMessageContaining("takes 2 inputs ('ids' int64, 'scale' float32), and the examples of test:normal");
        assertThatThrownBy(() -> on(model, named("ids", ids)))
                .isInstanceOf(LamellaException.class)
                .hasMessage("npz:inputs.npz: has no array for input 'scale' float32 of test; it has [ids]");
        assertThatThrownBy(() -> on(model, named("ids", ids, "scale", scale, "labels", scale)))
                .isInstanceOf(LamellaException.class)
                .hasMessageContaining("has an array 'labels', which is no input of test");
        assertThatThrownBy(() -> on(model, named("ids", scale, "scale", scale)))
                .isInstanceOf(LamellaException.class)
                .hasMessageContaining("its input 'ids' takes examples of 3, but those of test:normal are 1 x 1");
    }

    @Test
    void inputs_withADefault_areWeights() {
        OnnxModel model = model(new OnnxBuilder()
                .input("x", 2, 1)
                .defaultInput("offset", new float[] {7, 8}, 2, 1)
                .node("Add", "sum", "y", List.of("x", "offset"))
                .output("y"));
        OnnxExamples x = new OnnxExamples(List.of(1), new float[][] {{1}, {2}});
        assertThat(model.layers()).extracting(Layer::name).containsExactly("x", "sum");
        try (ActivationSource source = on(model, x)) {
            assertThat(activations(source, range(0, 2)).get(1)).isEqualTo(new float[][] {{8}, {10}});
        }
        NamedInputs both = named("x", x, "offset", x);
        assertThatThrownBy(() -> on(model, both))
                .isInstanceOf(LamellaException.class)
                .hasMessageContaining("has an array 'offset', which is no input of test; its inputs are 'x' float32");
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE", "FLOAT16", "INT64", "INT32", "INT16", "INT8", "UINT8", "BOOL"})
    void numbers_areCastToTheInputsType(DataType type) {
        OnnxModel model = model(new OnnxBuilder()
                .input("x", type, "N", 3)
                .node("Cast", "float", "y", List.of("x"), OnnxBuilder.integer("to", DataType.FLOAT_VALUE))
                .output("y"));
        float[][] numbers = type == DataType.BOOL ? new float[][] {{0, 1, 1}} : new float[][] {{0, 1, 100}};
        OnnxExamples data = new OnnxExamples(List.of(3), numbers);
        try (ActivationSource source = on(model, data)) {
            List<float[][]> found = activations(source, batch(0, 0));
            boolean floating = OnnxElement.of(type.getNumber()).orElseThrow().isFloating();
            assertThat(found).hasSize(floating ? 2 : 1);
            assertThat(found).allSatisfy(layer -> assertThat(layer).isEqualTo(new float[][] {numbers[0], numbers[0]}));
        }
        if (type != DataType.FLOAT && type != DataType.DOUBLE && type != DataType.FLOAT16) {
            OnnxExamples half = new OnnxExamples(List.of(3), new float[][] {{0, 1, 1}, {0, 0.5f, 1}});
            try (ActivationSource source = on(model, half)) {
                assertThatThrownBy(() -> activations(source, range(0, 2)))
                        .isInstanceOf(LamellaException.class)
                        .hasMessageContaining("example 1 has the value 0.5, which the model's input 'x'");
            }
        }
    }

    @Test
    void wholeNumbers_outsideOfTheirType_areRefused() {
        assertThat(OnnxElement.UINT8.has(255)).isTrue();
        assertThat(OnnxElement.UINT8.has(256)).isFalse();
        assertThat(OnnxElement.UINT8.has(-1)).isFalse();
        assertThat(OnnxElement.INT8.has(-128)).isTrue();
        assertThat(OnnxElement.INT8.has(128)).isFalse();
        assertThat(OnnxElement.INT32.has(2147483648f)).isFalse();
        assertThat(OnnxElement.INT64.has(-9223372036854775808f)).isTrue();
        assertThat(OnnxElement.BOOL.has(2)).isFalse();
        assertThat(OnnxElement.INT64.has(Float.NaN)).isFalse();
        assertThat(OnnxElement.FLOAT64.has(Float.NaN)).isTrue();
    }

    /** Texts of as many words as their number says, padded to the longest of the batch. */
    private static final class Words implements OnnxFeed {
        private final OnnxInput input;

        Words(OnnxGraph graph) {
            input = graph.inputs().get(0);
        }

        @Override
        public int examples() {
            return 12;
        }

        @Override
        public Map<String, List<Integer>> shapes() {
            return Map.of("ids", List.of(-1));
        }

        @Override
        public void read(int[] examples, OnnxBatch into) {
            int longest = 1;
            for (int example : examples) {
                longest = Math.max(longest, example);
            }
            LongBuffer ids = into.take(input, List.of(longest)).asLongBuffer();
            for (int example : examples) {
                for (int word = 0; word < longest; word++) {
                    ids.put(word < example ? 1 + word % 3 : 0);
                }
            }
        }
    }

    @Test
    void lengths_thatChangeFromBatchToBatch_changeTheLayers() {
        OnnxContent content = new OnnxContent.InMemory(
                "test",
                new OnnxBuilder()
                        .input("ids", DataType.INT64, "N", "T")
                        .weights("table", TABLE, 4, 2)
                        .node("Gather", "embedding", "e", List.of("table", "ids"))
                        .node(
                                "ReduceMean",
                                "mean",
                                "m",
                                List.of("e"),
                                OnnxBuilder.ints("axes", 1),
                                OnnxBuilder.integer("keepdims", 0))
                        .output("m")
                        .model()
                        .toByteString()
                        .asReadOnlyByteBuffer());
        OnnxGraph graph = OnnxGraph.read(content);
        OnnxLayers layers =
                OnnxLayers.of(graph, OnnxProbe.of(content, graph).seen().orElseThrow());
        assertThat(layers.layers()).extracting(Layer::shape).containsExactly(List.of(-1, 2), List.of(2));
        // The second time the layers of a batch do not fit at once.
        for (long memory : new long[] {Long.MAX_VALUE, 1200}) {
            OnnxBudget budget = new OnnxBudget(memory, 0, 2);
            try (ActivationSource source = new OnnxSource(
                    new OnnxSource.Setting(content, graph, 0, new Words(graph), budget, Map.of()),
                    "words",
                    layers.layers(),
                    layers.outputs())) {
                assertThat(source.layers()).isEqualTo(layers.layers());
                for (int[] wanted : new int[][] {{3, 1}, {2, 5, 4, 7}, {1}, {7, 2, 2, 2, 2}, {3, 1}}) {
                    List<float[][]> found = activations(source, batch(wanted));
                    int longest = java.util.Arrays.stream(wanted).max().orElseThrow();
                    for (int row = 0; row < wanted.length; row++) {
                        assertThat(found.get(0)[row]).hasSize(2 * longest);
                        float sum = 0;
                        for (int word = 0; word < longest; word++) {
                            float id = word < wanted[row] ? 1 + word % 3 : 0;
                            assertThat(found.get(0)[row][2 * word]).isEqualTo(id);
                            assertThat(found.get(0)[row][2 * word + 1]).isEqualTo(10 * id);
                            sum += id;
                        }
                        assertThat(found.get(1)[row][0])
                                .isCloseTo(sum / longest, org.assertj.core.api.Assertions.within(1e-6f));
                    }
                }
            }
        }
    }
}

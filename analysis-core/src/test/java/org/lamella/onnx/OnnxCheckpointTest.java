package org.lamella.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import onnx.Onnx.TensorProto;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lamella.LamellaException;
import org.lamella.activation.Layer;
import org.lamella.activation.LeftOut;
import org.lamella.model.OnnxCheckpoint;

class OnnxCheckpointTest {
    @TempDir
    Path folder;

    private OnnxCheckpoint open(OnnxBuilder model) {
        return OnnxCheckpoint.open(model.write(folder.resolve("model.onnx")), "model");
    }

    @Test
    void layers_ofConvolutionalNetwork_areNamedShapedAndCounted() {
        OnnxCheckpoint checkpoint = open(new OnnxBuilder()
                .input("image", "N", 3, 8, 8)
                .weights("w", new float[4 * 3 * 3 * 3], 4, 3, 3, 3)
                .weights("b", new float[4], 4)
                .weights("scale", new float[4], 4)
                .weights("offset", new float[4], 4)
                .weights("mean", new float[4], 4)
                .weights("variance", new float[4], 4)
                .weights("dense", new float[4 * 10], 4, 10)
                .node("Conv", "first", "c", List.of("image", "w", "b"), OnnxBuilder.ints("strides", 2, 2))
                .node("BatchNormalization", "norm", "n", List.of("c", "scale", "offset", "mean", "variance"))
                .node("Relu", "", "r", List.of("n"))
                .node("GlobalAveragePool", "pool", "p", List.of("r"))
                .node("Flatten", "flat", "f", List.of("p"))
                .node("MatMul", "classes", "y", List.of("f", "dense"))
                .output("y"));

        assertThat(checkpoint.layers())
                .containsExactly(
                        new Layer(0, "image", "Input", List.of(3, 8, 8), 0),
                        new Layer(1, "first", "Conv", List.of(4, 3, 3), 4 * 27 + 4),
                        // Scale and offset; the running statistics are not trained.
                        new Layer(2, "norm", "BatchNormalization", List.of(4, 3, 3), 8),
                        new Layer(3, "r", "Relu", List.of(4, 3, 3), 0),
                        new Layer(4, "pool", "GlobalAveragePool", List.of(4, 1, 1), 0),
                        new Layer(5, "flat", "Flatten", List.of(4), 0),
                        new Layer(6, "classes", "MatMul", List.of(10), 40));
        assertThat(checkpoint.leftOut()).isEmpty();
        assertThat(checkpoint.format()).isEqualTo("onnx");
        assertThat(checkpoint.name()).isEqualTo("model");
    }

    @Test
    void names_thatAreSharedMissingOrOfSeveralTensors_giveWayToTheTensors() {
        // The runtime refuses two nodes of one name, so that case is read and not run.
        Path file = new OnnxBuilder()
                .input("x", "N", 4)
                .node("Relu", "same", "a", List.of("x"))
                .node("Relu", "same", "b", List.of("a"))
                .node("Split", "halves", List.of("left", "right"), List.of("b"), OnnxBuilder.integer("axis", 1))
                .node("Relu", "left", "c", List.of("left"))
                .node("Relu", "", "d", List.of("right"))
                .node("Dropout", "drop", List.of("e", ""), List.of("d"))
                .node("Relu", "x", "f", List.of("e"))
                .node("Add", "sum", "g", List.of("c", "f"))
                .output("g")
                .write(folder.resolve("names.onnx"));

        assertThat(OnnxGraph.read(new OnnxContent.InFile(file)).taps())
                .extracting(OnnxTap::name)
                .containsExactly("a", "b", "left", "right", "c", "d", "drop", "f", "sum");
    }

    @Test
    void parameters_inConstantsAndBehindTransposes_countOnceWhereTheInputMeetsThem() {
        OnnxCheckpoint checkpoint = open(new OnnxBuilder()
                .input("x", "N", 3)
                .weights("shared", new float[9], 3, 3)
                .weights("half", new float[1])
                .node(
                        "Constant",
                        "",
                        "constant",
                        List.of(),
                        OnnxBuilder.tensor("value", OnnxBuilder.floats(new float[15], 5, 3)))
                .node("Transpose", "", "transposed", List.of("constant"))
                .node("MatMul", "one", "a", List.of("x", "shared"))
                .node("MatMul", "again", "b", List.of("a", "shared"))
                // A number without axes is a setting, not a weight.
                .node("Mul", "scaled", "c", List.of("b", "half"))
                .node("MatMul", "wide", "d", List.of("c", "transposed"))
                .output("d"));

        assertThat(checkpoint.layers()).extracting(Layer::parameters).containsExactly(0L, 9L, 0L, 0L, 15L);
        assertThat(checkpoint.leftOut()).extracting(LeftOut::name).containsExactly("constant", "transposed");
    }

    @Test
    void tensors_thatAreNotActivations_areLeftOutWithTheReason() {
        OnnxCheckpoint checkpoint = open(new OnnxBuilder()
                .input("x", "N", 2, 4)
                .integers("first", 0)
                .integers("rest", -1)
                .weights("limit", new float[] {0})
                .node("Shape", "lengths", "s", List.of("x"))
                .node("Gather", "count", "n", List.of("s", "first"))
                .node("Concat", "target", "t", List.of("n", "rest"), OnnxBuilder.integer("axis", 0))
                .node("Reshape", "flat", "f", List.of("x", "t"))
                .node("ConstantOfShape", "state", "z", List.of("s"))
                .node("Greater", "mask", "m", List.of("f", "limit"))
                .node("ArgMax", "class", "k", List.of("f"), OnnxBuilder.integer("axis", 1))
                .node("Transpose", "turned", "u", List.of("x"), OnnxBuilder.ints("perm", 1, 0, 2))
                .node("ReduceMean", "whole", "w", List.of("x"), OnnxBuilder.ints("axes", 0))
                .node("Cast", "wide", "d", List.of("f"), OnnxBuilder.integer("to", TensorProto.DataType.DOUBLE_VALUE))
                .output("f"));

        assertThat(checkpoint.layers()).extracting(Layer::name).containsExactly("x", "flat", "wide");
        assertThat(checkpoint.leftOut())
                .containsExactly(
                        new LeftOut("lengths", "Shape", "does not depend on the input's values"),
                        new LeftOut("count", "Gather", "does not depend on the input's values"),
                        new LeftOut("target", "Concat", "does not depend on the input's values"),
                        new LeftOut("state", "ConstantOfShape", "does not depend on the input's values"),
                        new LeftOut("mask", "Greater", "is bool, not floating-point"),
                        new LeftOut("class", "ArgMax", "is int64, not floating-point"),
                        new LeftOut(
                                "turned",
                                "Transpose",
                                "its first axis is not the batch: [2, 2, 4] for 2 examples, [2, 3, 4] for 3"),
                        new LeftOut(
                                "whole",
                                "ReduceMean",
                                "its first axis is not the batch: [1, 2, 4] for 2 examples, [1, 2, 4] for 3"));
    }

    @Test
    void innerGraph_ofBranch_isNamedAsNotLookedInto() {
        OnnxBuilder then = new OnnxBuilder()
                .node("Relu", "", "inner", List.of("a"))
                .node("Neg", "", "yes", List.of("inner"))
                .output("yes");
        OnnxBuilder otherwise =
                new OnnxBuilder().node("Identity", "", "no", List.of("a")).output("no");
        OnnxCheckpoint checkpoint = open(new OnnxBuilder()
                .input("x", "N", 2)
                .weights("zero", new float[] {0})
                .node("Relu", "before", "a", List.of("x"))
                .node("ReduceSum", "sum", "total", List.of("a"), OnnxBuilder.integer("keepdims", 0))
                .node("Greater", "test", "condition", List.of("total", "zero"))
                .node(
                        "If",
                        "branch",
                        "b",
                        List.of("condition"),
                        OnnxBuilder.inner("then_branch", then),
                        OnnxBuilder.inner("else_branch", otherwise))
                .output("b"));

        assertThat(checkpoint.layers()).extracting(Layer::name).containsExactly("x", "before", "branch");
        assertThat(checkpoint.leftOut())
                .contains(new LeftOut("branch", "If", "the 3 nodes of its inner graphs are not looked into"));
    }

    @Test
    void openLengths_ofImages_areOpenInTheLayersToo() {
        OnnxCheckpoint checkpoint = open(new OnnxBuilder()
                .input("x", "N", 3, "H", "W")
                .weights("w", new float[2 * 3], 2, 3, 1, 1)
                .node("Conv", "conv", "c", List.of("x", "w"))
                .node("GlobalAveragePool", "pool", "p", List.of("c"))
                .output("p"));

        assertThat(checkpoint.layers())
                .extracting(Layer::shape)
                .containsExactly(List.of(3, -1, -1), List.of(2, -1, -1), List.of(2, 1, 1));
    }

    @Test
    void batch_declaredOpenButFixedByAReshape_isServedOneByOne() {
        OnnxCheckpoint checkpoint = open(new OnnxBuilder()
                .input("x", "N", 6)
                .integers("shape", 1, 2, 3)
                .weights("w", new float[] {1, 2, 3, 4, 5, 6}, 1, 2, 3)
                .node("Reshape", "folded", "f", List.of("x", "shape"))
                .node("Mul", "scaled", "y", List.of("f", "w"))
                .output("y"));

        assertThat(checkpoint.layers()).extracting(Layer::name).containsExactly("x", "folded", "scaled");
        OnnxExamples data = OnnxExamples.normal(5, 1, 6);
        try (var source = checkpoint.on(data)) {
            float[][] scaled =
                    OnnxExamples.activations(source, OnnxExamples.range(0, 5)).get(2);
            for (int example = 0; example < 5; example++) {
                for (int i = 0; i < 6; i++) {
                    assertThat(scaled[example][i]).isEqualTo(data.values()[example][i] * (i + 1));
                }
            }
        }
    }

    @Test
    void weights_inAFileBesideTheModel_areFound() throws IOException {
        java.nio.ByteBuffer weights = java.nio.ByteBuffer.allocate(8).order(java.nio.ByteOrder.LITTLE_ENDIAN);
        Files.write(
                folder.resolve("model.data"), weights.putFloat(2).putFloat(3).array());
        OnnxBuilder model = new OnnxBuilder()
                .input("x", "N", 2)
                .externalWeights("w", "model.data", 2)
                .node("Mul", "scaled", "y", List.of("x", "w"))
                .output("y");
        OnnxCheckpoint checkpoint = open(model);

        assertThat(checkpoint.layers().get(1).parameters()).isEqualTo(2);
        assertThat(checkpoint.files())
                .extracting(file -> file.getFileName().toString())
                .containsExactly("model.onnx", "model.data");
        try (var source = checkpoint.on(new OnnxExamples(List.of(2), new float[][] {{5, 7}}))) {
            assertThat(OnnxExamples.activations(source, OnnxExamples.batch(0)).get(1)[0])
                    .containsExactly(10, 21);
        }
        Files.delete(folder.resolve("model.data"));
        assertOneLine(() -> open(model), "model.onnx", "ONNX Runtime cannot open it", "model.data");
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.02, 0.1, 0.5, 0.9, 0.999})
    void open_ofAFileCutShort_saysSo(double part) throws IOException {
        Path whole = OnnxResnet.write(new OnnxResnet.Plan(8, 1, 8, 3, 10, 1), folder.resolve("whole.onnx"));
        byte[] bytes = Files.readAllBytes(whole);
        Path cut = Files.write(folder.resolve("cut.onnx"), Arrays.copyOf(bytes, (int) (bytes.length * part)));

        assertOneLine(() -> OnnxCheckpoint.open(cut, "cut"), "cut.onnx", "is not an ONNX model, or is cut short");
    }

    @Test
    void open_ofWhatIsNotAModel_saysSo() throws IOException {
        Path empty = Files.write(folder.resolve("empty.onnx"), new byte[0]);
        assertOneLine(() -> OnnxCheckpoint.open(empty, "empty"), "empty.onnx", "holds no graph");

        byte[] noise = new byte[10_000];
        new Random(1).nextBytes(noise);
        Path garbage = Files.write(folder.resolve("garbage.onnx"), noise);
        assertOneLine(() -> OnnxCheckpoint.open(garbage, "garbage"), "garbage.onnx", "is not an ONNX model");

        Path text = Files.writeString(folder.resolve("text.onnx"), "model: resnet\n", StandardCharsets.UTF_8);
        assertOneLine(() -> OnnxCheckpoint.open(text, "text"), "text.onnx", "is not an ONNX model");

        assertOneLine(() -> OnnxCheckpoint.open(folder.resolve("none.onnx"), "none"), "none.onnx", "no such file");
        assertOneLine(() -> OnnxCheckpoint.open(folder, "folder"), folder.toString(), "cannot be read");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    NoSuchOperator | x | ONNX Runtime cannot open it
                    Relu           | q | ONNX Runtime cannot open it
                    """)
    void open_ofAGraphThatTheRuntimeRefuses_givesItsReason(String operator, String input, String reason) {
        OnnxBuilder model = new OnnxBuilder()
                .input("x", "N", 2)
                .node(operator, "bad", "y", List.of(input))
                .output("y");
        assertOneLine(() -> open(model), "model.onnx", reason);
    }

    @Test
    void open_ofAGraphThatFailsOnItsDeclaredInput_listsItAndSaysWhyItCannotRun() {
        OnnxCheckpoint checkpoint = open(new OnnxBuilder()
                .input("x", "N", "F")
                .weights("w", new float[7 * 3], 7, 3)
                .node("MatMul", "dense", "y", List.of("x", "w"))
                .output("y"));
        assertThat(checkpoint.layers())
                .containsExactly(
                        new Layer(0, "x", "Input", List.of(-1), 0), new Layer(1, "dense", "MatMul", List.of(-1), 21));
        assertThat(checkpoint.obstacle())
                .hasValueSatisfying(obstacle -> assertThat(obstacle)
                        .startsWith("does not run on zeros of 2 x 32: ")
                        .contains("dense"));
        assertOneLine(
                () -> checkpoint.on(OnnxExamples.normal(5, 1, 7)),
                "model.onnx",
                "cannot be run: does not run on zeros");
    }

    @Test
    void inputs_thatAreNoExamples_areLeftOutAndCannotBeFed() {
        OnnxCheckpoint checkpoint = open(new OnnxBuilder()
                .input("x", "N", 2)
                .input("rate")
                .input("state", 4, "N")
                .node("Mul", "scaled", "y", List.of("x", "rate"))
                .node("Relu", "hold", "s", List.of("state"))
                .output("y"));
        assertThat(checkpoint.layers()).extracting(Layer::name).containsExactly("x", "scaled");
        assertThat(checkpoint.leftOut())
                .contains(
                        new LeftOut("rate", "Input", "its first axis is not the batch"),
                        new LeftOut("state", "Input", "its first axis is not the batch"));
        assertThat(checkpoint.obstacle()).isEmpty();
        assertOneLine(
                () -> checkpoint.on(OnnxExamples.normal(5, 1, 2)),
                "its input 'rate' float32 does not have the examples along its first axis");
    }

    @Test
    void inputs_thatCannotBeFed_areTheObstacle() {
        OnnxBuilder words = new OnnxBuilder()
                .input("words", TensorProto.DataType.STRING, "N")
                .node("Identity", "same", "y", List.of("words"))
                .output("y");
        assertThat(open(words).obstacle()).hasValue("its input 'words' is string, which is not read");

        OnnxBuilder unshaped = new OnnxBuilder()
                .inputWithoutShape("x")
                .node("Relu", "", "y", List.of("x"))
                .output("y");
        assertThat(open(unshaped).obstacle())
                .hasValueSatisfying(text -> assertThat(text).startsWith("its input 'x' has no declared axes"));
        assertOneLine(() -> open(unshaped).on(OnnxExamples.normal(5, 1, 2)), "cannot be run: its input 'x' has no");
    }

    @Test
    void graph_withoutAnyLayer_isOpenedAndCannotBeRun() {
        OnnxCheckpoint checkpoint = open(new OnnxBuilder()
                .input("ids", TensorProto.DataType.INT64, "N", 2)
                .node("Neg", "negative", "y", List.of("ids"))
                .output("y"));
        assertThat(checkpoint.layers()).isEmpty();
        assertThat(checkpoint.leftOut())
                .containsExactly(
                        new LeftOut("ids", "Input", "is int64, not floating-point"),
                        new LeftOut("negative", "Neg", "is int64, not floating-point"));
        assertOneLine(() -> checkpoint.on(OnnxExamples.normal(5, 1, 2)), "has no layer to look at", "inspect --all");
    }

    @Test
    void indices_outOfRangeOfZeros_areTriedWithOnes() {
        OnnxCheckpoint checkpoint = open(new OnnxBuilder()
                .input("x", "N", 4)
                .input("sizes", TensorProto.DataType.INT64, 2)
                .node("Reshape", "folded", "y", List.of("x", "sizes"))
                .node("Relu", "late", "z", List.of("x"))
                .output("y"));
        // No reshape of 2 x 4 has ones only, and zeros keep the shape as it is.
        assertThat(checkpoint.obstacle()).isEmpty();
        assertThat(checkpoint.layers()).extracting(Layer::name).containsExactly("x", "folded", "late");

        OnnxCheckpoint step = open(new OnnxBuilder()
                .input("x", "N", 4)
                .input("step", TensorProto.DataType.INT64, 1)
                .integers("start", 0)
                .integers("end", 4)
                .integers("axis", 1)
                .node("Slice", "every", "y", List.of("x", "start", "end", "axis", "step"))
                .output("y"));
        assertThat(step.obstacle()).isEmpty();
    }

    @Test
    void innerGraph_ofLoop_isNamedAsNotLookedInto() {
        OnnxBuilder body = new OnnxBuilder()
                .input("step", TensorProto.DataType.INT64)
                .input("go", TensorProto.DataType.BOOL)
                .input("carried", "N", 2)
                .node("Identity", "", "again", List.of("go"))
                .node("Add", "", "grown", List.of("carried", "a"))
                .output("again")
                .output("grown");
        OnnxCheckpoint checkpoint = open(new OnnxBuilder()
                .input("x", "N", 2)
                .integers("times", 3)
                .node("Relu", "before", "a", List.of("x"))
                .node("Loop", "loop", "b", List.of("times", "", "a"), OnnxBuilder.inner("body", body))
                .node("Relu", "after", "c", List.of("b"))
                .output("c"));
        assertThat(checkpoint.layers()).extracting(Layer::name).containsExactly("x", "before", "loop", "after");
        assertThat(checkpoint.leftOut())
                .containsExactly(new LeftOut("loop", "Loop", "the 2 nodes of its inner graphs are not looked into"));
        OnnxExamples data = new OnnxExamples(List.of(2), new float[][] {{1, -1}});
        try (var source = checkpoint.on(data)) {
            assertThat(OnnxExamples.activations(source, OnnxExamples.batch(0)).get(2)[0])
                    .containsExactly(4, 0);
        }
    }

    private static void assertOneLine(org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String... parts) {
        assertThatThrownBy(call)
                .isInstanceOf(LamellaException.class)
                .message()
                .contains(parts)
                .doesNotContain("\n")
                .hasSizeLessThan(700);
    }

    @ParameterizedTest
    @ValueSource(strings = {"../weights.bin", "/dev/zero", "a/../../weights.bin", ""})
    void weights_outsideTheModelsFolder_areRefused(String location) throws IOException {
        Path file = folder.resolve("outside.onnx");
        new OnnxBuilder()
                .input("x", 1, 4)
                .externalWeights("w", location, 4, 4)
                .node("MatMul", "m", "y", List.of("x", "w"))
                .output("y")
                .write(file);
        assertThatThrownBy(() -> OnnxGraph.read(new OnnxContent.InFile(file)))
                .isInstanceOf(LamellaException.class)
                .hasMessageContainingAll("outside.onnx", "'" + location + "'", "own folder");
    }
}

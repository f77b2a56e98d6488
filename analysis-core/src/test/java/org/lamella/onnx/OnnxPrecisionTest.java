package org.lamella.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.lamella.onnx.OnnxExamples.activations;
import static org.lamella.onnx.OnnxExamples.range;

import java.util.List;
import onnx.Onnx.TensorProto.DataType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lamella.activation.ActivationSource;
import org.lamella.activation.Layer;
import org.lamella.activation.LeftOut;

/** Tensors that are not float32: other floating-point types, and the whole numbers of quantised models. */
class OnnxPrecisionTest {
    private static List<float[][]> run(OnnxModel model, OnnxExamples data) {
        try (ActivationSource source = model.on(data, model.layers(), "model", 1, Long.MAX_VALUE)) {
            return activations(source, range(0, data.size()));
        }
    }

    /** Bits of precision: 11, 8 and 53; the input has 24. */
    @ParameterizedTest
    @CsvSource({"FLOAT16, 5e-4", "BFLOAT16, 4e-3", "DOUBLE, 1e-7"})
    void tensors_ofOtherPrecision_areLayersAsFloat32UnderTheirNames(DataType type, float relative) {
        OnnxModel model = OnnxModel.of(
                "test",
                new OnnxBuilder()
                        .input("x", "N", 3)
                        .node("Cast", "narrow", "h", List.of("x"), OnnxBuilder.integer("to", type.getNumber()))
                        .node("Identity", "same", "s", List.of("h"))
                        .node("Cast", "wide", "y", List.of("s"), OnnxBuilder.integer("to", DataType.FLOAT_VALUE))
                        .output("y")
                        .model());
        assertThat(model.layers())
                .containsExactly(
                        new Layer(0, "x", "Input", List.of(3), 0),
                        new Layer(1, "narrow", "Cast", List.of(3), 0),
                        new Layer(2, "same", "Identity", List.of(3), 0),
                        new Layer(3, "wide", "Cast", List.of(3), 0));
        OnnxExamples data = OnnxExamples.normal(5, 3, 3);
        for (float[][] layer : run(model, data)) {
            for (int row = 0; row < 5; row++) {
                for (int i = 0; i < 3; i++) {
                    float value = data.values()[row][i];
                    assertThat(layer[row][i]).isCloseTo(value, within(Math.abs(value) * relative));
                }
            }
        }
    }

    /** Quantised and dequantised tensors: the floats between are layers, rounded to steps of a half. */
    @Test
    void quantizeDequantize_givesTheFloatsAsLayers() {
        OnnxModel model = OnnxModel.of(
                "test",
                new OnnxBuilder()
                        .input("x", "N", 2)
                        .weights("step", new float[] {0.5f})
                        .bytes("zero", DataType.INT8, new int[] {3})
                        .bytes("w8", DataType.INT8, new int[] {4, -2, 6, 8}, 2, 2)
                        .bytes("none", DataType.INT8, new int[] {0})
                        .node("QuantizeLinear", "quantize", "q", List.of("x", "step", "zero"))
                        .node("DequantizeLinear", "dequantize", "d", List.of("q", "step", "zero"))
                        .node("DequantizeLinear", "weights", "w", List.of("w8", "step", "none"))
                        .node("MatMul", "dense", "y", List.of("d", "w"))
                        .output("y")
                        .model());
        assertThat(model.layers())
                .containsExactly(
                        new Layer(0, "x", "Input", List.of(2), 0),
                        new Layer(1, "dequantize", "DequantizeLinear", List.of(2), 0),
                        new Layer(2, "dense", "MatMul", List.of(2), 4));
        assertThat(model.leftOut())
                .containsExactly(
                        new LeftOut("quantize", "QuantizeLinear", "is int8, not floating-point"),
                        new LeftOut("weights", "DequantizeLinear", "does not depend on the input's values"));
        OnnxExamples data = new OnnxExamples(List.of(2), new float[][] {{1.1f, -2.2f}, {0.3f, 100}});
        List<float[][]> found = run(model, data);
        // 100 is 200 steps, and with the zero of 3 the largest is 124.
        assertThat(found.get(1)).isEqualTo(new float[][] {{1, -2}, {0.5f, 62}});
        assertThat(found.get(2)).isEqualTo(new float[][] {{2 - 6, -1 - 8}, {1 + 186, -0.5f + 248}});
    }

    /** The form of dynamically quantised transformers. */
    @Test
    void matMulInteger_countsItsWeightsAtTheFloatsThatFollow() {
        OnnxModel model = OnnxModel.of(
                "test",
                new OnnxBuilder()
                        .input("x", "N", 2)
                        .bytes("w", DataType.INT8, new int[] {1, 2, 3, -4, 5, -6}, 2, 3)
                        .bytes("none", DataType.INT8, new int[] {0})
                        .weights("step", new float[] {0.25f})
                        .node("DynamicQuantizeLinear", "quantize", List.of("q", "s", "z"), List.of("x"))
                        .node("MatMulInteger", "product", "p", List.of("q", "w", "z", "none"))
                        .node("Cast", "cast", "c", List.of("p"), OnnxBuilder.integer("to", DataType.FLOAT_VALUE))
                        .node("Mul", "scale", "t", List.of("s", "step"))
                        .node("Mul", "dense", "y", List.of("c", "t"))
                        .output("y")
                        .model());
        assertThat(model.layers())
                .containsExactly(
                        new Layer(0, "x", "Input", List.of(2), 0),
                        new Layer(1, "cast", "Cast", List.of(3), 6),
                        new Layer(2, "dense", "Mul", List.of(3), 0));
        assertThat(model.leftOut())
                .extracting(LeftOut::name, LeftOut::kind)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("q", "DynamicQuantizeLinear"),
                        org.assertj.core.groups.Tuple.tuple("s", "DynamicQuantizeLinear"),
                        org.assertj.core.groups.Tuple.tuple("z", "DynamicQuantizeLinear"),
                        org.assertj.core.groups.Tuple.tuple("product", "MatMulInteger"),
                        org.assertj.core.groups.Tuple.tuple("scale", "Mul"));
        // Each example is quantised by itself: up to 255 the steps are 1 and the zero is 0.
        OnnxExamples data = new OnnxExamples(List.of(2), new float[][] {{0, 255}, {255, 9}});
        List<float[][]> found = run(model, data);
        assertThat(found.get(1)).isEqualTo(new float[][] {{-1020, 1275, -1530}, {255 - 36, 510 + 45, 765 - 54}});
        assertThat(found.get(2)[1]).containsExactly(new float[] {219 / 4f, 555 / 4f, 711 / 4f}, within(1e-4f));
    }

    @Test
    void convInteger_countsItsWeightsAtTheFloatsThatFollow() {
        OnnxModel model = OnnxModel.of(
                "test",
                new OnnxBuilder()
                        .input("x", DataType.UINT8, "N", 1, 2, 2)
                        .bytes("w", DataType.UINT8, new int[] {1, 2, 3, 4}, 1, 1, 2, 2)
                        .node("ConvInteger", "conv", "c", List.of("x", "w"))
                        .node("Cast", "floats", "y", List.of("c"), OnnxBuilder.integer("to", DataType.FLOAT_VALUE))
                        .output("y")
                        .model());
        assertThat(model.layers()).containsExactly(new Layer(0, "floats", "Cast", List.of(1, 1, 1), 4));
        OnnxExamples data = new OnnxExamples(List.of(1, 2, 2), new float[][] {{1, 10, 100, 200}});
        assertThat(run(model, data).get(0)).isEqualTo(new float[][] {{1 + 20 + 300 + 800}});
    }
}

package org.lamella.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lamella.LamellaException;

class OnnxInputTest {
    private static List<Integer> shape(String lengths) {
        return Arrays.stream(lengths.split("x")).map(Integer::valueOf).toList();
    }

    private static OnnxInput input(String declared) {
        return new OnnxInput("x", "float32", OnnxElement.FLOAT32, 0, shape(declared));
    }

    @ParameterizedTest
    @CsvSource({
        // as it is
        "3x32x32, 3x32x32, 3x32x32, false",
        "3x-1x-1, 3x32x40, 3x32x40, false",
        "-1x-1x-1, 3x32x32, 3x32x32, false",
        "3x3x3, 3x3x3, 3x3x3, false",
        "784, 784, 784, false",
        // axes of length one
        "28x28, 1x28x28, 28x28, false",
        "1x28x28, 28x28, 1x28x28, false",
        "12x1x1, 12, 12x1x1, false",
        // declared flat
        "784, 1x28x28, 784, false",
        "-1, 3x32x32, 3072, false",
        // channels last
        "32x40x3, 3x32x40, 32x40x3, true",
        "-1x-1x3, 3x32x40, 32x40x3, true",
        "28x28x1, 1x28x28, 28x28x1, true",
    })
    void feed_ofDataThatFit_hasTheShapeTheGraphTakes(String declared, String given, String fed, boolean moved) {
        TensorColumn feed = input(declared).feed(new OnnxExamples(shape(given), new float[1][]), "m.onnx");
        assertThat(feed.shape()).isEqualTo(shape(fed));
        assertThat(feed.channelsLast()).isEqualTo(moved);
    }

    @ParameterizedTest
    @CsvSource({
        "3x32x32, 1x28x28, 3 x 32 x 32, 1 x 28 x 28",
        "3x32x32, 3072, 3 x 32 x 32, 3072",
        // Images whose channels are last already, for a graph that wants them first.
        "3x32x40, 32x40x3, 3 x 32 x 40, 32 x 40 x 3",
        // Height and width in the other order.
        "40x32x3, 3x32x40, 40 x 32 x 3, 3 x 32 x 40",
        "3x-1x-1, 1x28x28, 3 x ? x ?, 1 x 28 x 28",
        "10, 3x2, 10, 3 x 2",
    })
    void feed_ofDataThatDoNotFit_givesBothShapes(String declared, String given, String wants, String has) {
        OnnxInput input = input(declared);
        assertThatThrownBy(() -> input.feed(new OnnxExamples(shape(given), new float[1][]), "m.onnx"))
                .isInstanceOf(LamellaException.class)
                .hasMessage("m.onnx: its input 'x' takes examples of " + wants + ", but those of test:normal are " + has
                        + "; give data of the model's shape");
    }
}

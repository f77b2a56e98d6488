package org.lamella.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lamella.activation.ActivationSource;
import org.lamella.activation.Layer;
import org.lamella.model.OnnxCheckpoint;

class OnnxResnetTest {
    @TempDir
    Path folder;

    /** The counts of trainable parameters are those of the published code of Nguyen, Raghu and Kornblith (2021). */
    @ParameterizedTest
    @CsvSource({"14, 1, 51, 175626", "20, 1, 72, 273066", "56, 1, 198, 857706", "14, 2, 51, 697354"})
    void checkpoint_ofTheFamily_hasThePapersLayersAndParameters(int depth, int width, int layers, long parameters) {
        OnnxResnet.Plan plan = OnnxResnet.Plan.cifar(depth, width, 1);
        Path file = OnnxResnet.write(plan, folder.resolve("resnet.onnx"));
        List<Layer> found = OnnxCheckpoint.open(file, "resnet").layers();

        assertThat(found).hasSize(layers).hasSize(plan.layers());
        assertThat(found.stream().mapToLong(Layer::parameters).sum()).isEqualTo(parameters);
        assertThat(found).extracting(Layer::name).contains("image", "stage2.block1.projection", "stage3.block2.conv1");
    }

    @Test
    void activations_keepTheirScaleFromInputToLogits() {
        Path file = OnnxResnet.write(new OnnxResnet.Plan(26, 1, 16, 1, 10, 7), folder.resolve("resnet.onnx"));
        OnnxExamples data = OnnxExamples.normal(16, 1, 1, 16, 16);
        try (ActivationSource source = OnnxCheckpoint.open(file, "resnet").on(data)) {
            for (float[][] layer : OnnxExamples.activations(source, OnnxExamples.range(0, 16))) {
                double squares = 0;
                for (float[] row : layer) {
                    for (float value : row) {
                        squares += (double) value * value;
                    }
                }
                double rootMeanSquare = Math.sqrt(squares / layer.length / layer[0].length);
                assertThat(rootMeanSquare).isBetween(0.1, 10.0);
            }
        }
    }
}

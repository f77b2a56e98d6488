package org.lamella.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import onnx.Onnx.GraphProto;
import onnx.Onnx.ModelProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.OperatorSetIdProto;
import onnx.Onnx.TypeProto;
import onnx.Onnx.ValueInfoProto;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lamella.LamellaException;
import org.lamella.activation.LayerSelection;
import org.lamella.activation.Reduction;
import org.lamella.array.NpzWriter;
import org.lamella.data.DataSource;
import org.lamella.data.Datasets;
import org.lamella.data.Normalization;
import org.lamella.data.Preparation;
import org.lamella.data.Resize;
import org.lamella.model.Checkpoints;
import org.lamella.model.Model;
import org.lamella.similarity.Cka;
import org.lamella.similarity.Estimator;

/** Models of different inputs in one run. */
class RunDataTest {
    @TempDir
    Path folder;

    private final List<String> warnings = new ArrayList<>();

    /** A model that gives the positive part of its images. */
    private Model relu(String name, int side) throws IOException {
        var shape = onnx.Onnx.TensorShapeProto.newBuilder();
        shape.addDim(onnx.Onnx.TensorShapeProto.Dimension.newBuilder().setDimParam("N"));
        for (int length : new int[] {1, side, side}) {
            shape.addDim(onnx.Onnx.TensorShapeProto.Dimension.newBuilder().setDimValue(length));
        }
        var type = TypeProto.newBuilder()
                .setTensorType(TypeProto.Tensor.newBuilder().setElemType(1).setShape(shape));
        var graph = GraphProto.newBuilder()
                .setName("g")
                .addInput(ValueInfoProto.newBuilder().setName("image").setType(type))
                .addNode(NodeProto.newBuilder()
                        .setOpType("Relu")
                        .setName("relu")
                        .addInput("image")
                        .addOutput("positive"))
                .addOutput(ValueInfoProto.newBuilder().setName("positive").setType(type));
        var model = ModelProto.newBuilder()
                .setIrVersion(8)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
                .setGraph(graph);
        Path file = folder.resolve(name + ".onnx");
        Files.write(file, model.build().toByteArray());
        return Checkpoints.openNamed(file.toString());
    }

    /** Sixteen images of 8 x 8, with labels counting from a number. */
    private DataSource data(String name, int firstLabel) throws IOException {
        Path file = folder.resolve(name);
        try (var npz = new NpzWriter(Files.newOutputStream(file))) {
            npz.add("x", new Random(1).doubles(16 * 64).toArray(), 16, 1, 8, 8);
            npz.add("y", IntStream.range(0, 16).mapToLong(i -> i + firstLabel).toArray(), 16);
        }
        return Datasets.open("npz:" + file);
    }

    private RunResult run(RunData data, String out, boolean resume, Model... models) {
        var listener = new CkaRun.Listener() {
            @Override
            public void warning(String text) {
                warnings.add(text);
            }
        };
        return CkaRun.execute(
                new CkaRun.Request(
                        List.of(models),
                        data,
                        LayerSelection.all(),
                        Reduction.FLATTEN,
                        new Cka.Options(Estimator.UNBIASED, 8, 1, 0, 0, 2),
                        folder.resolve(out),
                        resume,
                        "lamella cka"),
                listener);
    }

    @Test
    void execute_modelsOfDifferentSizes_getTheExamplesPreparedForEach() throws IOException {
        RunData data = RunData.of(data("x.npz", 0))
                .preparedFor("small", Preparation.none().resized(Resize.shorterSide(4)))
                .preparedFor("large", Preparation.none().normalized(new Normalization(List.of(0.5), List.of(0.5))));
        RunResult result = run(data, "run", false, relu("large", 8), relu("small", 4));
        var json = new ObjectMapper().readTree(folder.resolve("run/run.json").toFile());
        assertThat(json.at("/models/0/preparation").textValue()).isEqualTo("mean [0.5], std [0.5]");
        assertThat(json.at("/models/1/preparation").textValue()).isEqualTo("shorter side 4, centre crop 4 x 4");
        assertThat(json.at("/models/0").has("data")).isFalse();
        assertThat(json.at("/examples/sha256").textValue()).hasSize(64);
        assertThat(result.cka().rows().get(2).layer().shape()).containsExactly(1, 4, 4);
        // All numbers of the small model are positive: its relu is its input.
        assertThat(result.cka().value(3, 2)).isEqualTo(1, org.assertj.core.api.Assertions.within(1e-6));
        assertThat(result.cka().value(1, 0)).isLessThan(0.99);
    }

    @Test
    void execute_resumedOrMergedWithAnotherPreparation_isRefused() throws IOException {
        Model model = relu("net", 4);
        RunData halved =
                RunData.of(data("x.npz", 0)).prepared(Preparation.none().resized(Resize.shorterSide(4)));
        RunData stretched = halved.preparedFor("net", Preparation.none().resized(Resize.exactly(4, 4)));
        run(halved, "one", false, model);
        assertThatThrownBy(() -> run(stretched, "one", true, model))
                .isInstanceOf(LamellaException.class)
                .hasMessageContaining("data with shorter side 4, centre crop 4 x 4 instead of with resized to 4 x 4");
        run(halved, "one", true, model);
        RunData others = stretched.from("net", data("others.npz", 0));
        run(others, "two", false, model);
        assertThatThrownBy(() -> Merge.execute(
                        List.of(folder.resolve("one"), folder.resolve("two")),
                        folder.resolve("both"),
                        "lamella merge",
                        new CkaRun.Listener() {}))
                .isInstanceOf(LamellaException.class)
                .hasMessageContaining("data with resized to 4 x 4");
    }

    @Test
    void execute_examplesInAnotherForm_mustBeTheSame() throws IOException {
        Model a = relu("a", 8);
        Model b = relu("b", 8);
        RunData data = RunData.of(data("x.npz", 0));
        run(data.from("b", data("same.npz", 0)), "same", false, a, b);
        var json = new ObjectMapper().readTree(folder.resolve("same/run.json").toFile());
        assertThat(json.at("/models/1/data/source").textValue()).endsWith("same.npz");
        assertThatThrownBy(() -> run(data.from("b", data("other.npz", 1)), "other", false, a, b))
                .isInstanceOf(LamellaException.class)
                .hasMessageContaining("model 'b': has label 1 for example 0 and model 'a' has label 0");
        assertThat(folder.resolve("other")).doesNotExist();
    }

    @Test
    void execute_preparationForAnUnknownModel_namesThoseThereAre() throws IOException {
        RunData data = RunData.of(data("x.npz", 0)).preparedFor("c", Preparation.none());
        assertThatThrownBy(() -> run(data, "run", false, relu("a", 8), relu("b", 8)))
                .isInstanceOf(LamellaException.class)
                .hasMessageContaining("--for c")
                .hasMessageContaining("[a, b]");
    }

    @Test
    void execute_imagesOfAnotherSize_becomeTheModels() throws IOException {
        Path images = Files.createDirectory(folder.resolve("images"));
        var random = new Random(2);
        for (int i = 0; i < 8; i++) {
            var image = new java.awt.image.BufferedImage(9 + i, 12, java.awt.image.BufferedImage.TYPE_BYTE_GRAY);
            for (int x = 0; x < 9; x++) {
                image.getRaster().setSample(x, 5, 0, random.nextInt(256));
            }
            javax.imageio.ImageIO.write(image, "png", images.resolve(i + ".png").toFile());
        }
        run(RunData.of(Datasets.open("images:" + images)), "run", false, relu("net", 4));
        assertThat(warnings)
                .anyMatch(line -> line.startsWith("model 'net': the images of images:")
                        && line.endsWith("shorter side 4, centre crop 4 x 4 (--resize says otherwise)"));
    }
}

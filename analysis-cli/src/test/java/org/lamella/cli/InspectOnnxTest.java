package org.lamella.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import onnx.Onnx.GraphProto;
import onnx.Onnx.ModelProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.OperatorSetIdProto;
import onnx.Onnx.TensorProto.DataType;
import onnx.Onnx.TensorShapeProto;
import onnx.Onnx.TypeProto;
import onnx.Onnx.ValueInfoProto;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code inspect} says of graphs that have no layers, or do not run. */
class InspectOnnxTest {
    @TempDir
    Path folder;

    private static String inspect(Object... arguments) {
        var out = new StringWriter();
        var err = new StringWriter();
        int status = Main.run(
                new PrintWriter(out, true),
                new PrintWriter(err, true),
                Arrays.stream(arguments).map(Object::toString).toArray(String[]::new));
        assertThat(err.toString()).isEmpty();
        assertThat(status).isZero();
        return out.toString();
    }

    /** A graph of one node; without lengths its input has no declared axes. */
    private Path graph(DataType type, long... lengths) throws IOException {
        TypeProto.Tensor.Builder tensor = TypeProto.Tensor.newBuilder().setElemType(type.getNumber());
        if (lengths.length > 0) {
            TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
            Arrays.stream(lengths)
                    .forEach(length ->
                            shape.addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(length)));
            tensor.setShape(shape);
        }
        GraphProto.Builder graph = GraphProto.newBuilder()
                .addInput(ValueInfoProto.newBuilder()
                        .setName("x")
                        .setType(TypeProto.newBuilder().setTensorType(tensor)))
                .addNode(NodeProto.newBuilder()
                        .setOpType("Neg")
                        .setName("negative")
                        .addInput("x")
                        .addOutput("y"))
                .addOutput(ValueInfoProto.newBuilder().setName("y"));
        byte[] model = ModelProto.newBuilder()
                .setIrVersion(8)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
                .setGraph(graph)
                .build()
                .toByteArray();
        return Files.write(folder.resolve("model.onnx"), model);
    }

    @Test
    void inspect_graphWithoutLayers_saysSo() throws IOException {
        Path model = graph(DataType.INT64, 2, 3);
        assertThat(inspect("inspect", model).lines())
                .containsExactly("no layers, 0 parameters", "2 tensors are no layers (--all lists them)");
        assertThat(inspect("inspect", model, "--all").lines())
                .containsExactly(
                        "no layers, 0 parameters",
                        "left out:",
                        "  'x' (Input): is int64, not floating-point",
                        "  'negative' (Neg): is int64, not floating-point");
    }

    @Test
    void inspect_graphThatCannotBeRun_listsItAndSaysWhy() throws IOException {
        Path model = graph(DataType.FLOAT);
        assertThat(inspect("inspect", model))
                .contains("negative")
                .contains("2 layers")
                .contains(
                        "cannot be run, so shapes are unknown and some may be no layers: its input 'x' has no declared axes");
        assertThat(inspect("inspect", model, "--json")).contains("\"obstacle\" : \"its input 'x'");
        assertThat(inspect("inspect", graph(DataType.FLOAT, 2, 3), "--json")).doesNotContain("obstacle");
    }
}

package org.lamella.onnx;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import onnx.Onnx.AttributeProto;
import onnx.Onnx.GraphProto;
import onnx.Onnx.ModelProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.OperatorSetIdProto;
import onnx.Onnx.TensorProto;
import onnx.Onnx.TensorShapeProto;
import onnx.Onnx.TypeProto;
import onnx.Onnx.ValueInfoProto;

/**
 * Writes small ONNX models, node by node.
 *
 * <pre>{@code
 * new OnnxBuilder()
 *         .input("x", "N", 3, 8, 8)
 *         .weights("w", new float[4 * 3 * 3 * 3], 4, 3, 3, 3)
 *         .node("Conv", "first", "y", List.of("x", "w"), OnnxBuilder.ints("pads", 1, 1, 1, 1))
 *         .output("y")
 *         .write(file);
 * }</pre>
 */
public final class OnnxBuilder {
    private static final int OPERATOR_SET = 17;

    private final GraphProto.Builder graph = GraphProto.newBuilder().setName("graph");
    private final Set<String> domains = new TreeSet<>();

    /** A float32 input; a length is a number, or a string for one that is left open. */
    public OnnxBuilder input(String name, Object... lengths) {
        return input(name, TensorProto.DataType.FLOAT, lengths);
    }

    public OnnxBuilder input(String name, TensorProto.DataType type, Object... lengths) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        for (Object length : lengths) {
            TensorShapeProto.Dimension.Builder dimension = TensorShapeProto.Dimension.newBuilder();
            shape.addDim(
                    length instanceof Integer number
                            ? dimension.setDimValue(number)
                            : dimension.setDimParam(length.toString()));
        }
        graph.addInput(value(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(TypeProto.Tensor.newBuilder()
                                .setElemType(type.getNumber())
                                .setShape(shape))));
        return this;
    }

    /** A float32 input of whose axes nothing is said. */
    public OnnxBuilder inputWithoutShape(String name) {
        graph.addInput(value(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(TypeProto.Tensor.newBuilder().setElemType(TensorProto.DataType.FLOAT_VALUE))));
        return this;
    }

    /** An output of the model; its type is left for the runtime to infer. */
    public OnnxBuilder output(String name) {
        graph.addOutput(value(name));
        return this;
    }

    public OnnxBuilder weights(String name, float[] values, long... lengths) {
        graph.addInitializer(floats(values, lengths).setName(name));
        return this;
    }

    /** A constant that may be given as an input too, as files of the first format versions have it. */
    public OnnxBuilder defaultInput(String name, float[] values, Object... lengths) {
        input(name, lengths);
        return weights(
                name,
                values,
                Arrays.stream(lengths).mapToLong(length -> (Integer) length).toArray());
    }

    /** A constant of whole numbers of one byte. */
    public OnnxBuilder bytes(String name, TensorProto.DataType type, int[] values, long... lengths) {
        TensorProto.Builder tensor = TensorProto.newBuilder().setName(name).setDataType(type.getNumber());
        Arrays.stream(lengths).forEach(tensor::addDims);
        Arrays.stream(values).forEach(tensor::addInt32Data);
        graph.addInitializer(tensor);
        return this;
    }

    public OnnxBuilder integers(String name, long... values) {
        graph.addInitializer(longs(values).setName(name));
        return this;
    }

    /** Weights in a file of their own beside the model, raw little-endian float32. */
    public OnnxBuilder externalWeights(String name, String location, long... lengths) {
        graph.addInitializer(TensorProto.newBuilder()
                .setName(name)
                .setDataType(TensorProto.DataType.FLOAT_VALUE)
                .addAllDims(Arrays.stream(lengths).boxed().toList())
                .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                .addExternalData(onnx.Onnx.StringStringEntryProto.newBuilder()
                        .setKey("location")
                        .setValue(location)));
        return this;
    }

    /** A node of one output. */
    public OnnxBuilder node(
            String operator, String name, String output, List<String> inputs, AttributeProto.Builder... attributes) {
        return node(operator, name, List.of(output), inputs, attributes);
    }

    public OnnxBuilder node(
            String operator,
            String name,
            List<String> outputs,
            List<String> inputs,
            AttributeProto.Builder... attributes) {
        NodeProto.Builder node = NodeProto.newBuilder()
                .setOpType(operator)
                .setName(name)
                .addAllInput(inputs)
                .addAllOutput(outputs);
        for (AttributeProto.Builder attribute : attributes) {
            node.addAttribute(attribute);
        }
        graph.addNode(node);
        return this;
    }

    /** A node of an operator set of its own, {@code DOMAIN:Operator}; an empty name is an input or output that is left out. */
    public OnnxBuilder foreign(
            String operator, List<String> outputs, List<String> inputs, AttributeProto.Builder... attributes) {
        String[] parts = operator.split(":", 2);
        domains.add(parts[0]);
        node(parts[1], outputs.get(0), outputs, inputs, attributes);
        graph.getNodeBuilder(graph.getNodeCount() - 1).setDomain(parts[0]);
        return this;
    }

    public static AttributeProto.Builder ints(String name, long... values) {
        AttributeProto.Builder attribute =
                AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.INTS);
        Arrays.stream(values).forEach(attribute::addInts);
        return attribute;
    }

    public static AttributeProto.Builder integer(String name, long value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.INT)
                .setI(value);
    }

    public static AttributeProto.Builder number(String name, float value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.FLOAT)
                .setF(value);
    }

    public static AttributeProto.Builder tensor(String name, TensorProto.Builder value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.TENSOR)
                .setT(value);
    }

    public static AttributeProto.Builder inner(String name, OnnxBuilder graph) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.GRAPH)
                .setG(graph.graph);
    }

    public static TensorProto.Builder floats(float[] values, long... lengths) {
        TensorProto.Builder tensor = TensorProto.newBuilder().setDataType(TensorProto.DataType.FLOAT_VALUE);
        Arrays.stream(lengths).forEach(tensor::addDims);
        List<Float> boxed = new ArrayList<>(values.length);
        for (float value : values) {
            boxed.add(value);
        }
        return tensor.addAllFloatData(boxed);
    }

    public static TensorProto.Builder longs(long... values) {
        TensorProto.Builder tensor = TensorProto.newBuilder()
                .setDataType(TensorProto.DataType.INT64_VALUE)
                .addDims(values.length);
        Arrays.stream(values).forEach(tensor::addInt64Data);
        return tensor;
    }

    private static ValueInfoProto.Builder value(String name) {
        return ValueInfoProto.newBuilder().setName(name);
    }

    public ModelProto model() {
        ModelProto.Builder model = ModelProto.newBuilder()
                .setIrVersion(8)
                .setProducerName("lamella")
                .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(OPERATOR_SET))
                .setGraph(graph);
        domains.forEach(domain -> model.addOpsetImport(
                OperatorSetIdProto.newBuilder().setDomain(domain).setVersion(1)));
        return model.build();
    }

    public Path write(Path file) {
        try {
            return Files.write(file, model().toByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

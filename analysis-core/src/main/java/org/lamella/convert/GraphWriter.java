package org.lamella.convert;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import onnx.Onnx.AttributeProto;
import onnx.Onnx.GraphProto;
import onnx.Onnx.ModelProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.OperatorSetIdProto;
import onnx.Onnx.TensorProto;
import onnx.Onnx.TensorShapeProto;
import onnx.Onnx.TypeProto;
import onnx.Onnx.ValueInfoProto;
import org.nd4j.shade.protobuf.ByteString;

/**
 * An ONNX graph under construction: nodes in the order of computation, their tensors by unique names. A tensor that has been
 * transposed once is not transposed again.
 */
public final class GraphWriter {
    /** The newest that also the runtimes of some years ago read. */
    static final int OPERATOR_SET = 17;

    private static final int FORMAT_VERSION = 8;

    private final GraphProto.Builder graph = GraphProto.newBuilder().setName("network");
    private final List<NodeProto.Builder> nodes = new ArrayList<>();
    private final Set<String> names;
    private final Map<String, String> transposed = new HashMap<>();

    /** @param reserved names that no helping tensor may get, because layers will */
    public GraphWriter(Collection<String> reserved) {
        this.names = new HashSet<>(reserved);
    }

    /** A name like the one proposed that nothing else has. */
    String unique(String proposed) {
        String name = proposed;
        for (int i = 2; !names.add(name); i++) {
            name = proposed + "_" + i;
        }
        return name;
    }

    /** An input or output is float32, its batch open. */
    static ValueInfoProto batchOf(String name, List<Long> shape) {
        TensorShapeProto.Builder lengths = TensorShapeProto.newBuilder();
        lengths.addDimBuilder().setDimParam("batch");
        shape.forEach(length -> lengths.addDimBuilder().setDimValue(length));
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(TypeProto.Tensor.newBuilder()
                                .setElemType(TensorProto.DataType.FLOAT_VALUE)
                                .setShape(lengths)))
                .build();
    }

    void input(String name, List<Long> shape) {
        graph.addInput(batchOf(name, shape));
    }

    void output(String name, List<Long> shape) {
        graph.addOutput(batchOf(name, shape));
    }

    /**
     * Adds an input.
     *
     * @param type of its numbers, as ONNX counts types
     * @param lengths of all axes, -1 where open; the first is the batch
     */
    public void input(String name, int type, List<Long> lengths) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        for (int axis = 0; axis < lengths.size(); axis++) {
            if (lengths.get(axis) >= 0) {
                shape.addDimBuilder().setDimValue(lengths.get(axis));
            } else if (axis == 0) {
                shape.addDimBuilder().setDimParam("batch");
            } else {
                shape.addDimBuilder();
            }
        }
        graph.addInput(
                value(name, TypeProto.Tensor.newBuilder().setElemType(type).setShape(shape)));
    }

    /** Declares a tensor of a node as an output of the graph, of whatever shape. */
    public void output(String name, int type) {
        graph.addOutput(value(name, TypeProto.Tensor.newBuilder().setElemType(type)));
    }

    private static ValueInfoProto value(String name, TypeProto.Tensor.Builder type) {
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder().setTensorType(type))
                .build();
    }

    /** Takes back all nodes from a position on. */
    public void undo(int since) {
        List<NodeProto.Builder> undone = nodes.subList(since, nodes.size());
        Set<String> gone = new HashSet<>();
        undone.forEach(node -> gone.addAll(node.getOutputList()));
        transposed.values().removeAll(gone);
        undone.clear();
    }

    /** Adds a node of one output and returns the name of that. */
    public String node(String output, String operator, List<String> inputs, List<AttributeProto> attributes) {
        String name = unique(output);
        nodes.add(NodeProto.newBuilder()
                .setName(name)
                .setOpType(operator)
                .addAllInput(inputs)
                .addOutput(name)
                .addAllAttribute(attributes));
        return name;
    }

    /** Adds a node whose output has a name that was reserved. */
    public void reservedNode(String output, String operator, List<String> inputs) {
        nodes.add(NodeProto.newBuilder()
                .setName(output)
                .setOpType(operator)
                .addAllInput(inputs)
                .addOutput(output));
    }

    /** How many nodes there are. */
    public int position() {
        return nodes.size();
    }

    /**
     * Gives a tensor the name that a layer has reserved.
     *
     * @param since position before the layer's first node
     * @return whether a node since then computes it; else nothing is changed
     */
    public boolean rename(String tensor, String name, int since) {
        List<NodeProto.Builder> own = nodes.subList(since, nodes.size());
        if (own.stream().noneMatch(node -> node.getOutput(0).equals(tensor))) {
            return false;
        }
        for (NodeProto.Builder node : own) {
            if (node.getOutput(0).equals(tensor)) {
                node.setName(name).setOutput(0, name);
            }
            for (int i = 0; i < node.getInputCount(); i++) {
                if (node.getInput(i).equals(tensor)) {
                    node.setInput(i, name);
                }
            }
        }
        transposed.keySet().removeIf(key -> key.startsWith(tensor + "\0"));
        transposed.replaceAll((key, known) -> known.equals(tensor) ? name : known);
        return true;
    }

    /** A tensor with its axes in another order. */
    public String transposed(String tensor, String proposed, long... order) {
        String key = tensor + "\0" + Arrays.toString(order);
        String known = transposed.get(key);
        if (known == null) {
            known = node(proposed, "Transpose", List.of(tensor), List.of(Attribute.of("perm", order)));
            transposed.put(key, known);
        }
        return known;
    }

    /** Adds constants and returns their name. */
    public String floats(String proposed, float[] values, long... lengths) {
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(values.length, Float.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return initializer(proposed, TensorProto.DataType.FLOAT_VALUE, bytes, lengths);
    }

    /** Adds a vector of constants and returns its name. */
    public String integers(String proposed, long... values) {
        return integers(proposed, values, new long[] {values.length});
    }

    /** Adds constants and returns their name. */
    public String integers(String proposed, long[] values, long[] lengths) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asLongBuffer().put(values);
        return initializer(proposed, TensorProto.DataType.INT64_VALUE, bytes, lengths);
    }

    private String initializer(String proposed, int type, ByteBuffer bytes, long... lengths) {
        String name = unique(proposed);
        graph.addInitializer(TensorProto.newBuilder()
                .setName(name)
                .setDataType(type)
                .addAllDims(Arrays.stream(lengths).boxed().toList())
                .setRawData(ByteString.copyFrom(bytes)));
        return name;
    }

    /** The graph, complete. */
    public ModelProto model(String producer, String version) {
        nodes.forEach(graph::addNode);
        return ModelProto.newBuilder()
                .setIrVersion(FORMAT_VERSION)
                .setProducerName(producer)
                .setProducerVersion(version)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OPERATOR_SET))
                .setGraph(graph)
                .build();
    }
}

package org.lamella.prune;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import onnx.Onnx.GraphProto;
import onnx.Onnx.ModelProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.TensorProto;
import org.lamella.onnx.OnnxBuilder;

/** Small graphs to cut, and what the runtime gives for them, by its own interface. */
final class Graphs {
    private Graphs() {}

    /** Weights of a deviation that keeps activations at about one. */
    static float[] random(long seed, int count, double deviation) {
        Random random = new Random(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) (deviation * random.nextGaussian());
        }
        return values;
    }

    /** An image input of 4 channels, 6 x 6. */
    static OnnxBuilder images() {
        return new OnnxBuilder().input("x", "N", 4, 6, 6);
    }

    /** A 3 x 3 convolution that keeps the shape, with weights of its own. */
    static OnnxBuilder conv(OnnxBuilder graph, String name, String from) {
        graph.weights(name + ".w", random(name.hashCode(), 4 * 4 * 9, 0.2), 4, 4, 3, 3);
        return conv(graph, name, from, name + ".w");
    }

    static OnnxBuilder conv(OnnxBuilder graph, String name, String from, String weights) {
        return graph.node("Conv", name, name, List.of(from, weights), OnnxBuilder.ints("pads", 1, 1, 1, 1));
    }

    /** A branch of two convolutions from a tensor: {@code name.1}, {@code name.relu}, {@code name.2}. */
    static OnnxBuilder branch(OnnxBuilder graph, String name, String from) {
        conv(graph, name + ".1", from);
        graph.node("Relu", name + ".relu", name + ".relu", List.of(name + ".1"));
        return conv(graph, name + ".2", name + ".relu");
    }

    static OnnxBuilder add(OnnxBuilder graph, String name, String left, String right) {
        return graph.node("Add", name, name, List.of(left, right));
    }

    /** The model with one input of a node multiplied by zero: independent of how a unit is cut. */
    static ModelProto zeroed(ModelProto model, String join, String branch) {
        GraphProto.Builder graph = model.getGraph().toBuilder().clearNode();
        String zero = "test/zero/" + join + "/" + branch;
        graph.addInitializer(TensorProto.newBuilder()
                .setName(zero)
                .setDataType(TensorProto.DataType.FLOAT_VALUE)
                .addFloatData(0));
        for (NodeProto node : model.getGraph().getNodeList()) {
            if (node.getOutputList().contains(join)) {
                String silenced = zero + "/silenced";
                graph.addNode(NodeProto.newBuilder()
                        .setOpType("Mul")
                        .addInput(branch)
                        .addInput(zero)
                        .addOutput(silenced));
                NodeProto.Builder changed = node.toBuilder();
                for (int i = 0; i < node.getInputCount(); i++) {
                    if (node.getInput(i).equals(branch)) {
                        changed.setInput(i, silenced);
                    }
                }
                graph.addNode(changed);
            } else {
                graph.addNode(node);
            }
        }
        return model.toBuilder().setGraph(graph).build();
    }

    /** The input of an addition that is not the unit's source. */
    static String branchOf(ModelProto model, Unit unit) {
        NodeProto join = model.getGraph().getNodeList().stream()
                .filter(node -> node.getOutputList().contains(unit.exit()))
                .findFirst()
                .orElseThrow();
        return join.getInputList().stream()
                .filter(input -> !input.equals(unit.source()))
                .findFirst()
                .orElseThrow();
    }

    /** All outputs of a model for one float input, by name, one after the other. */
    static Map<String, float[]> run(ModelProto model, float[] values, long... shape) {
        try (OrtSession session = OrtEnvironment.getEnvironment().createSession(model.toByteArray());
                OnnxTensor input =
                        OnnxTensor.createTensor(OrtEnvironment.getEnvironment(), FloatBuffer.wrap(values), shape);
                OrtSession.Result result =
                        session.run(Map.of(model.getGraph().getInput(0).getName(), input))) {
            Map<String, float[]> outputs = new LinkedHashMap<>();
            result.forEach(entry -> {
                FloatBuffer buffer = ((OnnxTensor) entry.getValue()).getFloatBuffer();
                float[] copy = new float[buffer.remaining()];
                buffer.get(copy);
                outputs.put(entry.getKey(), copy);
            });
            return outputs;
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The largest difference of two lists of numbers, over the largest number of the first. */
    static double difference(float[] expected, float[] actual) {
        double difference = 0;
        double size = 0;
        for (int i = 0; i < expected.length; i++) {
            difference = Math.max(difference, Math.abs(expected[i] - actual[i]));
            size = Math.max(size, Math.abs(expected[i]));
        }
        return difference / size;
    }

    static List<String> operators(ModelProto model) {
        List<String> operators = new ArrayList<>();
        model.getGraph().getNodeList().forEach(node -> operators.add(node.getOpType()));
        return operators;
    }
}

package org.lamella.onnx;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import onnx.Onnx.GraphProto;
import onnx.Onnx.NodeProto;

/**
 * Names for the tensors of a graph: the node's name where it has one that no other node or tensor shares and the node computes one
 * tensor, else the tensor's name. As a graph's tensors have names of their own, no two names are equal.
 */
final class OnnxNames {
    private final Map<String, Integer> nodes = new HashMap<>();
    private final Set<String> tensors = new HashSet<>();

    OnnxNames(GraphProto graph) {
        graph.getInputList().forEach(value -> tensors.add(value.getName()));
        for (NodeProto node : graph.getNodeList()) {
            nodes.merge(node.getName(), 1, Integer::sum);
            tensors.addAll(node.getOutputList());
        }
    }

    String of(NodeProto node, String tensor) {
        String name = node.getName();
        boolean single = node.getOutputList().stream()
                        .filter(output -> !output.isEmpty())
                        .count()
                == 1;
        boolean unique = nodes.getOrDefault(name, 0) == 1 && !tensors.contains(name);
        return !name.isEmpty() && single && unique ? name : tensor;
    }
}

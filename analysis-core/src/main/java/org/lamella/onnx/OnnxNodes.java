package org.lamella.onnx;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import onnx.Onnx.AttributeProto;
import onnx.Onnx.GraphProto;
import onnx.Onnx.NodeProto;

/** Which tensors each node of a graph takes and gives, in the order of the file, which is the order of computation. */
public record OnnxNodes(List<Node> nodes) {
    public OnnxNodes {
        nodes = List.copyOf(nodes);
    }

    /**
     * One node.
     *
     * @param sources tensors that it takes, those that its inner graphs take among them
     * @param inner how many nodes its inner graphs have
     */
    public record Node(List<String> sources, List<String> outputs, int inner) {
        public Node {
            sources = List.copyOf(sources);
            outputs = List.copyOf(outputs);
        }
    }

    /** The nodes of a graph. */
    public static OnnxNodes of(GraphProto graph) {
        return new OnnxNodes(graph.getNodeList().stream()
                .map(node -> {
                    List<String> sources = new ArrayList<>(node.getInputList());
                    int inner = inner(node, sources);
                    return new Node(sources, node.getOutputList(), inner);
                })
                .toList());
    }

    /** Counts the nodes inside a node's own graphs, and adds what they take from the outer graph to its sources. */
    private static int inner(NodeProto node, List<String> sources) {
        int count = 0;
        for (AttributeProto attribute : node.getAttributeList()) {
            List<GraphProto> graphs = new ArrayList<>(attribute.getGraphsList());
            if (attribute.hasG()) {
                graphs.add(attribute.getG());
            }
            for (GraphProto graph : graphs) {
                for (NodeProto within : graph.getNodeList()) {
                    sources.addAll(within.getInputList());
                    count += 1 + inner(within, sources);
                }
                // A branch may hand a tensor of the outer graph straight on.
                graph.getOutputList().forEach(value -> sources.add(value.getName()));
            }
        }
        return count;
    }

    /** Positions of the nodes without which some tensors cannot be computed. */
    BitSet needed(Set<String> tensors) {
        Set<String> wanted = new HashSet<>(tensors);
        BitSet needed = new BitSet();
        for (int i = nodes.size() - 1; i >= 0; i--) {
            Node node = nodes.get(i);
            if (node.outputs().stream().anyMatch(wanted::contains)) {
                needed.set(i);
                wanted.addAll(node.sources());
            }
        }
        return needed;
    }
}

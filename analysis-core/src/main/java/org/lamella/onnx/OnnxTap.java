package org.lamella.onnx;

import java.util.List;

/**
 * A tensor that a node of an ONNX graph computes, and that can be returned once it is named as an output of the graph.
 *
 * @param name what the user knows it by: the node's name, or the tensor's; unique in the graph
 * @param tensor the tensor's own name
 * @param kind the node's operator
 * @param sources tensors that the node takes, also within graphs of its own
 * @param parameters trainable numbers that enter the graph at the node
 * @param dependsOnInput whether its values follow from the values of the graph's inputs, not from their shapes alone
 */
record OnnxTap(String name, String tensor, String kind, List<String> sources, long parameters, boolean dependsOnInput) {
    OnnxTap {
        sources = List.copyOf(sources);
    }
}

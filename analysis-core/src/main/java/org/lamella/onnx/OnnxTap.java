package org.lamella.onnx;

/**
 * A tensor that a node of an ONNX graph computes, and that can be returned once it is named as an output of the graph.
 *
 * @param name what the user knows it by: the node's name, or the tensor's; unique in the graph
 * @param tensor the tensor's own name
 * @param kind the node's operator
 * @param parameters trainable numbers that enter the graph at the node
 * @param dependsOnInput whether its values follow from the values of the graph's input, not from the input's shape alone
 */
record OnnxTap(String name, String tensor, String kind, long parameters, boolean dependsOnInput) {}

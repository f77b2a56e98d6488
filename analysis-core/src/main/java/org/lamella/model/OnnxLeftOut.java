package org.lamella.model;

/**
 * A tensor of an ONNX graph that is not a layer, so that nothing is dropped without a word.
 *
 * @param name the node's name, or the tensor's
 * @param kind the operator that computes it
 * @param reason why it is not a layer
 */
public record OnnxLeftOut(String name, String kind, String reason) {}

package org.lamella.samples.network;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Kinds of networks that differ in depth and width. */
public enum Family {
    /** {@link ConvolutionalNetwork} with shortcuts. */
    @JsonProperty("resnet")
    RESNET,
    /** {@link ConvolutionalNetwork} without. */
    @JsonProperty("plain")
    PLAIN,
    /** {@link Perceptron}. */
    @JsonProperty("mlp")
    MLP
}

package org.lamella.activation;

import java.util.Locale;

/** What runs a model. */
public enum Engine {
    ONNX,
    DL4J;

    /** As a user writes it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}

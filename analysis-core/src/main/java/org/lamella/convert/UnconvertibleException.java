package org.lamella.convert;

/** A network has a layer that is not written in ONNX. The message names the layer, its kind and the reason in one line. */
public final class UnconvertibleException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String reason;

    /** @param kind what computes the layer */
    public UnconvertibleException(String layer, String kind, String reason) {
        super("layer %s (%s): %s".formatted(layer, kind, reason));
        this.reason = reason;
    }

    /** Without the layer and its kind. */
    public String reason() {
        return reason;
    }
}

package org.lamella.onnx;

/**
 * How a tensor of a graph comes out of it as float32.
 *
 * @param tensor its name in the graph
 */
record OnnxOutput(String tensor, How how) {
    private static final String CAST_PREFIX = "lamella/float32/";

    /** The ways. */
    enum How {
        /** It is an input, and read where it was fed from. */
        FED,
        /** The graph returns it as it is. */
        RETURNED,
        /** The graph returns it through a {@code Cast} that is added to it. */
        CAST
    }

    static OnnxOutput returned(String tensor) {
        return new OnnxOutput(tensor, How.RETURNED);
    }

    boolean isFed() {
        return how == How.FED;
    }

    /** The name of what the graph returns. */
    String name() {
        return how == How.CAST ? CAST_PREFIX + tensor : tensor;
    }
}

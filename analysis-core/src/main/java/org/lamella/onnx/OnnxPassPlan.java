package org.lamella.onnx;

import java.util.ArrayList;
import java.util.List;

/**
 * In which forward passes the layers of a batch are computed, so that those of one pass fit into memory together.
 *
 * <p>A pass has consecutive layers, and runs only the part of the graph that they need: what comes after its last layer is never
 * computed. So the passes are filled from the last layer backwards. That gives the fewest passes, and among those the ones that end
 * earliest.
 *
 * @param from the first layer
 * @param to the layer after the last
 */
record OnnxPassPlan(int from, int to) {
    /**
     * The passes, in order.
     *
     * @param bytes of each layer, none more than there is room
     */
    static List<OnnxPassPlan> of(List<Long> bytes, long room) {
        List<OnnxPassPlan> passes = new ArrayList<>();
        int end = bytes.size();
        long filled = 0;
        for (int layer = end - 1; layer >= 0; layer--) {
            if (bytes.get(layer) > room - filled) {
                passes.add(0, new OnnxPassPlan(layer + 1, end));
                end = layer + 1;
                filled = 0;
            }
            filled += bytes.get(layer);
        }
        passes.add(0, new OnnxPassPlan(0, end));
        return passes;
    }
}

package org.lamella.dl4j;

import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.dropout.Dropout;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.wrapper.BaseWrapperLayer;

/**
 * Dropout that drops nothing. Deeplearning4j's import of Keras files gives it to every layer with weights, and a convolution of
 * channels-last images that has it cannot be trained: its plain way multiplies the gradient, channels first, by the mask, channels last.
 */
final class IdleDropout {
    private IdleDropout() {}

    /** @param structure is changed; what it computes, in training too, is not */
    static void remove(ComputationGraphConfiguration structure) {
        structure.getVertices().values().forEach(vertex -> {
            if (vertex instanceof LayerVertex layer) {
                remove(layer.getLayerConf().getLayer());
            }
        });
    }

    private static void remove(Layer layer) {
        if (layer.getIDropout() instanceof Dropout dropout && dropout.getPSchedule() == null && dropout.getP() == 1) {
            layer.setIDropout(null);
        }
        if (layer instanceof BaseWrapperLayer wrapper) {
            remove(wrapper.getUnderlying());
        }
    }
}

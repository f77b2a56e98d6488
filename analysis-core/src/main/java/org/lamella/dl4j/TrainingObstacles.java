package org.lamella.dl4j;

import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.dropout.Dropout;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.wrapper.BaseWrapperLayer;

/**
 * What Deeplearning4j's import of Keras files leaves in a structure that keeps Deeplearning4j from training it.
 *
 * <p>Every layer with weights has dropout that drops nothing: the plain way of a channels-last convolution multiplies its gradient,
 * channels first, by that dropout's mask, channels last. And a concatenation along the last axis has it as -1, which only its forward
 * direction understands.
 */
final class TrainingObstacles {
    private TrainingObstacles() {}

    /**
     * Takes them away.
     *
     * @param structure is changed; what it computes, in training too, is not
     * @param ranks of what its vertices give
     */
    static void remove(ComputationGraphConfiguration structure, VertexRanks ranks) {
        structure.getVertices().forEach((name, vertex) -> {
            if (vertex instanceof LayerVertex layer) {
                withoutIdleDropout(layer.getLayerConf().getLayer());
            } else if (vertex instanceof MergeVertex merge && merge.getMergeAxis() < 0 && ranks.of(name) > 0) {
                merge.setMergeAxis(ranks.of(name) + merge.getMergeAxis());
            }
        });
    }

    private static void withoutIdleDropout(Layer layer) {
        if (layer.getIDropout() instanceof Dropout dropout && dropout.getPSchedule() == null && dropout.getP() == 1) {
            layer.setIDropout(null);
        }
        if (layer instanceof BaseWrapperLayer wrapper) {
            withoutIdleDropout(wrapper.getUnderlying());
        }
    }
}

package org.lamella.dl4j;

import static java.util.Objects.requireNonNull;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BaseRecurrentLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;

/** How many axes vertices give, the batch among them: from the shapes where they are known, else from the kinds of layers. */
final class VertexRanks {
    static final int VECTOR = 2;
    static final int SEQUENCE = 3;
    static final int IMAGE = 4;

    private static final List<Integer> NO_SHAPE = List.of(-1);

    private final ComputationGraphConfiguration structure;
    private final Map<String, Integer> known = new HashMap<>();

    /** @param layers as the structure of the file has them */
    VertexRanks(ComputationGraphConfiguration structure, List<org.lamella.activation.Layer> layers) {
        this.structure = structure;
        for (var layer : layers) {
            if (!layer.shape().equals(NO_SHAPE)) {
                known.put(layer.name(), 1 + layer.shape().size());
            }
        }
    }

    /** @return 0 if it is not known */
    int of(String name) {
        GraphVertex vertex = structure.getVertices().get(name);
        if (known.containsKey(name) || vertex == null) {
            return known.getOrDefault(name, 0);
        }
        if (vertex instanceof LayerVertex layer) {
            return of(layer, source(name));
        }
        return vertex instanceof ElementWiseVertex || vertex instanceof MergeVertex ? of(source(name)) : 0;
    }

    private String source(String name) {
        return requireNonNull(structure.getVertexInputs().get(name)).get(0);
    }

    private int of(LayerVertex vertex, String source) {
        Layer layer = vertex.getLayerConf().getLayer();
        if (layer instanceof BaseRecurrentLayer
                || layer instanceof Bidirectional
                || layer instanceof Convolution1DLayer) {
            return SEQUENCE;
        }
        if (layer instanceof LastTimeStep
                || (layer instanceof GlobalPoolingLayer pooling && pooling.isCollapseDimensions())) {
            return VECTOR;
        }
        if (layer instanceof ConvolutionLayer) {
            return IMAGE;
        }
        if (vertex.getPreProcessor() != null) {
            return 0;
        }
        return layer instanceof DenseLayer
                        || layer instanceof ActivationLayer
                        || layer instanceof DropoutLayer
                        || layer instanceof BatchNormalization
                ? of(source)
                : 0;
    }
}

package org.lamella.dl4j;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnnPreProcessor;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.graph.vertex.impl.ElementWiseVertex;
import org.deeplearning4j.nn.graph.vertex.impl.LayerVertex;
import org.deeplearning4j.nn.graph.vertex.impl.MergeVertex;
import org.deeplearning4j.nn.layers.OutputLayer;
import org.deeplearning4j.nn.layers.convolution.ConvolutionLayer;
import org.deeplearning4j.nn.layers.convolution.subsampling.SubsamplingLayer;
import org.deeplearning4j.nn.layers.feedforward.dense.DenseLayer;
import org.deeplearning4j.nn.layers.normalization.BatchNormalization;
import org.deeplearning4j.nn.layers.pooling.GlobalPoolingLayer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.shape.Shape;

/**
 * Runs one vertex of a graph in inference mode, so that its output is an array of its own, its numbers one after the other
 * in the order of its axes.
 *
 * <p>In Deeplearning4j that is not so: some layers write over their input (a ReLU layer does), some hand on their input or a
 * view of it, some give strided arrays. So a vertex that is not known to leave its input alone gets a copy (1), and what it
 * gives is copied if it is a view, strided, or shares memory with an input that others still need (2).
 */
final class Dl4jVertex {
    /** These compute into new memory. */
    private static final Set<Class<?>> LEAVES_INPUT_ALONE = Set.of(
            ConvolutionLayer.class,
            SubsamplingLayer.class,
            BatchNormalization.class,
            DenseLayer.class,
            OutputLayer.class,
            GlobalPoolingLayer.class,
            ElementWiseVertex.class,
            MergeVertex.class);

    private final GraphVertex vertex;
    private final boolean inputsCopied;
    private final boolean pooledChannelsFirst;

    /** @param vertex modified: pooling layers of channels-last images are told that channels are first */
    Dl4jVertex(GraphVertex vertex) {
        this.vertex = vertex;
        this.inputsCopied = !leavesInputAlone(vertex);
        this.pooledChannelsFirst = poolChannelsFirst(vertex);
    }

    private static boolean leavesInputAlone(GraphVertex vertex) {
        if (!(vertex instanceof LayerVertex layer)) {
            return LEAVES_INPUT_ALONE.contains(vertex.getClass());
        }
        InputPreProcessor before = layer.getLayerPreProcessor();
        return LEAVES_INPUT_ALONE.contains(layer.getLayer().getClass())
                && (before == null
                        || before instanceof CnnToFeedForwardPreProcessor
                        || before instanceof FeedForwardToCnnPreProcessor);
    }

    /**
     * Max pooling of channels-last images by oneDNN, as ND4J 1.0.0-M2.1 calls it, has been seen to return memory that nothing
     * was written to (docs/decisions/onednn.md). So those images are pooled channels first, between two permutations.
     */
    private static boolean poolChannelsFirst(GraphVertex vertex) {
        if (vertex.hasLayer()
                && vertex.getLayer().getClass() == SubsamplingLayer.class
                && vertex.getLayer().conf().getLayer()
                        instanceof org.deeplearning4j.nn.conf.layers.SubsamplingLayer pooling
                && pooling.getCnn2dDataFormat() == CNN2DFormat.NHWC) {
            pooling.setCnn2dDataFormat(CNN2DFormat.NCHW);
            return true;
        }
        return false;
    }

    String name() {
        return vertex.getVertexName();
    }

    boolean isInput() {
        return vertex.isInputVertex();
    }

    /**
     * @param inputs not modified
     * @param workspaces where temporary arrays go
     * @return a new array, the caller's to close
     */
    INDArray run(List<INDArray> inputs, LayerWorkspaceMgr workspaces) {
        List<INDArray> given = inputs;
        if (pooledChannelsFirst) {
            given = List.of(inputs.get(0).permute(0, 3, 1, 2).dup('c'));
        } else if (inputsCopied) {
            given = inputs.stream().map(input -> input.dup('c')).toList();
        }
        List<INDArray> temporary = new ArrayList<>(given == inputs ? List.of() : given);
        try {
            INDArray output = activate(given, workspaces);
            temporary.add(output);
            INDArray arranged = pooledChannelsFirst ? output.permute(0, 2, 3, 1) : output;
            INDArray own = isOwn(arranged) && inputs.stream().noneMatch(input -> shares(input, arranged))
                    ? arranged
                    : arranged.dup('c');
            temporary.removeIf(array -> shares(array, own) || inputs.stream().anyMatch(input -> shares(input, array)));
            return own;
        } finally {
            vertex.clear();
            temporary.stream().filter(INDArray::closeable).forEach(INDArray::close);
        }
    }

    @SuppressWarnings("try") // the scope is there to be left
    private INDArray activate(List<INDArray> inputs, LayerWorkspaceMgr workspaces) {
        try (MemoryWorkspace scope = workspaces.notifyScopeEntered(ArrayType.FF_WORKING_MEM)) {
            for (int i = 0; i < inputs.size(); i++) {
                vertex.setInput(i, inputs.get(i), workspaces);
            }
            INDArray output = vertex.doForward(false, workspaces);
            return output.isAttached() ? output.detach() : output;
        }
    }

    private static boolean isOwn(INDArray array) {
        return !array.isView()
                && array.closeable()
                && array.ordering() == 'c'
                && Shape.hasDefaultStridesForShape(array);
    }

    /** Whether two arrays are in one piece of memory; a view counts as the array that it looks at. */
    private static boolean shares(INDArray some, INDArray other) {
        return root(some) == root(other);
    }

    private static long root(INDArray array) {
        DataBuffer original = array.data().originalDataBuffer();
        return (original == null ? array.data() : original).address();
    }
}

package org.lamella.samples.network;

import static java.util.Objects.requireNonNull;

import org.deeplearning4j.nn.api.MaskState;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.BaseGraphVertex;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.jspecify.annotations.Nullable;
import org.lamella.samples.network.PrincipalComponentPenalty.Penalty;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The penalty at work: the identity forward, and backward the identity and the penalty's own gradient. */
@SuppressWarnings("overrides") // the superclass declares an array where its interface has a variable number of them
final class PrincipalComponentVertex extends BaseGraphVertex {
    private final transient PrincipalComponentPenalty penalty;
    private transient Penalty last = new Penalty(0, 0);

    PrincipalComponentVertex(
            ComputationGraph graph, String name, int index, DataType dataType, PrincipalComponentPenalty penalty) {
        super(graph, name, index, null, null, dataType);
        this.penalty = penalty;
    }

    /** What the last minibatch that was learnt from was penalized by. */
    Penalty last() {
        return last;
    }

    @Override
    public INDArray doForward(boolean training, LayerWorkspaceMgr workspaces) {
        return workspaces.dup(ArrayType.ACTIVATIONS, inputs[0]);
    }

    @Override
    public Pair<@Nullable Gradient, INDArray[]> doBackward(boolean truncated, LayerWorkspaceMgr workspaces) {
        INDArray passed = workspaces.dup(ArrayType.ACTIVATION_GRAD, epsilon, 'c');
        // Deeplearning4j sums over a minibatch and divides by its size in the end; the penalty is of the whole batch.
        try (MemoryWorkspace outside = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
            requireNonNull(outside);
            last = penalty.add(inputs[0], passed, (double) inputs[0].size(0));
        }
        return new Pair<>(null, new INDArray[] {passed});
    }

    @Override
    public boolean hasLayer() {
        return false;
    }

    @Override
    public org.deeplearning4j.nn.api.@Nullable Layer getLayer() {
        return null;
    }

    @Override
    public void setBackpropGradientsViewArray(INDArray view) {
        throw new UnsupportedOperationException("a penalty has no parameters");
    }

    @Override
    public Pair<INDArray, MaskState> feedForwardMaskArrays(INDArray[] masks, MaskState state, int size) {
        return new Pair<>(masks == null ? null : masks[0], state);
    }

    @Override
    public String toString() {
        return "PrincipalComponentVertex(" + getVertexName() + ")";
    }
}

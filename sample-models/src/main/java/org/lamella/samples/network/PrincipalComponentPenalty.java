package org.lamella.samples.network;

import java.util.Objects;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.memory.LayerMemoryReport;
import org.deeplearning4j.nn.conf.memory.MemoryReport;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A vertex that hands its input on and adds to the loss what the share of its first principal component in a minibatch exceeds a
 * threshold by: α·ReLU(λ₁/‖X‖² − τ), where the rows of X (n × d) are the examples' activations less their mean, ‖X‖² is the sum
 * of squares and λ₁ the largest eigenvalue of XXᵀ. From Nguyen, Raghu and Kornblith, <i>On the Origins of the Block Structure
 * Phenomenon in Neural Network Representations</i> (2022).
 */
public final class PrincipalComponentPenalty extends GraphVertex {
    private static final int MOST_ITERATIONS = 1000;

    /** Largest change of an entry of the unit vector. */
    private static final double CONVERGED = 1e-10;

    private final double weight;
    private final double threshold;

    /**
     * @param weight α
     * @param threshold τ
     */
    public PrincipalComponentPenalty(double weight, double threshold) {
        this.weight = weight;
        this.threshold = threshold;
    }

    /**
     * The penalty of a minibatch.
     *
     * @param value in units of the loss; 0 at or below the threshold
     * @param share λ₁/‖X‖²
     */
    record Penalty(double value, double share) {}

    /** The first principal component over examples: the unit eigenvector of XXᵀ, its eigenvalue, and the trace. */
    private record Component(INDArray vector, double eigenvalue, double trace) {}

    /**
     * The penalty of a batch, and its gradient.
     *
     * <p>With u the eigenvector, ∂λ₁/∂X = 2uuᵀX and ∂‖X‖²/∂X = 2X, so the gradient is 2α/‖X‖² · (uuᵀX − (λ₁/‖X‖²)·X). Its columns
     * sum to zero, so it is the gradient by the activations before their mean was taken off too. Costs n²d.
     *
     * @param activations n × …
     * @param gradient of the activations' shape; the gradient times {@code scale} is added to it
     */
    Penalty add(INDArray activations, INDArray gradient, double scale) {
        int n = Math.toIntExact(activations.size(0));
        INDArray rows = activations.dup('c').reshape('c', n, activations.length() / n);
        rows.subiRowVector(rows.mean(0));
        Component first = first(rows.mmul(rows.transpose()));
        double share = first.trace() == 0 ? 0 : first.eigenvalue() / first.trace();
        if (share <= threshold) {
            return new Penalty(0, share);
        }
        INDArray column = first.vector().castTo(rows.dataType()).reshape(n, 1);
        INDArray along = column.mmul(column.transpose().mmul(rows));
        along.subi(rows.muli(share)).muli(scale * 2 * weight / first.trace());
        gradient.addi(along.reshape('c', gradient.shape()));
        return new Penalty(weight * (share - threshold), share);
    }

    /** What the penalties of a network have added to the loss of the last minibatch that it learnt from. */
    public static double sum(ComputationGraph network) {
        double sum = 0;
        for (org.deeplearning4j.nn.graph.vertex.GraphVertex vertex : network.getVertices()) {
            sum += vertex instanceof PrincipalComponentVertex penalty
                    ? penalty.last().value()
                    : 0;
        }
        return sum;
    }

    /** By power iteration in float64: the matrix is small, and only the first vector is wanted. */
    private static Component first(INDArray gram) {
        double[][] matrix = gram.castTo(DataType.DOUBLE).toDoubleMatrix();
        int n = matrix.length;
        double trace = 0;
        int longest = 0;
        for (int i = 0; i < n; i++) {
            trace += matrix[i][i];
            longest = matrix[i][i] > matrix[longest][longest] ? i : longest;
        }
        // Any column of the matrix has a share in the first vector, unless the row it belongs to is orthogonal to it.
        double[] vector = matrix[longest].clone();
        double eigenvalue = normalize(vector);
        for (int iteration = 0; iteration < MOST_ITERATIONS && eigenvalue > 0; iteration++) {
            double[] next = new double[n];
            for (int i = 0; i < n; i++) {
                double sum = 0;
                for (int j = 0; j < n; j++) {
                    sum += matrix[i][j] * vector[j];
                }
                next[i] = sum;
            }
            eigenvalue = normalize(next);
            double change = 0;
            for (int i = 0; i < n; i++) {
                change = Math.max(change, Math.abs(next[i] - vector[i]));
            }
            vector = next;
            if (change <= CONVERGED) {
                break;
            }
        }
        return new Component(Nd4j.createFromArray(vector), eigenvalue, trace);
    }

    private static double normalize(double[] vector) {
        double sum = 0;
        for (double number : vector) {
            sum += number * number;
        }
        double norm = Math.sqrt(sum);
        for (int i = 0; i < vector.length && norm > 0; i++) {
            vector[i] /= norm;
        }
        return norm;
    }

    @Override
    public org.deeplearning4j.nn.graph.vertex.GraphVertex instantiate(
            ComputationGraph graph,
            String name,
            int index,
            INDArray parameters,
            boolean initialize,
            DataType networkDataType) {
        return new PrincipalComponentVertex(graph, name, index, networkDataType, this);
    }

    @Override
    public InputType getOutputType(int layerIndex, InputType... inputs) {
        return inputs[0];
    }

    @Override
    public MemoryReport getMemoryReport(InputType... inputs) {
        return new LayerMemoryReport.Builder(null, PrincipalComponentPenalty.class, inputs[0], inputs[0]).build();
    }

    @Override
    public GraphVertex clone() {
        return new PrincipalComponentPenalty(weight, threshold);
    }

    @Override
    public long numParams(boolean backprop) {
        return 0;
    }

    @Override
    public int minVertexInputs() {
        return 1;
    }

    @Override
    public int maxVertexInputs() {
        return 1;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PrincipalComponentPenalty penalty
                && penalty.weight == weight
                && penalty.threshold == threshold;
    }

    @Override
    public int hashCode() {
        return Objects.hash(weight, threshold);
    }
}

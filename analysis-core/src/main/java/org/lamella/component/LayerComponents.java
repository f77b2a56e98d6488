package org.lamella.component;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.lamella.linalg.FullGram;
import org.lamella.linalg.SymmetricEigen;
import org.lamella.similarity.LayerId;

/**
 * The leading principal components of one layer over all examples: eigenvalues λ and eigenvectors u of the centred Gram matrix K of
 * n examples. The projection of example i on component c is √λ_c u_ci.
 */
public final class LayerComponents {
    private final LayerId layer;
    private final double variance;
    private final double squares;
    private final double[] eigenvalues;
    private final double[][] scores;
    private final double[] shift;
    private final double[] norms;
    private final double classSeparation;

    private LayerComponents(
            LayerId layer,
            double variance,
            double squares,
            double[] eigenvalues,
            double[][] scores,
            double[] shift,
            double[] norms,
            double classSeparation) {
        this.layer = layer;
        this.variance = variance;
        this.squares = squares;
        this.eigenvalues = eigenvalues;
        this.scores = scores;
        this.shift = shift;
        this.norms = norms;
        this.classSeparation = classSeparation;
    }

    /**
     * The components of a layer.
     *
     * @param norm Frobenius norm of K; 0 for a constant layer, which has none
     * @param wanted how many, and how well
     */
    static LayerComponents of(
            LayerId layer, FullGram gram, double norm, SymmetricEigen.Leading wanted, Classes classes) {
        int n = gram.size();
        double[] norms = new double[n];
        for (int i = 0; i < n; i++) {
            norms[i] = gram.norm(i);
        }
        if (norm == 0) {
            return new LayerComponents(
                    layer, 0, 0, new double[0], new double[0][], gram.shift().clone(), norms, Double.NaN);
        }
        SymmetricEigen eigen = SymmetricEigen.leading(gram.centred(), wanted);
        double[] eigenvalues = new double[eigen.count()];
        double[][] scores = new double[eigen.count()][];
        for (int c = 0; c < eigen.count(); c++) {
            eigenvalues[c] = Math.max(0, eigen.value(c));
            scores[c] = pointedUp(eigen.vector(c));
        }
        double trace = gram.trace();
        return new LayerComponents(
                layer,
                trace,
                norm * norm,
                eigenvalues,
                scores,
                gram.shift().clone(),
                norms,
                classes.separation(gram.centred(), trace));
    }

    /** The sign of an eigenvector means nothing; it is chosen so that the largest number is positive. */
    private static double[] pointedUp(double[] vector) {
        double extreme = Arrays.stream(vector).reduce(0, (a, b) -> Math.abs(b) > Math.abs(a) ? b : a);
        return extreme < 0 ? negative(vector) : vector;
    }

    private static double[] negative(double[] vector) {
        return Arrays.stream(vector).map(v -> -v).toArray();
    }

    /** The same with signs chosen so that every component is as much like another layer's as it can be. */
    LayerComponents alignedTo(LayerComponents other) {
        double[][] aligned = scores.clone();
        for (int c = 0; c < Math.min(count(), other.count()); c++) {
            aligned[c] = dot(scores[c], other.scores[c]) < 0 ? negative(scores[c]) : scores[c];
        }
        return new LayerComponents(layer, variance, squares, eigenvalues, aligned, shift, norms, classSeparation);
    }

    static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    /** The layer. */
    public LayerId layer() {
        return layer;
    }

    /** Whether it has components: a layer that answers the same to every example has none. */
    public boolean isDefined() {
        return eigenvalues.length > 0;
    }

    /** Number of components held. */
    public int count() {
        return eigenvalues.length;
    }

    /** Sum of all eigenvalues: n times the sum of the features' variances. */
    public double variance() {
        return variance;
    }

    /** An eigenvalue, the largest at 0. */
    public double eigenvalue(int component) {
        return eigenvalues[component];
    }

    /** The share of a component in the variance of the layer; NaN for one that a constant layer lacks. */
    public double varianceFraction(int component) {
        return component < count() ? eigenvalues[component] / variance : Double.NaN;
    }

    /** The participation ratio (Σλ)² / Σλ²: so many equal components would be as spread out. NaN for a constant layer. */
    public double effectiveRank() {
        return isDefined() ? variance * variance / squares : Double.NaN;
    }

    /** The scores of the examples on a component: a unit vector. Not a copy. */
    public double[] scores(int component) {
        return scores[component];
    }

    /** The projection of an example on a component, in the units of the activation. */
    public double projection(int component, int example) {
        return scores[component][example] * Math.sqrt(eigenvalues[component]);
    }

    /** The examples, from the one with the highest score on the first component down; of equal ones the first. */
    public int[] examplesByScore() {
        return IntStream.range(0, scores[0].length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> -scores[0][i]))
                .mapToInt(Integer::intValue)
                .toArray();
    }

    /** The part of the layer's variance that is an example's projection on the first component. */
    public double share(int example) {
        return isDefined() ? varianceFraction(0) * scores[0][example] * scores[0][example] : 0;
    }

    /** Euclidean norm of an example's activation as it is, not centred. */
    public double norm(int example) {
        return norms[example];
    }

    /** Between-class over within-class scatter, tr(S_B) / tr(S_W); NaN without labels and for a constant layer. */
    public double classSeparation() {
        return classSeparation;
    }

    double[] shift() {
        return shift;
    }

    double[] norms() {
        return norms;
    }

    @Override
    public String toString() {
        return String.format(
                java.util.Locale.ROOT,
                "%s: %d components, first %.3f of the variance, effective rank %.2f",
                layer,
                count(),
                varianceFraction(0),
                effectiveRank());
    }
}

package org.lamella.linalg;

/**
 * What all inner products of n examples' activations of one layer tell, in float64: K = (X - 1 mᵀ)(X - 1 mᵀ)ᵀ, with m the mean of
 * the features, and what is needed to have the inner products of the rows of X as they are. A workspace, written anew by every
 * {@link FullGramKernel#compute}.
 *
 * <p>Memory: n² × 8 bytes outside the heap.
 */
public final class FullGram implements AutoCloseable {
    /** A trace below this part of what centring took away is float32's rounding of a constant. */
    private static final double ROUNDING = 16.0 * Math.ulp(1f) * Math.ulp(1f);

    private final DoubleMatrix products;
    private final double[] shift;
    private final double[] featureSums;
    private long features;
    private double offset;

    /** Room for n examples; contents are arbitrary. */
    public FullGram(int n) {
        this.products = DoubleMatrix.allocate(n, n);
        this.shift = new double[n];
        this.featureSums = new double[n];
    }

    /** Number of examples, n. */
    public int size() {
        return shift.length;
    }

    /** Number of features that the activation had. */
    public long features() {
        return features;
    }

    /** The centred Gram matrix K, n × n, whose rows sum to 0. Not a copy. */
    public DoubleMatrix centred() {
        return products;
    }

    /** The numbers s for which K_ij + s_i + s_j is the inner product of rows i and j of X as they are. Not a copy. */
    public double[] shift() {
        return shift;
    }

    /** The sum of every example's features, as they are. Not a copy. */
    public double[] featureSums() {
        return featureSums;
    }

    /** Inner product of two examples' activations as they are, not centred. */
    public double innerProduct(int i, int j) {
        return products.get(i, j) + shift[i] + shift[j];
    }

    /** Euclidean norm of an example's activation as it is, not centred. */
    public double norm(int example) {
        return Math.sqrt(Math.max(0, innerProduct(example, example)));
    }

    /** The trace of K: the sum of the variances of all features, times n. */
    public double trace() {
        double trace = 0;
        for (int i = 0; i < size(); i++) {
            trace += products.get(i, i);
        }
        return trace;
    }

    /** Whether the activation was the same for all examples but for the rounding of float32, so that nothing is left of it. */
    public boolean isConstant() {
        return !(trace() > ROUNDING * offset);
    }

    /** Whether every number of the activation was one; a NaN or an infinity ends up in the diagonal. */
    public boolean isFinite() {
        double sum = 0;
        for (int i = 0; i < size(); i++) {
            sum += 0 * innerProduct(i, i);
        }
        return sum == 0;
    }

    /** @param squaredMean n ‖m‖², the part of the squared norm of X that centring took away */
    void describe(long featureCount, double squaredMean) {
        features = featureCount;
        offset = squaredMean;
    }

    @Override
    public void close() {
        products.close();
    }

    @Override
    public String toString() {
        return "Gram matrix of %d examples with %d features".formatted(size(), features);
    }
}

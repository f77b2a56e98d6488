package org.lamella.probe;

import org.lamella.linalg.DoubleMatrix;

/**
 * A point, a gradient or a step in the space of a multinomial logistic regression: weights W = Xᵀ A and intercepts b, with K A kept
 * beside A, so that inner products cost n × classes operations. Linear combinations are points too.
 */
final class SoftmaxPoint {
    /** A, row by row: n × classes. */
    private final double[] numbers;

    /** K A, likewise. */
    private final double[] image;

    /** b, one for each class. */
    private final double[] intercepts;

    /** Keeps the arrays, which are the point's from now on. */
    SoftmaxPoint(double[] numbers, double[] image, double[] intercepts) {
        this.numbers = numbers;
        this.image = image;
        this.intercepts = intercepts;
    }

    /** A; not a copy. */
    double[] numbers() {
        return numbers;
    }

    /** K A; not a copy. */
    double[] image() {
        return image;
    }

    /** b; not a copy. */
    double[] intercepts() {
        return intercepts;
    }

    static SoftmaxPoint zero(int n, int classes) {
        return new SoftmaxPoint(new double[n * classes], new double[n * classes], new double[classes]);
    }

    SoftmaxPoint copy() {
        return new SoftmaxPoint(numbers.clone(), image.clone(), intercepts.clone());
    }

    /** Adds a multiple of another one to this. */
    void add(double factor, SoftmaxPoint other) {
        add(numbers, factor, other.numbers);
        add(image, factor, other.image);
        add(intercepts, factor, other.intercepts);
    }

    private static void add(double[] to, double factor, double[] other) {
        for (int i = 0; i < to.length; i++) {
            to[i] += factor * other[i];
        }
    }

    void scale(double factor) {
        for (double[] part : new double[][] {numbers, image, intercepts}) {
            for (int i = 0; i < part.length; i++) {
                part[i] *= factor;
            }
        }
    }

    /** ⟨W, Wʹ⟩ + ⟨b, bʹ⟩. */
    double inner(SoftmaxPoint other) {
        return weights(other) + product(intercepts, other.intercepts);
    }

    /** ⟨W, Wʹ⟩ alone. */
    double weights(SoftmaxPoint other) {
        return product(numbers, other.image);
    }

    private static double product(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    /** Aᵀ: a row a class. */
    double[][] dual() {
        int classes = intercepts.length;
        double[][] rows = new double[classes][numbers.length / classes];
        for (int i = 0; i < numbers.length; i++) {
            rows[i % classes][i / classes] = numbers[i];
        }
        return rows;
    }

    static DoubleMatrix matrix(double[] numbers, int classes) {
        DoubleMatrix matrix = DoubleMatrix.allocate(numbers.length / classes, classes);
        for (int i = 0; i < matrix.rows(); i++) {
            matrix.write(i, 0, numbers, i * classes, classes);
        }
        return matrix;
    }
}

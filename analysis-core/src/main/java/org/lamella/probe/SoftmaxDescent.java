package org.lamella.probe;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.lamella.linalg.DoubleMatrix;

/**
 * Minimises the loss of a multinomial logistic regression by L-BFGS (Nocedal and Wright 2006, algorithms 7.4 and 7.5) with a
 * backtracking line search; the loss is convex, so every step that lowers it also has the curvature that the update needs. Trying a
 * step length costs no product with K, as K A is linear in A.
 */
final class SoftmaxDescent {
    private static final int MEMORY = 10;
    private static final int MOST_STEPS = 500;
    /** The gradient's norm at the end, as a part of what it is where all weights are 0. */
    private static final double TOLERANCE = 1e-4;

    private static final double SUFFICIENT = 1e-4;
    private static final int MOST_HALVINGS = 40;

    private final DoubleMatrix gram;
    private final int[] labels;
    private final int classes;
    private final double strength;

    /** The last steps and how the gradient changed in them. */
    private record Change(SoftmaxPoint step, SoftmaxPoint gradient, double curvature) {}

    SoftmaxDescent(DoubleMatrix gram, int[] labels, int classes, double strength) {
        this.gram = gram;
        this.labels = labels;
        this.classes = classes;
        this.strength = strength;
    }

    /** The minimum, searched from some point on, which stays as it is. */
    SoftmaxPoint from(SoftmaxPoint start) {
        double scale = norm(gradient(SoftmaxPoint.zero(labels.length, classes)));
        SoftmaxPoint point = start.copy();
        SoftmaxPoint gradient = gradient(point);
        double loss = loss(point);
        Deque<Change> changes = new ArrayDeque<>();
        for (int step = 0; step < MOST_STEPS && norm(gradient) > TOLERANCE * scale; step++) {
            SoftmaxPoint direction = direction(gradient, changes);
            double slope = direction.inner(gradient);
            double length = changes.isEmpty() ? Math.min(1, 1 / norm(gradient)) : 1;
            SoftmaxPoint next = moved(point, length, direction);
            double nextLoss = loss(next);
            for (int halving = 0; nextLoss > loss + SUFFICIENT * length * slope; halving++) {
                if (halving == MOST_HALVINGS) {
                    return point; // the loss is at the limit of float64
                }
                length /= 2;
                next = moved(point, length, direction);
                nextLoss = loss(next);
            }
            SoftmaxPoint nextGradient = gradient(next);
            remember(changes, point, next, gradient, nextGradient);
            point = next;
            gradient = nextGradient;
            loss = nextLoss;
        }
        return point;
    }

    private static double norm(SoftmaxPoint point) {
        return Math.sqrt(Math.max(0, point.inner(point)));
    }

    private static SoftmaxPoint moved(SoftmaxPoint from, double length, SoftmaxPoint direction) {
        SoftmaxPoint to = from.copy();
        to.add(length, direction);
        return to;
    }

    private static void remember(
            Deque<Change> changes, SoftmaxPoint from, SoftmaxPoint to, SoftmaxPoint before, SoftmaxPoint after) {
        SoftmaxPoint step = moved(to, -1, from);
        SoftmaxPoint change = moved(after, -1, before);
        double curvature = step.inner(change);
        if (curvature > 0) {
            changes.addLast(new Change(step, change, curvature));
        }
        if (changes.size() > MEMORY) {
            changes.removeFirst();
        }
    }

    /** Algorithm 7.4: the gradient times what the last steps tell of the inverse Hessian, turned downwards. */
    private static SoftmaxPoint direction(SoftmaxPoint gradient, Deque<Change> changes) {
        SoftmaxPoint direction = gradient.copy();
        List<Change> latestFirst = new ArrayList<>();
        changes.descendingIterator().forEachRemaining(latestFirst::add);
        double[] factors = new double[latestFirst.size()];
        for (int i = 0; i < factors.length; i++) {
            Change change = latestFirst.get(i);
            factors[i] = change.step().inner(direction) / change.curvature();
            direction.add(-factors[i], change.gradient());
        }
        if (factors.length > 0) {
            Change last = latestFirst.get(0);
            direction.scale(last.curvature() / last.gradient().inner(last.gradient()));
        }
        for (int i = factors.length - 1; i >= 0; i--) {
            Change change = latestFirst.get(i);
            double factor = change.gradient().inner(direction) / change.curvature();
            direction.add(factors[i] - factor, change.step());
        }
        direction.scale(-1);
        return direction;
    }

    /** The mean of -log softmax at the labels and the penalty. */
    double loss(SoftmaxPoint point) {
        double sum = 0;
        double[] scores = new double[classes];
        for (int i = 0; i < labels.length; i++) {
            double logSum = logSum(point, i, scores);
            sum += logSum - scores[labels[i]];
        }
        return sum / labels.length + strength / 2 * point.weights(point);
    }

    private double logSum(SoftmaxPoint point, int example, double[] scores) {
        double largest = Double.NEGATIVE_INFINITY;
        for (int c = 0; c < classes; c++) {
            scores[c] = point.image()[example * classes + c] + point.intercepts()[c];
            largest = Math.max(largest, scores[c]);
        }
        double sum = 0;
        for (double score : scores) {
            sum += Math.exp(score - largest);
        }
        return largest + Math.log(sum);
    }

    /** G = (P - Y)/n + λ A with its image, and the mean of P - Y for the intercepts. */
    SoftmaxPoint gradient(SoftmaxPoint point) {
        int n = labels.length;
        double[] numbers = new double[n * classes];
        double[] intercepts = new double[classes];
        double[] scores = new double[classes];
        for (int i = 0; i < n; i++) {
            double logSum = logSum(point, i, scores);
            for (int c = 0; c < classes; c++) {
                double residual = (Math.exp(scores[c] - logSum) - (labels[i] == c ? 1 : 0)) / n;
                numbers[i * classes + c] = residual + strength * point.numbers()[i * classes + c];
                intercepts[c] += residual;
            }
        }
        try (DoubleMatrix matrix = SoftmaxPoint.matrix(numbers, classes);
                DoubleMatrix product = gram.times(matrix)) {
            double[] image = new double[numbers.length];
            for (int i = 0; i < n; i++) {
                product.read(i, 0, image, i * classes, classes);
            }
            return new SoftmaxPoint(numbers, image, intercepts);
        }
    }
}

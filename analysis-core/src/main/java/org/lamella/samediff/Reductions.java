package org.lamella.samediff;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.lamella.convert.Attribute;

/** Operations that reduce axes to one number. */
final class Reductions {
    static final Map<String, String> OPERATORS = Map.of(
            "reduce_mean", "ReduceMean",
            "reduce_sum", "ReduceSum",
            "reduce_max", "ReduceMax",
            "reduce_min", "ReduceMin",
            "reduce_prod", "ReduceProd",
            "reduce_norm1", "ReduceL1",
            "reduce_norm2", "ReduceL2",
            "reduce_sqnorm", "ReduceSumSquare",
            "reduce_logsumexp", "ReduceLogSumExp");

    private Reductions() {}

    static Value reduce(OperationWriter to, String operator) {
        List<Long> axes = axes(to);
        boolean keep = to.truth(0) || to.property("keepDims");
        return Value.floating(reduced(to, operator, to.floating(0), axes, keep), shape(to.shape(0), axes, keep));
    }

    private static List<Long> axes(OperationWriter to) {
        List<Long> given = to.operation().arguments().axes();
        if (given.isEmpty()) {
            given = to.integers();
        }
        return to.axes(given.isEmpty() && to.hasInput(1) ? to.known(1) : given);
    }

    /** Version 13 gave the axes of a sum as an input, and left them an attribute of the others. */
    private static String reduced(OperationWriter to, String operator, String x, List<Long> axes, boolean keep) {
        return operator.equals("ReduceSum")
                ? to.node(operator, List.of(x, to.integers("axes", axes)), Attribute.of("keepdims", keep ? 1L : 0L))
                : to.node(operator, List.of(x), Attribute.of("axes", axes), Attribute.of("keepdims", keep ? 1L : 0L));
    }

    private static List<Long> shape(List<Long> given, List<Long> axes, boolean keep) {
        List<Long> shape = new ArrayList<>();
        for (int axis = 0; axis < given.size(); axis++) {
            if (!axes.contains((long) axis)) {
                shape.add(given.get(axis));
            } else if (keep) {
                shape.add(1L);
            }
        }
        return shape;
    }

    /** The mean square distance from the mean, or its root. */
    static Value spread(OperationWriter to, boolean root) {
        List<Long> axes = axes(to);
        boolean keep = to.property("keepDims") || to.truth(1);
        String variance = variance(to, to.floating(0), axes, keep);
        if (to.property("biasCorrected") || to.truth(0)) {
            double count = count(to, axes);
            variance = to.node("Mul", List.of(variance, to.number(count / (count - 1))));
        }
        return Value.floating(root ? to.node("Sqrt", variance) : variance, shape(to.shape(0), axes, keep));
    }

    private static double count(OperationWriter to, List<Long> axes) {
        double count = 1;
        for (long axis : axes) {
            long length = to.shape(0).get((int) axis);
            if (length < 0) {
                throw to.unconvertible("it divides by a length that the file leaves open");
            }
            count *= length;
        }
        return count;
    }

    private static String variance(OperationWriter to, String x, List<Long> axes, boolean keep) {
        String distance = to.node("Sub", List.of(x, reduced(to, "ReduceMean", x, axes, true)));
        return reduced(to, "ReduceMean", to.node("Mul", List.of(distance, distance)), axes, keep);
    }

    /** Distance from the mean over the standard deviation; 0 where that is 0. */
    static Value standardized(OperationWriter to) {
        List<Long> given = to.integers();
        List<Long> axes = to.axes(given.isEmpty() && to.inputs().size() == 2 ? to.known(1) : given);
        String x = to.floating(0);
        String distance = to.node("Sub", List.of(x, reduced(to, "ReduceMean", x, axes, true)));
        String deviation =
                to.node("Sqrt", reduced(to, "ReduceMean", to.node("Mul", List.of(distance, distance)), axes, true));
        String divisor = to.node(
                "Where", List.of(to.node("Greater", List.of(deviation, to.number(0))), deviation, to.number(1)));
        return Value.floating(to.node("Div", List.of(distance, divisor)), to.shape(0));
    }

    /** The place of the largest or the smallest number. */
    static Value place(OperationWriter to, String operator) {
        int axes = to.shape(0).size();
        List<Long> over = axes(to);
        if (over.size() != 1) {
            throw to.unconvertible("it looks along %d axes".formatted(over.size()));
        }
        boolean keep = to.truth(0) || to.property("keepDims");
        String tensor = to.node(
                operator,
                List.of(to.floating(0)),
                Attribute.of("axis", to.axis(over.get(0), axes)),
                Attribute.of("keepdims", keep ? 1L : 0L));
        return new Value(tensor, NumberType.Family.WHOLE, shape(to.shape(0), over, keep), null);
    }

    static Value softmax(OperationWriter to, String operator) {
        @Nullable List<Long> shape = to.x().shape();
        long axis = to.integer(0, -1);
        return Value.floating(
                to.node(
                        operator,
                        to.floating(0),
                        Attribute.of("axis", shape == null ? axis : to.axis(axis, shape.size()))),
                shape);
    }

    static Value runningSum(OperationWriter to) {
        int axis = to.axis(to.integer(2), to.shape(0).size());
        String tensor = to.node(
                "CumSum",
                List.of(to.floating(0), to.integer("axis", axis)),
                Attribute.of("exclusive", to.between(0, 0, 1)),
                Attribute.of("reverse", to.between(1, 0, 1)));
        return Value.floating(tensor, to.shape(0));
    }
}

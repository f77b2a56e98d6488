package org.lamella.samediff;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.lamella.convert.Attribute;

/** Products with weights, biases and normalisations. */
final class Units {
    private Units() {}

    /** x w + b */
    static Value dense(OperationWriter to) {
        List<Long> x = to.shape(0);
        List<Long> weights = to.shape(1);
        if (x.size() != 2 || weights.size() != 2) {
            throw to.unconvertible("it is given arrays of %d and %d axes".formatted(x.size(), weights.size()));
        }
        boolean xTurned = to.integer(0, 0) == 1;
        boolean weightsTurned = to.integer(1, 0) == 1;
        String tensor = to.node(
                "Gemm",
                List.of(to.floating(0), to.floating(1), to.floating(2)),
                Attribute.of("transA", xTurned ? 1L : 0L),
                Attribute.of("transB", weightsTurned ? 1L : 0L));
        return Value.floating(tensor, List.of(x.get(xTurned ? 1 : 0), weights.get(weightsTurned ? 0 : 1)));
    }

    static Value rectified(OperationWriter to) {
        Value dense = dense(to);
        return dense.as(to.node("Relu", dense.tensor()));
    }

    static Value product(OperationWriter to) {
        List<Long> some = to.shape(0);
        List<Long> other = to.shape(1);
        if (some.size() < 2 || other.size() < 2) {
            throw to.unconvertible("it is given arrays of %d and %d axes".formatted(some.size(), other.size()));
        }
        boolean someTurned = to.integer(0, 0) == 1;
        boolean otherTurned = to.integer(1, 0) == 1;
        List<Long> left = someTurned ? turned(some) : some;
        List<Long> right = otherTurned ? turned(other) : other;
        String tensor = to.node(
                "MatMul",
                List.of(
                        someTurned ? turned(to, to.floating(0), some.size()) : to.floating(0),
                        otherTurned ? turned(to, to.floating(1), other.size()) : to.floating(1)));
        List<Long> shape =
                new ArrayList<>(Value.together(left.subList(0, left.size() - 2), right.subList(0, right.size() - 2)));
        shape.add(left.get(left.size() - 2));
        shape.add(right.get(right.size() - 1));
        if (to.number(0, 1) != 1) {
            tensor = to.node("Mul", List.of(tensor, to.number(to.number(0, 1))));
        }
        if (to.number(1, 0) != 0) {
            throw to.unconvertible("it adds to what was there");
        }
        return to.integer(2, 0) == 1
                ? Value.floating(turned(to, tensor, shape.size()), turned(shape))
                : Value.floating(tensor, shape);
    }

    private static List<Long> turned(List<Long> shape) {
        List<Long> turned = new ArrayList<>(shape);
        Collections.swap(turned, shape.size() - 2, shape.size() - 1);
        return turned;
    }

    private static String turned(OperationWriter to, String tensor, int axes) {
        long[] order = LongStream.range(0, axes).toArray();
        order[axes - 2] = axes - 1L;
        order[axes - 1] = axes - 2L;
        return to.transposed(tensor, order);
    }

    static Value bias(OperationWriter to) {
        boolean channelsFirst = to.truth(0);
        String bias = channelsFirst ? alongChannels(to, 1, 1) : to.floating(1);
        return Value.floating(
                to.node("Add", List.of(to.floating(0), bias)), to.x().shape());
    }

    /** A vector that is repeated over all axes but one. */
    private static String alongChannels(OperationWriter to, int input, int axis) {
        int behind = to.shape(0).size() - 1 - axis;
        if (behind == 0) {
            return to.floating(input);
        }
        long[] lengths = new long[behind + 1];
        lengths[0] = -1;
        for (int i = 1; i <= behind; i++) {
            lengths[i] = 1;
        }
        return to.node("Reshape", List.of(to.floating(input), to.integers("channels", lengths)));
    }

    /** (x - mean) / √(variance + ε), times a scale and plus an offset where there are such. */
    static Value batchNormalization(OperationWriter to) {
        boolean scaled = to.integer(0, 0) != 0;
        boolean shifted = to.integer(1, 0) != 0;
        int axes = to.shape(0).size();
        if (to.integers().size() > 3) {
            throw to.unconvertible("it has %d axes".formatted(to.integers().size() - 2));
        }
        int axis = to.axis(to.integer(2, -1), axes);
        if (axis == 1 && scaled && shifted) {
            List<String> tensors = new ArrayList<>(List.of(to.floating(0)));
            for (int input : new int[] {3, 4, 1, 2}) {
                tensors.add(to.node("Reshape", List.of(to.floating(input), to.integers("channels", -1))));
            }
            return Value.floating(
                    to.node("BatchNormalization", tensors, Attribute.of("epsilon", to.number(0, 1e-5))), to.shape(0));
        }
        String deviation =
                to.node("Sqrt", to.node("Add", List.of(alongChannels(to, 2, axis), to.number(to.number(0, 1e-5)))));
        String factor = scaled
                ? to.node("Div", List.of(alongChannels(to, 3, axis), deviation))
                : to.node("Reciprocal", deviation);
        String distance = to.node("Sub", List.of(to.floating(0), alongChannels(to, 1, axis)));
        String tensor = to.node("Mul", List.of(distance, factor));
        if (shifted) {
            tensor = to.node("Add", List.of(tensor, alongChannels(to, scaled ? 4 : 3, axis)));
        }
        return Value.floating(tensor, to.shape(0));
    }

    /** What was standardized, times a gain and plus a bias. */
    static Value layerNormalization(OperationWriter to) {
        Value standardized = Reductions.standardized(to);
        boolean channelsFirst = to.truth(0);
        String gain = channelsFirst ? alongChannels(to, 1, 1) : to.floating(1);
        String tensor = to.node("Mul", List.of(standardized.tensor(), gain));
        if (to.hasInput(2)) {
            String bias = channelsFirst ? alongChannels(to, 2, 1) : to.floating(2);
            tensor = to.node("Add", List.of(tensor, bias));
        }
        return standardized.as(tensor);
    }

    /** A slope for what is negative, one for each place but for axes that share it. */
    static Value sloped(OperationWriter to) {
        List<Long> shape = to.shape(0);
        @Nullable List<Long> slopes = to.input(1).shape();
        if (slopes == null || slopes.size() != shape.size() - 1) {
            throw to.unconvertible("its slopes are %s for arrays %s".formatted(slopes, shape));
        }
        return Value.floating(to.node("PRelu", List.of(to.floating(0), to.floating(1))), shape);
    }
}

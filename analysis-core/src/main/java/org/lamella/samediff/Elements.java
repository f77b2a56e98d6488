package org.lamella.samediff;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.lamella.convert.Attribute;

/** Operations that compute every number from the numbers at the same place, by ND4J's definitions. */
final class Elements {
    /** Those that ONNX has under another name. */
    static final Map<String, String> OF_ONE = Map.ofEntries(
            Map.entry("identity", "Identity"),
            Map.entry("dropout", "Identity"),
            Map.entry("dropout_inverted", "Identity"),
            Map.entry("sigmoid", "Sigmoid"),
            Map.entry("tanh", "Tanh"),
            Map.entry("softplus", "Softplus"),
            Map.entry("softsign", "Softsign"),
            Map.entry("selu", "Selu"),
            Map.entry("exp", "Exp"),
            Map.entry("log", "Log"),
            Map.entry("sqrt", "Sqrt"),
            Map.entry("abs", "Abs"),
            Map.entry("neg", "Neg"),
            Map.entry("sign", "Sign"),
            Map.entry("floor", "Floor"),
            Map.entry("ceil", "Ceil"),
            Map.entry("Reciprocal", "Reciprocal"),
            Map.entry("sin", "Sin"),
            Map.entry("cos", "Cos"),
            Map.entry("tan", "Tan"),
            Map.entry("asin", "Asin"),
            Map.entry("acos", "Acos"),
            Map.entry("atan", "Atan"),
            Map.entry("sinh", "Sinh"),
            Map.entry("cosh", "Cosh"),
            Map.entry("asinh", "Asinh"),
            Map.entry("acosh", "Acosh"),
            Map.entry("atanh", "Atanh"),
            Map.entry("erf", "Erf"));

    /** The same, of two; what is marked takes them the other way round. */
    static final Map<String, String> OF_TWO = Map.ofEntries(
            Map.entry("add", "Add"),
            Map.entry("subtract", "Sub"),
            Map.entry("multiply", "Mul"),
            Map.entry("divide", "Div"),
            Map.entry("reversesubtract", "<Sub"),
            Map.entry("reversedivide", "<Div"),
            Map.entry("maximum", "Max"),
            Map.entry("minimum", "Min"),
            Map.entry("Pow", "Pow"),
            Map.entry("greater", "?Greater"),
            Map.entry("less", "?Less"),
            Map.entry("greater_equal", "?GreaterOrEqual"),
            Map.entry("less_equal", "?LessOrEqual"),
            Map.entry("equals", "?Equal"));

    /** The same, of one and a number. */
    static final Map<String, String> WITH_NUMBER = Map.ofEntries(
            Map.entry("add_scalar", "Add"),
            Map.entry("sub_scalar", "Sub"),
            Map.entry("mul_scalar", "Mul"),
            Map.entry("div_scalar", "Div"),
            Map.entry("rsub_scalar", "<Sub"),
            Map.entry("rdiv_scalar", "<Div"),
            Map.entry("pow", "Pow"),
            Map.entry("greaterthan_scalar", "?Greater"),
            Map.entry("lessthan_scalar", "?Less"),
            Map.entry("greaterthanorequal_scalar", "?GreaterOrEqual"),
            Map.entry("lessthanorequal_scalar", "?LessOrEqual"),
            Map.entry("equals_scalar", "?Equal"));

    /** What is not one operator of ONNX. */
    static final Map<String, Function<OperationWriter, String>> FUNCTIONS = Map.ofEntries(
            Map.entry("relu", to -> relu(to)),
            Map.entry("relu6", to -> to.node("Min", List.of(relu(to), to.number(6)))),
            Map.entry(
                    "leakyrelu", to -> to.node("LeakyRelu", to.floating(0), Attribute.of("alpha", to.number(0, 0.01)))),
            Map.entry("elu", to -> to.node("Elu", to.floating(0), Attribute.of("alpha", to.number(0, 1)))),
            Map.entry("hardtanh", to -> clip(to, -1, 1)),
            Map.entry("ClipByValue", to -> clip(to, to.number(0, Double.NaN), to.number(1, Double.NaN))),
            Map.entry("hard_sigmoid", to -> to.node("HardSigmoid", to.floating(0))),
            Map.entry("swish", to -> times(to, to.floating(0), to.node("Sigmoid", to.floating(0)))),
            Map.entry(
                    "gelu",
                    to -> times(to, to.floating(0), to.node("Sigmoid", times(to, to.number(1.702), to.floating(0))))),
            Map.entry("precise_gelu", to -> preciseGelu(to)),
            Map.entry("logsigmoid", to -> to.node("Neg", to.node("Softplus", to.node("Neg", to.floating(0))))),
            Map.entry("rectified_tanh", to -> to.node("Relu", to.node("Tanh", to.floating(0)))),
            Map.entry("rational_tanh", to -> rationalTanh(to)),
            Map.entry("square", to -> times(to, to.floating(0), to.floating(0))),
            Map.entry("cube", to -> times(to, to.floating(0), times(to, to.floating(0), to.floating(0)))),
            Map.entry("rsqrt", to -> to.node("Reciprocal", to.node("Sqrt", to.floating(0)))),
            Map.entry("log1p", to -> to.node("Log", to.node("Add", List.of(to.floating(0), to.number(1))))),
            Map.entry("expm1", to -> to.node("Sub", List.of(to.node("Exp", to.floating(0)), to.number(1)))),
            Map.entry("erfc", to -> to.node("Sub", List.of(to.number(1), to.node("Erf", to.floating(0))))));

    private Elements() {}

    static Value ofOne(OperationWriter to, String operator) {
        if (operator.equals("Identity")) {
            return to.x().like(to.node(operator, to.x().tensor()), to.x().shape());
        }
        return Value.floating(to.node(operator, to.floating(0)), to.x().shape());
    }

    static Value ofTwo(OperationWriter to, String operator) {
        Value some = to.input(0);
        Value other = to.input(1);
        if (some.family() != other.family()) {
            some = to.cast(some, NumberType.Family.FLOATING);
            other = to.cast(other, NumberType.Family.FLOATING);
        }
        return joined(to, operator, some, other);
    }

    static Value withNumber(OperationWriter to, String operator) {
        if (to.x().family() == NumberType.Family.WHOLE) {
            return joined(to, operator, to.x(), whole(to));
        }
        Value x = to.cast(to.x(), NumberType.Family.FLOATING);
        return joined(to, operator, x, Value.floating(to.number(to.scalar()), List.of()));
    }

    // Whole numbers stay whole in ND4J, also when they are divided.
    private static Value whole(OperationWriter to) {
        double number = to.scalar();
        if (number != Math.rint(number)) {
            throw to.unconvertible("it takes whole numbers and %s".formatted(number));
        }
        return new Value(to.integer("number", (long) number), NumberType.Family.WHOLE, List.of(), null);
    }

    private static Value joined(OperationWriter to, String operator, Value some, Value other) {
        @Nullable List<Long> shape = Value.together(some.shape(), other.shape());
        List<String> tensors = operator.startsWith("<")
                ? List.of(other.tensor(), some.tensor())
                : List.of(some.tensor(), other.tensor());
        String tensor = to.node(operator.replaceFirst("[<?]", ""), tensors);
        NumberType.Family family = operator.startsWith("?") ? NumberType.Family.TRUTH : some.family();
        return new Value(tensor, family, shape, null);
    }

    static Value function(OperationWriter to, Function<OperationWriter, String> function) {
        return Value.floating(function.apply(to), to.x().shape());
    }

    private static String times(OperationWriter to, String some, String other) {
        return to.node("Mul", List.of(some, other));
    }

    /** What is not above the cutoff becomes the cutoff. */
    private static String relu(OperationWriter to) {
        double cutoff = to.operation().arguments().scalar() == null ? to.number(0, 0) : to.scalar();
        return cutoff == 0
                ? to.node("Relu", to.floating(0))
                : to.node("Max", List.of(to.floating(0), to.number(cutoff)));
    }

    private static String clip(OperationWriter to, double least, double most) {
        if (Double.isNaN(least) || Double.isNaN(most)) {
            throw to.unconvertible("its limits are missing");
        }
        String above = to.node("Max", List.of(to.floating(0), to.number(least)));
        return to.node("Min", List.of(above, to.number(most)));
    }

    /** Usually the cube's factor is 0.044715; ND4J takes the cube of the factor too. */
    private static String preciseGelu(OperationWriter to) {
        String x = to.floating(0);
        String small = times(to, to.number(0.044715), x);
        String inner = times(
                to,
                to.number(Math.sqrt(2 / Math.PI)),
                to.node("Add", List.of(x, times(to, small, times(to, small, small)))));
        return times(to, times(to, to.number(0.5), x), to.node("Add", List.of(to.number(1), to.node("Tanh", inner))));
    }

    /** 1.7159 sgn(y) (1 - 1 / (1 + |y| + y² + 1.41645 y⁴)), where y = 2x / 3. */
    private static String rationalTanh(OperationWriter to) {
        String y = times(to, to.floating(0), to.number(2.0 / 3));
        String square = times(to, y, y);
        String fourth = times(to, to.number(1.41645), times(to, square, square));
        String sum = to.node("Sum", List.of(to.number(1), to.node("Abs", y), square, fourth));
        String ratio = to.node("Sub", List.of(to.number(1), to.node("Reciprocal", sum)));
        return times(to, to.number(1.7159), times(to, to.node("Sign", y), ratio));
    }

    /** Positive part and negative part, side by side along the last axis. */
    static Value twoSided(OperationWriter to) {
        String x = to.floating(0);
        List<Long> shape = new ArrayList<>(to.shape(0));
        int last = to.axis(-1, shape.size());
        shape.set(last, shape.get(last) < 0 ? Value.OPEN : 2 * shape.get(last));
        return Value.floating(
                to.node(
                        "Concat",
                        List.of(to.node("Relu", x), to.node("Relu", to.node("Neg", x))),
                        Attribute.of("axis", last)),
                shape);
    }

    static Value squaredDifference(OperationWriter to) {
        Value difference = ofTwo(to, "Sub");
        return difference.as(times(to, difference.tensor(), difference.tensor()));
    }

    /** The second where the first is true, else the third. */
    static Value select(OperationWriter to) {
        Value chosen = to.input(1);
        if (chosen.family() != to.input(2).family()) {
            throw to.unconvertible("it chooses between numbers of two kinds");
        }
        String truth = to.cast(to.x(), NumberType.Family.TRUTH).tensor();
        return chosen.like(
                to.node("Where", List.of(truth, chosen.tensor(), to.input(2).tensor())),
                Value.together(
                        to.x().shape(),
                        Value.together(chosen.shape(), to.input(2).shape())));
    }

    static Value cast(OperationWriter to) {
        NumberType type = NumberType.of((int) to.between(0, 0, 127))
                .orElseThrow(() -> to.unconvertible("it makes numbers of a type that is not read"));
        Value x = to.x();
        return x.family() == type.family()
                ? x.like(to.node("Identity", x.tensor()), x.shape())
                : to.cast(x, type.family());
    }
}

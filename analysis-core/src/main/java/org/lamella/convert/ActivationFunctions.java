package org.lamella.convert;

import java.util.List;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationCube;
import org.nd4j.linalg.activations.impl.ActivationELU;
import org.nd4j.linalg.activations.impl.ActivationGELU;
import org.nd4j.linalg.activations.impl.ActivationHardSigmoid;
import org.nd4j.linalg.activations.impl.ActivationHardTanH;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.activations.impl.ActivationMish;
import org.nd4j.linalg.activations.impl.ActivationRationalTanh;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.activations.impl.ActivationReLU6;
import org.nd4j.linalg.activations.impl.ActivationRectifiedTanh;
import org.nd4j.linalg.activations.impl.ActivationSELU;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.activations.impl.ActivationSoftPlus;
import org.nd4j.linalg.activations.impl.ActivationSoftSign;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.activations.impl.ActivationSwish;
import org.nd4j.linalg.activations.impl.ActivationTanH;
import org.nd4j.linalg.activations.impl.ActivationThresholdedReLU;

/** Activation functions, by ND4J's definitions of them. */
final class ActivationFunctions {
    private ActivationFunctions() {}

    /** @throws UnconvertibleException if ONNX has no operators for the function, or it is not a fixed one */
    static Value apply(LayerWriter to, IActivation function, Value input) {
        return input.as(tensor(to, function, input));
    }

    private static String tensor(LayerWriter to, IActivation function, Value input) {
        String x = input.tensor();
        if (function instanceof ActivationIdentity) {
            return x;
        } else if (function instanceof ActivationReLU relu) {
            return relu(to, relu, x);
        } else if (function instanceof ActivationLReLU leaky) {
            return to.node("LeakyRelu", List.of(x), Attribute.of("alpha", leaky.getAlpha()));
        } else if (function instanceof ActivationThresholdedReLU thresholded) {
            return to.node("ThresholdedRelu", List.of(x), Attribute.of("alpha", thresholded.getTheta()));
        } else if (function instanceof ActivationELU elu) {
            return to.node("Elu", List.of(x), Attribute.of("alpha", elu.getAlpha()));
        } else if (function instanceof ActivationSELU) {
            return to.node("Selu", List.of(x));
        } else if (function instanceof ActivationReLU6) {
            return clip(to, x, 0, 6);
        } else if (function instanceof ActivationHardTanH) {
            return clip(to, x, -1, 1);
        } else if (function instanceof ActivationHardSigmoid) {
            return to.node("HardSigmoid", List.of(x));
        } else if (function instanceof ActivationSigmoid) {
            return to.node("Sigmoid", List.of(x));
        } else if (function instanceof ActivationTanH) {
            return to.node("Tanh", List.of(x));
        } else if (function instanceof ActivationRectifiedTanh) {
            return to.node("Relu", List.of(to.node("Tanh", List.of(x))));
        } else if (function instanceof ActivationSoftPlus) {
            return to.node("Softplus", List.of(x));
        } else if (function instanceof ActivationSoftSign) {
            return to.node("Softsign", List.of(x));
        } else if (function instanceof ActivationSoftmax) {
            // Over the last axis of Deeplearning4j's array, whatever that is.
            return to.node("Softmax", List.of(x), Attribute.of("axis", input.channelsMoved() ? 1 : -1));
        } else if (function instanceof ActivationSwish) {
            return times(to, x, to.node("Sigmoid", List.of(x)));
        } else if (function instanceof ActivationMish) {
            return times(to, x, to.node("Tanh", List.of(to.node("Softplus", List.of(x)))));
        } else if (function instanceof ActivationGELU gelu) {
            return gelu.isPrecise() ? tanhGelu(to, x) : sigmoidGelu(to, x);
        } else if (function instanceof ActivationCube) {
            return times(to, x, times(to, x, x));
        } else if (function instanceof ActivationRationalTanh) {
            return rationalTanh(to, x);
        }
        throw to.unconvertible("its activation function %s has no form in ONNX".formatted(function));
    }

    private static String relu(LayerWriter to, ActivationReLU relu, String x) {
        double slope = relu.getNegativeSlope() == null ? 0 : relu.getNegativeSlope();
        double threshold = relu.getThreshold() == null ? 0 : relu.getThreshold();
        String rectified;
        if (threshold == 0) {
            rectified = slope == 0
                    ? to.node("Relu", List.of(x))
                    : to.node("LeakyRelu", List.of(x), Attribute.of("alpha", slope));
        } else {
            String limit = to.number(threshold);
            String below = times(to, to.node("Sub", List.of(x, limit)), to.number(slope));
            rectified = to.node("Where", List.of(to.node("GreaterOrEqual", List.of(x, limit)), x, below));
        }
        return relu.getMax() == null ? rectified : to.node("Min", List.of(rectified, to.number(relu.getMax())));
    }

    private static String clip(LayerWriter to, String x, double least, double most) {
        return to.node("Min", List.of(to.node("Max", List.of(x, to.number(least))), to.number(most)));
    }

    private static String times(LayerWriter to, String some, String other) {
        return to.node("Mul", List.of(some, other));
    }

    private static String plus(LayerWriter to, String some, String other) {
        return to.node("Add", List.of(some, other));
    }

    private static String sigmoidGelu(LayerWriter to, String x) {
        return times(to, x, to.node("Sigmoid", List.of(times(to, x, to.number(1.702)))));
    }

    /** Usually the cube's factor is 0.044715; ND4J takes the cube of the factor too. */
    private static String tanhGelu(LayerWriter to, String x) {
        String small = times(to, to.number(0.044715), x);
        String inner =
                times(to, to.number(Math.sqrt(2 / Math.PI)), plus(to, x, times(to, small, times(to, small, small))));
        return times(to, times(to, to.number(0.5), x), plus(to, to.number(1), to.node("Tanh", List.of(inner))));
    }

    /** 1.7159 sgn(y) (1 - 1 / (1 + |y| + y² + 1.41645 y⁴)), where y = 2x / 3. */
    private static String rationalTanh(LayerWriter to, String x) {
        String y = times(to, x, to.number(2.0 / 3));
        String square = times(to, y, y);
        String fourth = times(to, to.number(1.41645), times(to, square, square));
        String sum = plus(to, plus(to, to.number(1), to.node("Abs", List.of(y))), plus(to, square, fourth));
        String ratio = to.node("Sub", List.of(to.number(1), to.node("Reciprocal", List.of(sum))));
        return times(to, to.number(1.7159), times(to, to.node("Sign", List.of(y)), ratio));
    }
}

package org.lamella.onnx;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import onnx.Onnx.AttributeProto;
import onnx.Onnx.GraphProto;
import onnx.Onnx.NodeProto;
import org.jspecify.annotations.Nullable;
import org.lamella.activation.ChannelOrder;

/**
 * Which axis of a graph's tensors has the channels, as far as its operators tell.
 *
 * <p>Convolution, pooling and the normalizations of channels have them behind the batch, by definition (1), the variants that a runtime
 * makes for itself at the end (2). A transposition moves them (3). What computes number by number, or works along one axis and leaves
 * all, has them where what it takes has them (4). A product with a matrix leaves them where they are if they are last (5). These rules
 * are followed in both directions, so the input of a convolution tells of what computes it, until nothing more follows: a few walks over
 * the graph. Behind any other operator, such as {@code Reshape}, nothing is known.
 *
 * @param steps the nodes that tell anything, in the order of the graph
 */
record OnnxChannels(List<Step> steps) {
    /** (1) */
    private static final Set<String> FIRST = Set.of(
            "Conv",
            "ConvTranspose",
            "ConvInteger",
            "FusedConv",
            "DeformConv",
            "MaxPool",
            "AveragePool",
            "LpPool",
            "GlobalMaxPool",
            "GlobalAveragePool",
            "GlobalLpPool",
            "BatchNormalization",
            "InstanceNormalization",
            "GroupNormalization",
            "LRN",
            "DepthToSpace",
            "SpaceToDepth");

    /** First, unless an attribute says that they are last. */
    private static final Set<String> EITHER =
            Set.of("QLinearConv", "QLinearConvTranspose", "QLinearAveragePool", "QLinearGlobalAveragePool");

    /** (2) */
    private static final Set<String> LAST = Set.of("NhwcConv", "NhwcFusedConv", "NhwcMaxPool");

    /** (4) */
    private static final Set<String> KEEPING = Set.of(
            "Abs",
            "Add",
            "BiasGelu",
            "Cast",
            "Ceil",
            "Celu",
            "Clip",
            "Concat",
            "DequantizeLinear",
            "Div",
            "Dropout",
            "Elu",
            "Erf",
            "Exp",
            "Expand",
            "FastGelu",
            "Floor",
            "Gelu",
            "HardSigmoid",
            "HardSwish",
            "Identity",
            "LayerNormalization",
            "LeakyRelu",
            "Log",
            "LogSoftmax",
            "LpNormalization",
            "Max",
            "Mean",
            "Min",
            "Mish",
            "Mul",
            "Neg",
            "PRelu",
            "Pad",
            "Pow",
            "QLinearAdd",
            "QLinearConcat",
            "QLinearLeakyRelu",
            "QLinearMul",
            "QLinearSigmoid",
            "QuantizeLinear",
            "QuickGelu",
            "Reciprocal",
            "ReduceMax",
            "ReduceMean",
            "ReduceSum",
            "Relu",
            "Resize",
            "Round",
            "Selu",
            "Sigmoid",
            "Slice",
            "Softmax",
            "Softplus",
            "Softsign",
            "Split",
            "Sqrt",
            "Sub",
            "Sum",
            "Tanh",
            "ThresholdedRelu",
            "Upsample",
            "Where");

    private static final String TRANSPOSE = "Transpose";
    private static final String PRODUCT = "MatMul";

    OnnxChannels {
        steps = List.copyOf(steps);
    }

    /** What an operator does to the axis. */
    private enum Rule {
        FIRST,
        LAST,
        MOVES,
        KEEPS,
        KEEPS_LAST
    }

    /**
     * One node.
     *
     * @param axes of a transposition: which axis of what it takes each axis of the result is; empty for all in reverse
     */
    private record Step(Rule rule, List<String> inputs, List<String> outputs, List<Integer> axes) {}

    static OnnxChannels of(GraphProto graph) {
        List<NodeProto> reshapes = graph.getNodeList().stream()
                .filter(node -> node.getOpType().equals("Reshape"))
                .toList();
        Set<String> reshaped =
                reshapes.stream().flatMap(node -> node.getOutputList().stream()).collect(Collectors.toSet());
        Set<String> toReshape = reshapes.stream()
                .flatMap(node -> node.getInputList().stream().limit(1))
                .collect(Collectors.toSet());
        List<Step> steps = new ArrayList<>();
        for (NodeProto node : graph.getNodeList()) {
            // Group normalization before operator set 18: groups are reshaped to the place of channels, and back.
            boolean ofGroups = node.getOpType().equals("InstanceNormalization")
                    && node.getInputList().stream().limit(1).anyMatch(reshaped::contains)
                    && node.getOutputList().stream().anyMatch(toReshape::contains);
            Rule rule = ofGroups ? null : rule(node);
            // A damaged file may have nodes without either.
            if (rule != null && node.getInputCount() > 0 && node.getOutputCount() > 0) {
                boolean one = rule == Rule.FIRST || rule == Rule.LAST || rule == Rule.MOVES;
                steps.add(new Step(
                        rule,
                        one ? node.getInputList().subList(0, 1) : List.copyOf(node.getInputList()),
                        one ? node.getOutputList().subList(0, 1) : List.copyOf(node.getOutputList()),
                        node.getAttributeList().stream()
                                .filter(attribute -> attribute.getName().equals("perm"))
                                .flatMap(attribute -> attribute.getIntsList().stream())
                                .map(Long::intValue)
                                .toList()));
            }
        }
        return new OnnxChannels(steps);
    }

    private static @Nullable Rule rule(NodeProto node) {
        String operator = node.getOpType();
        if (FIRST.contains(operator)) {
            return Rule.FIRST;
        }
        if (EITHER.contains(operator)) {
            return node.getAttributeList().stream().anyMatch(OnnxChannels::saysLast) ? Rule.LAST : Rule.FIRST;
        }
        if (LAST.contains(operator)) {
            return Rule.LAST;
        }
        return switch (operator) {
            case TRANSPOSE -> Rule.MOVES;
            case PRODUCT -> Rule.KEEPS_LAST;
            default -> KEEPING.contains(operator) ? Rule.KEEPS : null;
        };
    }

    private static boolean saysLast(AttributeProto attribute) {
        return attribute.getName().equals("channels_last") && attribute.getI() != 0;
    }

    /**
     * The order of every tensor of which it is known.
     *
     * @param ranks number of axes, the batch among them, of the tensors that follow from the examples
     * @param last inputs of the graph that are given with channels last
     */
    Map<String, ChannelOrder> orders(Map<String, Integer> ranks, Set<String> last) {
        Following following = new Following(ranks);
        last.forEach(input -> following.set(input, following.rank(input) - 1));
        do {
            following.changed = false;
            steps.forEach(following::follow);
            for (int i = steps.size() - 1; i >= 0; i--) {
                following.follow(steps.get(i));
            }
        } while (following.changed);
        return following.orders();
    }

    /** The axes found so far. */
    private static final class Following {
        private final Map<String, Integer> ranks;
        private final Map<String, Integer> axes = new HashMap<>();
        private boolean changed;

        Following(Map<String, Integer> ranks) {
            this.ranks = ranks;
        }

        int rank(String tensor) {
            return ranks.getOrDefault(tensor, 0);
        }

        /** Of tensors of one position each, and of weights, nothing is to be known. */
        void set(String tensor, int axis) {
            if (axis > 0 && rank(tensor) > Math.max(2, axis) && axes.putIfAbsent(tensor, axis) == null) {
                changed = true;
            }
        }

        void follow(Step step) {
            switch (step.rule()) {
                case FIRST -> ends(step).forEach(tensor -> set(tensor, 1));
                case LAST -> ends(step).forEach(tensor -> set(tensor, rank(tensor) - 1));
                case MOVES -> move(step);
                case KEEPS -> keep(step);
                case KEEPS_LAST -> keepLast(step);
            }
        }

        private static Stream<String> ends(Step step) {
            return Stream.concat(step.inputs().stream(), step.outputs().stream());
        }

        private void move(Step step) {
            String from = step.inputs().get(0);
            String to = step.outputs().get(0);
            int rank = rank(from);
            List<Integer> order = step.axes().isEmpty()
                    ? IntStream.range(0, rank).map(i -> rank - 1 - i).boxed().toList()
                    : step.axes();
            if (axes.containsKey(from)) {
                set(to, order.indexOf(axes.get(from)));
            }
            if (axes.containsKey(to) && axes.get(to) < order.size()) {
                set(from, order.get(axes.get(to)));
            }
        }

        /** All of as many axes as the result has. */
        private void keep(Step step) {
            int rank = rank(step.outputs().get(0));
            List<String> alike =
                    ends(step).filter(tensor -> rank(tensor) == rank).toList();
            alike.stream()
                    .filter(axes::containsKey)
                    .map(axes::get)
                    .findFirst()
                    .ifPresent(axis -> alike.forEach(tensor -> set(tensor, axis)));
        }

        private void keepLast(Step step) {
            boolean byWeights = step.inputs().size() == 2 && rank(step.inputs().get(1)) == 0;
            int last = rank(step.inputs().get(0)) - 1;
            if (byWeights && ends(step).anyMatch(tensor -> axes.getOrDefault(tensor, -1) == last)) {
                set(step.inputs().get(0), last);
                set(step.outputs().get(0), last);
            }
        }

        Map<String, ChannelOrder> orders() {
            Map<String, ChannelOrder> orders = new HashMap<>();
            axes.forEach((tensor, axis) -> {
                if (axis == 1) {
                    orders.put(tensor, ChannelOrder.FIRST);
                } else if (axis == rank(tensor) - 1) {
                    orders.put(tensor, ChannelOrder.LAST);
                }
            });
            return orders;
        }
    }
}

package org.lamella.samediff;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import onnx.Onnx.AttributeProto;
import org.lamella.convert.Attribute;

/**
 * Convolutions and poolings. ONNX has channels first, so what has them last is turned before and after.
 *
 * <p>Weights of a convolution are height, width, inputs, outputs, unless an argument says otherwise.
 */
final class Windows {
    private static final long[] TO_FIRST = {0, 3, 1, 2};
    private static final long[] TO_LAST = {0, 2, 3, 1};

    /** ND4J's number for padding that keeps the length, over the step. */
    private static final long SAME = 1;

    /**
     * A window that is moved over height and width.
     *
     * @param padding before both axes, then behind them
     * @param lengths of the positions that come out, -1 where open
     */
    private record Window(
            List<Long> kernel, List<Long> stride, List<Long> dilation, List<Long> padding, List<Long> lengths) {
        /** From arguments kernel, stride, padding, dilation, two each, and the manner of padding. */
        static Window of(OperationWriter to, List<Long> given) {
            List<Long> kernel = List.of(to.positive(0), to.positive(1));
            List<Long> stride = List.of(to.positive(2), to.positive(3));
            List<Long> dilation = List.of(to.positive(6), to.positive(7));
            long manner = to.between(8, 0, SAME);
            List<Long> before = new ArrayList<>();
            List<Long> behind = new ArrayList<>();
            List<Long> lengths = new ArrayList<>();
            for (int axis = 0; axis < 2; axis++) {
                long extent = (kernel.get(axis) - 1) * dilation.get(axis) + 1;
                long length = given.get(axis);
                long step = stride.get(axis);
                if (manner == SAME) {
                    if (length < 0 && step != 1) {
                        throw to.unconvertible("its padding depends on a length that the file leaves open");
                    }
                    long all = step == 1
                            ? extent - 1
                            : Math.max(0, ((length + step - 1) / step - 1) * step + extent - length);
                    before.add(all / 2);
                    behind.add(all - all / 2);
                } else {
                    before.add(to.between(4 + axis, 0, 1 << 16));
                    behind.add(to.between(4 + axis, 0, 1 << 16));
                }
                lengths.add(
                        length < 0
                                ? Value.OPEN
                                : Math.floorDiv(length + before.get(axis) + behind.get(axis) - extent, step) + 1);
            }
            return new Window(
                    kernel,
                    stride,
                    dilation,
                    Stream.concat(before.stream(), behind.stream()).toList(),
                    lengths);
        }

        List<AttributeProto> attributes(boolean dilated) {
            List<AttributeProto> attributes = new ArrayList<>(List.of(
                    Attribute.of("kernel_shape", kernel),
                    Attribute.of("strides", stride),
                    Attribute.of("pads", padding)));
            if (dilated) {
                attributes.add(Attribute.of("dilations", dilation));
            }
            return attributes;
        }
    }

    /** What an operation is given, turned to channels first. */
    private record Images(String tensor, long batch, long channels, List<Long> lengths, boolean channelsLast) {
        static Images of(OperationWriter to, boolean channelsLast) {
            List<Long> shape = to.shape(0);
            if (shape.size() != 4) {
                throw to.unconvertible("it is given arrays of %d axes".formatted(shape.size()));
            }
            String x = to.floating(0);
            return channelsLast
                    ? new Images(
                            to.transposed(x, TO_FIRST),
                            shape.get(0),
                            shape.get(3),
                            List.of(shape.get(1), shape.get(2)),
                            true)
                    : new Images(x, shape.get(0), shape.get(1), List.of(shape.get(2), shape.get(3)), false);
        }

        /** What comes out, turned back. */
        Value result(OperationWriter to, String tensor, long outputs, List<Long> positions) {
            return channelsLast
                    ? Value.floating(
                            to.transposed(tensor, TO_LAST), List.of(batch, positions.get(0), positions.get(1), outputs))
                    : Value.floating(tensor, List.of(batch, outputs, positions.get(0), positions.get(1)));
        }
    }

    private Windows() {}

    private static boolean channelsLast(OperationWriter to, int place) {
        return place < to.integers().size() && to.between(place, 0, 1) == 1;
    }

    private static String node(OperationWriter to, String operator, List<String> tensors, List<AttributeProto> with) {
        return to.node(operator, tensors, with.toArray(AttributeProto[]::new));
    }

    private static List<String> withBias(OperationWriter to, String x, String weights, int bias) {
        return to.hasInput(bias)
                ? List.of(x, weights, to.node("Reshape", List.of(to.floating(bias), to.integers("bias", -1))))
                : List.of(x, weights);
    }

    /** Lengths of weights as height, width, inputs, outputs. */
    private static List<Long> weights(OperationWriter to, int input, int axes) {
        List<Long> shape = to.shape(input);
        if (shape.size() != axes || shape.stream().anyMatch(length -> length < 1)) {
            throw to.unconvertible("its weights are %s".formatted(shape));
        }
        return shape;
    }

    static Value convolution(OperationWriter to) {
        Images images = Images.of(to, channelsLast(to, 9));
        Window window = Window.of(to, images.lengths());
        List<Long> weights = weights(to, 1, 4);
        String kernel = to.floating(1);
        long outputs;
        switch ((int) to.integer(10, 0)) {
            case 0 -> {
                kernel = to.transposed(kernel, 3, 2, 0, 1);
                outputs = weights.get(3);
            }
            case 1 -> outputs = weights.get(0);
            case 2 -> {
                kernel = to.transposed(kernel, 0, 3, 1, 2);
                outputs = weights.get(0);
            }
            default -> throw to.unconvertible("its weights are in order %d".formatted(to.integer(10)));
        }
        String tensor = node(to, "Conv", withBias(to, images.tensor(), kernel, 2), window.attributes(true));
        return images.result(to, tensor, outputs, window.lengths());
    }

    /** Each channel by itself; weights are height, width, channels, outputs of a channel. */
    static Value depthwise(OperationWriter to) {
        Images images = Images.of(to, channelsLast(to, 9));
        Window window = Window.of(to, images.lengths());
        List<Long> weights = weights(to, 1, 4);
        long outputs = weights.get(2) * weights.get(3);
        String tensor =
                node(to, "Conv", withBias(to, images.tensor(), apart(to, weights), 2), grouped(window, weights.get(2)));
        return images.result(to, tensor, outputs, window.lengths());
    }

    private static List<AttributeProto> grouped(Window window, long groups) {
        List<AttributeProto> attributes = window.attributes(true);
        attributes.add(Attribute.of("group", groups));
        return attributes;
    }

    private static String apart(OperationWriter to, List<Long> weights) {
        requireOrder(to);
        return to.node(
                "Reshape",
                List.of(
                        to.transposed(to.floating(1), 2, 3, 0, 1),
                        to.integers("weights", -1, 1, weights.get(0), weights.get(1))));
    }

    private static void requireOrder(OperationWriter to) {
        if (to.integer(10, 0) != 0) {
            throw to.unconvertible("its weights are in order %d".formatted(to.integer(10)));
        }
    }

    /** Each channel by itself, then all channels of each position. */
    static Value separable(OperationWriter to) {
        Images images = Images.of(to, channelsLast(to, 9));
        Window window = Window.of(to, images.lengths());
        List<Long> weights = weights(to, 1, 4);
        String tensor = node(to, "Conv", List.of(images.tensor(), apart(to, weights)), grouped(window, weights.get(2)));
        long outputs = weights.get(2) * weights.get(3);
        if (to.hasInput(2) && to.shape(2).size() == 4) {
            outputs = weights(to, 2, 4).get(3);
            tensor = to.node("Conv", withBias(to, tensor, to.transposed(to.floating(2), 3, 2, 0, 1), 3));
        } else if (to.hasInput(2)) {
            throw to.unconvertible("its second weights are %s".formatted(to.shape(2)));
        }
        return images.result(to, tensor, outputs, window.lengths());
    }

    /** Weights are height, width, outputs, inputs. */
    static Value transposed(OperationWriter to) {
        Images images = Images.of(to, channelsLast(to, 9));
        requireOrder(to);
        List<Long> weights = weights(to, 1, 4);
        List<Long> before = new ArrayList<>();
        List<Long> behind = new ArrayList<>();
        List<Long> lengths = new ArrayList<>();
        for (int axis = 0; axis < 2; axis++) {
            long extent = (to.positive(axis) - 1) * to.positive(6 + axis) + 1;
            long step = to.positive(2 + axis);
            boolean same = to.between(8, 0, SAME) == SAME;
            if (same && extent < step) {
                throw to.unconvertible("its steps leave gaps between its windows");
            }
            before.add(same ? (extent - step) / 2 : to.between(4 + axis, 0, 1 << 16));
            behind.add(same ? extent - step - before.get(axis) : before.get(axis));
            long length = images.lengths().get(axis);
            lengths.add(length < 0 ? Value.OPEN : step * (length - 1) + extent - before.get(axis) - behind.get(axis));
        }
        String tensor = to.node(
                "ConvTranspose",
                withBias(to, images.tensor(), to.transposed(to.floating(1), 3, 2, 0, 1), 2),
                Attribute.of("kernel_shape", List.of(to.positive(0), to.positive(1))),
                Attribute.of("strides", List.of(to.positive(2), to.positive(3))),
                Attribute.of("dilations", List.of(to.positive(6), to.positive(7))),
                Attribute.of(
                        "pads", Stream.concat(before.stream(), behind.stream()).toList()));
        return images.result(to, tensor, weights.get(2), lengths);
    }

    /** Over time; weights are steps, inputs, outputs. */
    static Value overTime(OperationWriter to) {
        List<Long> shape = to.shape(0);
        boolean last = channelsLast(to, 5);
        List<Long> weights = weights(to, 1, 3);
        if (shape.size() != 3 || to.integer(6, 0) != 0) {
            throw to.unconvertible(
                    "it is given arrays of %d axes, or weights in another order".formatted(shape.size()));
        }
        long extent = (to.positive(0) - 1) * to.positive(3) + 1;
        long step = to.positive(1);
        long length = shape.get(last ? 1 : 2);
        long before;
        long behind;
        switch ((int) to.between(4, 0, 2)) {
            case 0 -> {
                before = to.between(2, 0, 1 << 16);
                behind = before;
            }
            case 1 -> {
                if (length < 0 && step != 1) {
                    throw to.unconvertible("its padding depends on a length that the file leaves open");
                }
                long all =
                        step == 1 ? extent - 1 : Math.max(0, ((length + step - 1) / step - 1) * step + extent - length);
                before = all / 2;
                behind = all - before;
            }
            default -> {
                before = extent - 1;
                behind = 0;
            }
        }
        String x = last ? to.transposed(to.floating(0), 0, 2, 1) : to.floating(0);
        String tensor = to.node(
                "Conv",
                withBias(to, x, to.transposed(to.floating(1), 2, 1, 0), 2),
                Attribute.of("kernel_shape", List.of(to.positive(0))),
                Attribute.of("strides", List.of(step)),
                Attribute.of("dilations", List.of(to.positive(3))),
                Attribute.of("pads", List.of(before, behind)));
        long steps = length < 0 ? Value.OPEN : Math.floorDiv(length + before + behind - extent, step) + 1;
        return last
                ? Value.floating(to.transposed(tensor, 0, 2, 1), List.of(shape.get(0), steps, weights.get(2)))
                : Value.floating(tensor, List.of(shape.get(0), weights.get(2), steps));
    }

    static Value largest(OperationWriter to) {
        Images images = Images.of(to, channelsLast(to, 10));
        Window window = Window.of(to, images.lengths());
        String tensor = node(to, "MaxPool", List.of(images.tensor()), window.attributes(true));
        return images.result(to, tensor, images.channels(), window.lengths());
    }

    static Value mean(OperationWriter to) {
        Images images = Images.of(to, channelsLast(to, 10));
        Window window = Window.of(to, images.lengths());
        if (window.dilation().stream().anyMatch(step -> step != 1)) {
            throw to.unconvertible("it is dilated");
        }
        List<AttributeProto> attributes = window.attributes(false);
        attributes.add(Attribute.of("count_include_pad", to.between(9, 0, 1)));
        String tensor = node(to, "AveragePool", List.of(images.tensor()), attributes);
        return images.result(to, tensor, images.channels(), window.lengths());
    }

    /** Every number several times, side by side. */
    static Value enlarged(OperationWriter to) {
        long tall = to.positive(0);
        long wide = to.positive(1);
        boolean first = to.integer(2) != 0;
        Images images = Images.of(to, !first);
        String tensor = to.node(
                "Resize",
                List.of(images.tensor(), "", to.vector("scales", 1, 1, (float) tall, (float) wide)),
                Attribute.of("mode", "nearest"),
                Attribute.of("coordinate_transformation_mode", "asymmetric"),
                Attribute.of("nearest_mode", "floor"));
        List<Long> lengths = LongStream.range(0, 2)
                .mapToObj(axis -> {
                    long length = images.lengths().get((int) axis);
                    return length < 0 ? Value.OPEN : Long.valueOf(length * (axis == 0 ? tall : wide));
                })
                .toList();
        return images.result(to, tensor, images.channels(), lengths);
    }
}

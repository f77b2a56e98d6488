package org.lamella.convert;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.nn.conf.ConvolutionMode;

/**
 * The window of a convolution or a pooling, an entry for each axis of positions. ONNX rounds down like Deeplearning4j's {@code
 * Strict} and {@code Truncate}, and {@code Same} puts the odd row of padding at the end in both; padding is written out all the
 * same, as not every reader of ONNX agrees on {@code auto_pad}.
 *
 * @param padding on both sides of each axis; not used by modes that choose it
 */
record Window(List<Long> kernel, List<Long> stride, List<Long> dilation, List<Long> padding, ConvolutionMode mode) {
    Window {
        kernel = List.copyOf(kernel);
        stride = List.copyOf(stride);
        dilation = List.copyOf(dilation);
        padding = List.copyOf(padding);
    }

    static Window of(int axes, int[] kernel, int[] stride, int[] dilation, int[] padding, ConvolutionMode mode) {
        return new Window(first(axes, kernel), first(axes, stride), first(axes, dilation), first(axes, padding), mode);
    }

    private static List<Long> first(int axes, int[] numbers) {
        return Arrays.stream(numbers).limit(axes).asLongStream().boxed().toList();
    }

    boolean isDilated() {
        return dilation.stream().anyMatch(step -> step != 1);
    }

    /** Padding before each axis, then after each axis. */
    long[] pads(List<Long> lengths) {
        int axes = kernel.size();
        long[] pads = new long[2 * axes];
        for (int i = 0; i < axes; i++) {
            switch (mode) {
                case Same -> {
                    long all = Math.max(0, (sameLength(lengths, i) - 1) * stride.get(i) + extent(i) - lengths.get(i));
                    pads[i] = all / 2;
                    pads[axes + i] = all - all / 2;
                }
                case Causal -> pads[i] = extent(i) - 1;
                case Strict, Truncate -> {
                    pads[i] = padding.get(i);
                    pads[axes + i] = padding.get(i);
                }
            }
        }
        return pads;
    }

    /** Lengths of what comes out. */
    List<Long> over(List<Long> lengths) {
        long[] pads = pads(lengths);
        List<Long> out = new ArrayList<>();
        for (int i = 0; i < kernel.size(); i++) {
            out.add((lengths.get(i) + pads[i] + pads[kernel.size() + i] - extent(i)) / stride.get(i) + 1);
        }
        return out;
    }

    /** Positions from the first to the last that the kernel covers. */
    long extent(int axis) {
        return (kernel.get(axis) - 1) * dilation.get(axis) + 1;
    }

    private long sameLength(List<Long> lengths, int axis) {
        return (lengths.get(axis) + stride.get(axis) - 1) / stride.get(axis);
    }
}

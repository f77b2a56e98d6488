package org.lamella.convert;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.ComposableInputPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnnPreProcessor;
import org.deeplearning4j.preprocessors.KerasFlattenRnnPreprocessor;
import org.deeplearning4j.preprocessors.PermutePreprocessor;
import org.deeplearning4j.preprocessors.ReshapePreprocessor;

/** What Deeplearning4j does to an array before it gives it to a layer. */
final class Preprocessors {
    private Preprocessors() {}

    static Value apply(LayerWriter to, InputPreProcessor before, Value input) {
        if (before instanceof ComposableInputPreProcessor several) {
            Value value = input;
            for (InputPreProcessor each : several.getInputPreProcessors()) {
                value = apply(to, each, value);
            }
            return value;
        }
        if (before.getClass() == CnnToFeedForwardPreProcessor.class) {
            return input.rank() == 2 ? input : flat(to, input);
        }
        if (before instanceof KerasFlattenRnnPreprocessor) {
            return flat(to, input);
        }
        if (before instanceof FeedForwardToCnnPreProcessor image) {
            return input.rank() == 4
                    ? input
                    : to.reshaped(
                            input, List.of(image.getNumChannels(), image.getInputHeight(), image.getInputWidth()));
        }
        if (before instanceof ReshapePreprocessor reshape) {
            long[] target = reshape.getTargetShape();
            int first = reshape.isHasMiniBatchDimension() ? 1 : 0;
            return to.reshaped(input, Arrays.stream(target).skip(first).boxed().toList());
        }
        if (before instanceof PermutePreprocessor permute) {
            int[] order = permute.getPermutationIndices();
            boolean batchNamed = order.length == input.rank();
            return permuted(
                    to,
                    input,
                    Arrays.stream(order).skip(batchNamed ? 1 : 0).asLongStream().toArray());
        }
        throw to.unconvertible(
                "its input goes through %s".formatted(before.getClass().getSimpleName()));
    }

    private static Value flat(LayerWriter to, Value input) {
        return to.reshaped(input, List.of(input.length()));
    }

    /** @param axes of Deeplearning4j's array behind the batch, from 1, in their new order */
    private static Value permuted(LayerWriter to, Value input, long... axes) {
        long[] order = LongStream.concat(LongStream.of(0), LongStream.of(axes)).toArray();
        List<Long> shape = new ArrayList<>();
        for (long axis : axes) {
            shape.add(input.shape().get(Math.toIntExact(axis) - 1));
        }
        return new Value(to.node("Transpose", List.of(to.plain(input)), Attribute.of("perm", order)), shape, false);
    }
}

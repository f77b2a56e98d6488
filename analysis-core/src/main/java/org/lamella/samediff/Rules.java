package org.lamella.samediff;

import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Which kinds of operations are written, and by what. */
final class Rules {
    /** Writes operations of one kind. */
    @FunctionalInterface
    private interface Rule {
        List<Value> write(OperationWriter to);
    }

    private static final Map<String, Rule> RULES = new HashMap<>();

    static {
        Elements.OF_ONE.forEach((kind, operator) -> single(kind, to -> Elements.ofOne(to, operator)));
        Elements.OF_TWO.forEach((kind, operator) -> single(kind, to -> Elements.ofTwo(to, operator)));
        Elements.WITH_NUMBER.forEach((kind, operator) -> single(kind, to -> Elements.withNumber(to, operator)));
        Elements.FUNCTIONS.forEach((kind, function) -> single(kind, to -> Elements.function(to, function)));
        Reductions.OPERATORS.forEach((kind, operator) -> single(kind, to -> Reductions.reduce(to, operator)));
        single("crelu", Elements::twoSided);
        single("squaredsubtract", Elements::squaredDifference);
        single("Where", Elements::select);
        single("cast", Elements::cast);
        single("var", to -> Reductions.spread(to, false));
        single("std", to -> Reductions.spread(to, true));
        single("standardize", Reductions::standardized);
        single("argmax", to -> Reductions.place(to, "ArgMax"));
        single("argmin", to -> Reductions.place(to, "ArgMin"));
        single("softmax", to -> Reductions.softmax(to, "Softmax"));
        single("log_softmax", to -> Reductions.softmax(to, "LogSoftmax"));
        single("cumsum", Reductions::runningSum);
        single("conv1d", Windows::overTime);
        single("conv2d", Windows::convolution);
        single("depthwise_conv2d", Windows::depthwise);
        single("sconv2d", Windows::separable);
        single("deconv2d", Windows::transposed);
        single("maxpool2d", Windows::largest);
        single("avgpool2d", Windows::mean);
        single("upsampling2d", Windows::enlarged);
        single("xw_plus_b", Units::dense);
        single("relu_layer", Units::rectified);
        single("matmul", Units::product);
        single("biasadd", Units::bias);
        single("batchnorm", Units::batchNormalization);
        single("layer_norm", Units::layerNormalization);
        single("prelu", Units::sloped);
        single("reshape", Arrangements::reshape);
        single("permute", Arrangements::permute);
        single("transpose", Arrangements::permute);
        single("expand_dims", Arrangements::expand);
        single("squeeze", Arrangements::squeeze);
        RULES.put("unstack", Slices::unstack);
        RULES.put("split", Slices::split);
        single("concat", Arrangements::concat);
        single("stack", Arrangements::stack);
        single("slice", Slices::slice);
        single("strided_slice", Slices::stridedSlice);
        single("gather", Slices::gather);
        single("tile", Arrangements::tile);
        single("pad", Arrangements::pad);
        single("onehot", Arrangements::oneHot);
        single("shape_of", Arrangements::shapeOf);
    }

    private Rules() {}

    private static void single(String kind, Function<OperationWriter, Value> rule) {
        RULES.put(kind, to -> List.of(rule.apply(to)));
    }

    /** All kinds that are written. */
    static Set<String> kinds() {
        return Collections.unmodifiableSet(RULES.keySet());
    }

    /**
     * What an operation computes, in order.
     *
     * @throws org.lamella.convert.UnconvertibleException if there is no rule for it, or none for its arguments
     */
    static List<Value> write(OperationWriter to) {
        @Nullable Rule rule = RULES.get(to.operation().kind());
        if (rule == null) {
            throw to.unconvertible("operations of this kind are not run");
        }
        List<Value> values = rule.write(to);
        if (values.size() != to.operation().outputs().size()) {
            throw to.unconvertible(
                    "it computes %d arrays".formatted(to.operation().outputs().size()));
        }
        return values;
    }
}

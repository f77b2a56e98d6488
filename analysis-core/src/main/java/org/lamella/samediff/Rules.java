package org.lamella.samediff;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which kinds of operations are written, and by what. */
final class Rules {
    /** Writes operations of one kind. */
    @FunctionalInterface
    private interface Rule {
        Value write(OperationWriter to);
    }

    private static final Map<String, Rule> RULES = new HashMap<>();

    static {
        Elements.OF_ONE.forEach((kind, operator) -> RULES.put(kind, to -> Elements.ofOne(to, operator)));
        Elements.OF_TWO.forEach((kind, operator) -> RULES.put(kind, to -> Elements.ofTwo(to, operator)));
        Elements.WITH_NUMBER.forEach((kind, operator) -> RULES.put(kind, to -> Elements.withNumber(to, operator)));
        Reductions.OPERATORS.forEach((kind, operator) -> RULES.put(kind, to -> Reductions.reduce(to, operator)));
        RULES.put("crelu", Elements::twoSided);
        RULES.put("squaredsubtract", Elements::squaredDifference);
        RULES.put("select", Elements::select);
        RULES.put("cast", Elements::cast);
        RULES.put("var", to -> Reductions.spread(to, false));
        RULES.put("std", to -> Reductions.spread(to, true));
        RULES.put("standardize", Reductions::standardized);
        RULES.put("argmax", to -> Reductions.place(to, "ArgMax"));
        RULES.put("argmin", to -> Reductions.place(to, "ArgMin"));
        RULES.put("softmax", to -> Reductions.softmax(to, "Softmax"));
        RULES.put("log_softmax", to -> Reductions.softmax(to, "LogSoftmax"));
        RULES.put("cumsum", Reductions::runningSum);
        RULES.put("conv1d", Windows::overTime);
        RULES.put("conv2d", Windows::convolution);
        RULES.put("depthwise_conv2d", Windows::depthwise);
        RULES.put("sconv2d", Windows::separable);
        RULES.put("deconv2d", Windows::transposed);
        RULES.put("maxpool2d", Windows::largest);
        RULES.put("avgpool2d", Windows::mean);
        RULES.put("upsampling2d", Windows::enlarged);
        RULES.put("xw_plus_b", Units::dense);
        RULES.put("relu_layer", Units::rectified);
        RULES.put("matmul", Units::product);
        RULES.put("biasadd", Units::bias);
        RULES.put("batchnorm", Units::batchNormalization);
        RULES.put("layer_norm", Units::layerNormalization);
        RULES.put("prelu", Units::sloped);
        RULES.put("reshape", Arrangements::reshape);
        RULES.put("permute", Arrangements::permute);
        RULES.put("transpose", Arrangements::permute);
        RULES.put("expand_dims", Arrangements::expand);
        RULES.put("squeeze", Arrangements::squeeze);
        RULES.put("concat", Arrangements::concat);
        RULES.put("stack", Arrangements::stack);
        RULES.put("slice", Arrangements::slice);
        RULES.put("strided_slice", Arrangements::stridedSlice);
        RULES.put("gather", Arrangements::gather);
        RULES.put("tile", Arrangements::tile);
        RULES.put("pad", Arrangements::pad);
        RULES.put("onehot", Arrangements::oneHot);
        RULES.put("shape_of", Arrangements::shapeOf);
    }

    private Rules() {}

    /**
     * What an operation computes, in order.
     *
     * @throws org.lamella.convert.UnconvertibleException if there is no rule for it, or none for its arguments
     */
    static List<Value> write(OperationWriter to) {
        String kind = to.operation().kind();
        List<Value> values = switch (kind) {
            case "unstack" -> Arrangements.unstack(to);
            case "split" -> Arrangements.split(to);
            default -> {
                @Nullable Rule rule = RULES.get(kind);
                @Nullable Value value = rule == null ? Elements.function(to) : rule.write(to);
                if (value == null) {
                    throw to.unconvertible("operations of this kind are not run");
                }
                yield List.of(value);
            }
        };
        if (values.size() != to.operation().outputs().size()) {
            throw to.unconvertible(
                    "it computes %d arrays".formatted(to.operation().outputs().size()));
        }
        return values;
    }
}

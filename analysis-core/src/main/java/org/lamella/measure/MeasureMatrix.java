package org.lamella.measure;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lamella.similarity.CkaMatrix;
import org.lamella.similarity.LayerId;

/**
 * One measure for every pair of layers.
 *
 * @param values a square matrix over all layers of all models, without standard errors; NaN where either layer has no value
 * @param undefined the layers that have none, and why
 * @param chance what the values are where examples are paired at random; null where that was not asked for
 */
public record MeasureMatrix(
        MeasureDescription measure,
        CkaMatrix values,
        List<Undefined> undefined,
        @Nullable ChanceLevel chance) {
    public MeasureMatrix {
        undefined = List.copyOf(undefined);
    }

    /** A layer without a value, whatever the other is. */
    public record Undefined(LayerId layer, String reason) {}
}

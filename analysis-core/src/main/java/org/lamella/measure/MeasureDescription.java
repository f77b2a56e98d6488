package org.lamella.measure;

import java.util.List;

/**
 * What is to be known of a measure to read its values; {@link Measure} tells what each of these is.
 *
 * @param invariances in the order of their kind
 */
public record MeasureDescription(
        String name,
        String title,
        Direction direction,
        double least,
        double most,
        List<Invariance> invariances,
        boolean isSymmetric) {
    public MeasureDescription {
        invariances = invariances.stream().sorted().toList();
    }

    static MeasureDescription of(Measure<?> measure) {
        return new MeasureDescription(
                measure.name(),
                measure.title(),
                measure.direction(),
                measure.least(),
                measure.most(),
                List.copyOf(measure.invariances()),
                measure.isSymmetric());
    }
}

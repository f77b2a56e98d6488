package org.lamella.run;

import java.util.List;
import org.lamella.measure.MeasureMatrix;

/** What a run of other measures came to: what was run, and a matrix for each measure. */
public record MeasureResult(MeasureManifest manifest, List<MeasureMatrix> matrices) {
    public MeasureResult {
        matrices = List.copyOf(matrices);
    }
}

package org.lamella.run;

import java.util.List;
import org.lamella.measure.MeasureMatrix;

/** What a comparison by other measures came to: what was run, and a matrix over all layers of all models for each measure. */
public record MeasureResult(MeasureManifest manifest, List<MeasureMatrix> matrices) {
    public MeasureResult {
        matrices = List.copyOf(matrices);
    }

    /**
     * Reads the files of a finished run.
     *
     * @throws org.lamella.LamellaException if one is missing or broken
     */
    public static MeasureResult read(AnalysisDirectory directory) {
        MeasureManifest manifest = directory.manifest(MeasureManifest.class);
        return new MeasureResult(manifest, new MeasureFiles(directory.path()).read(manifest, directory.readLayers()));
    }
}

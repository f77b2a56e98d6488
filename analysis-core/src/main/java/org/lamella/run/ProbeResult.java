package org.lamella.run;

import java.util.List;
import org.lamella.probe.LayerProbe;

/** What a run of probes came to: what was run, and a probe for each layer of each model, in order. */
public record ProbeResult(ProbeManifest manifest, List<LayerProbe> probes) {
    public ProbeResult {
        probes = List.copyOf(probes);
    }

    /**
     * Reads the files of a finished run.
     *
     * @throws org.lamella.LamellaException if one is missing or broken
     */
    public static ProbeResult read(AnalysisDirectory directory) {
        return new ProbeResult(
                directory.manifest(ProbeManifest.class), ProbeFile.read(directory.path(), directory.readLayers()));
    }
}

package org.lamella.run;

import java.util.List;
import java.util.Map;

/** What {@code run.json} tells of every run over layers; {@link RunManifest} tells what each of these is. */
public sealed interface RecordedRun permits RunManifest, MeasureManifest, ProbeManifest {
    String version();

    String command();

    String started();

    List<RunManifest.Model> models();

    String reduce();

    int threads();

    List<RunManifest.NativeLibrary> nativeLibraries();

    Map<String, Double> seconds();

    List<String> warnings();
}

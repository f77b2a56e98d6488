package org.lamella.run;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was run: the content of {@code run.json} of {@code similarity}. Fields that {@link RunManifest} has too are as there.
 *
 * @param measures in the order given
 * @param permutations for the chance level; 0 for none
 * @param seed of the permutations and of untrained networks
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record MeasureManifest(
        String version,
        String command,
        String started,
        List<RunManifest.Model> models,
        RunManifest.@Nullable Data data,
        List<Measured> measures,
        int permutations,
        long seed,
        String reduce,
        RunManifest.Examples examples,
        int threads,
        List<RunManifest.NativeLibrary> nativeLibraries,
        Map<String, Double> seconds,
        List<String> warnings) {
    public MeasureManifest {
        models = List.copyOf(models);
        measures = List.copyOf(measures);
        nativeLibraries = List.copyOf(nativeLibraries);
        warnings = List.copyOf(warnings);
    }

    /**
     * A measure.
     *
     * @param name as in the option and the files
     * @param title with its settings, in words
     * @param direction {@code similarity} or {@code distance}
     * @param least the smallest value there can be
     * @param most the largest value there can be
     * @param invariances what may be done to a layer without changing the value
     */
    public record Measured(
            String name, String title, String direction, double least, double most, List<String> invariances) {
        public Measured {
            invariances = List.copyOf(invariances);
        }
    }
}

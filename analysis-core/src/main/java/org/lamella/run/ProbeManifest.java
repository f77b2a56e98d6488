package org.lamella.run;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was run: the content of {@code run.json} of {@code probe}. Fields that {@link RunManifest} has too are as there.
 *
 * @param data the training examples; of stored activations where the labels are from, absent for their own files
 * @param test the test examples; absent for stored activations, whose examples were split
 * @param classifier {@code ridge} or {@code softmax}
 * @param seed of the choice of examples and of those that the regularisation is chosen on
 * @param examples of the training data
 * @param testExamples of the test data
 * @param validation how many training examples the regularisation was chosen on
 * @param chance accuracy of guessing the most frequent class
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ProbeManifest(
        String version,
        String command,
        String started,
        List<RunManifest.Model> models,
        RunManifest.@Nullable Data data,
        RunManifest.@Nullable Data test,
        String classifier,
        long seed,
        String reduce,
        RunManifest.Examples examples,
        RunManifest.Examples testExamples,
        int validation,
        double chance,
        int threads,
        List<RunManifest.NativeLibrary> nativeLibraries,
        Map<String, Double> seconds,
        List<String> warnings)
        implements RecordedRun {
    public ProbeManifest {
        models = List.copyOf(models);
        nativeLibraries = List.copyOf(nativeLibraries);
        warnings = List.copyOf(warnings);
    }
}

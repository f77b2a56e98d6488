package org.lamella.run;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was analysed by {@code lamella components}: the content of {@code components.json}, the last of its files.
 *
 * @param models those analysed, with their layers, in order
 * @param data the data set; absent where all models are stored activations
 * @param reduce what was done to an activation before: {@code flatten} for nothing
 * @param precision in which Gram matrices were summed up: {@code float32} or {@code float64}
 * @param components leading components of each layer that are in the files
 * @param removed components taken away for the CKA without them
 * @param dominantFraction of the examples that counts as dominant
 * @param dominantExamples how many these are, in a layer or a model
 * @param leftOut the dominant examples of all models, by position: those the CKA without them does without
 * @param classes names of the classes, by the number of their label; empty where they have none
 * @param agreement of the dominant examples of every two models
 * @param featureMaps the pictures of feature maps, in order
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ComponentManifest(
        String version,
        String command,
        String started,
        List<RunPlan.Model> models,
        RunManifest.@Nullable Data data,
        RunManifest.Examples examples,
        String reduce,
        String precision,
        int components,
        int removed,
        double dominantFraction,
        int dominantExamples,
        List<Integer> leftOut,
        List<String> classes,
        List<Agreement> agreement,
        List<MapPicture> featureMaps,
        int threads,
        List<RunManifest.NativeLibrary> nativeLibraries,
        Map<String, Double> seconds,
        List<String> warnings) {
    public ComponentManifest {
        models = List.copyOf(models);
        leftOut = List.copyOf(leftOut);
        classes = List.copyOf(classes);
        agreement = List.copyOf(agreement);
        featureMaps = List.copyOf(featureMaps);
        nativeLibraries = List.copyOf(nativeLibraries);
        warnings = List.copyOf(warnings);
    }

    /** The same with the wall time by phase. */
    ComponentManifest took(Map<String, Double> times) {
        return new ComponentManifest(
                version,
                command,
                started,
                models,
                data,
                examples,
                reduce,
                precision,
                components,
                removed,
                dominantFraction,
                dominantExamples,
                leftOut,
                classes,
                agreement,
                featureMaps,
                threads,
                nativeLibraries,
                times,
                warnings);
    }

    /**
     * @param overlap the part of their dominant examples that two models have in common
     * @param byChance what two random sets of that size would have
     */
    public record Agreement(String model, String other, double overlap, double byChance) {}

    /** @param file the picture, relative to the folder */
    public record MapPicture(String model, String layer, int example, String id, String file) {}
}

package org.lamella.run;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.lamella.measure.Direction;
import org.lamella.measure.Invariance;
import org.lamella.measure.MeasureDescription;
import org.lamella.measure.MeasureMatrix;

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
        List<String> warnings)
        implements RecordedRun {
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
     * @param symmetric whether the order of two layers does not matter
     * @param undefined layers without a value
     */
    public record Measured(
            String name,
            String title,
            String direction,
            double least,
            double most,
            List<String> invariances,
            boolean symmetric,
            List<Undefined> undefined) {
        public Measured {
            if (undefined == null) {
                throw new IllegalArgumentException(
                        "it is of an earlier version of Lamella, which did not keep all that the page tells; run it again");
            }
            invariances = List.copyOf(invariances);
            undefined = List.copyOf(undefined);
        }

        static Measured of(MeasureMatrix found) {
            MeasureDescription measure = found.measure();
            return new Measured(
                    measure.name(),
                    measure.title(),
                    measure.direction().toString(),
                    measure.least(),
                    measure.most(),
                    measure.invariances().stream().map(Invariance::toString).toList(),
                    measure.isSymmetric(),
                    found.undefined().stream()
                            .map(one -> new Undefined(
                                    one.layer().model(), one.layer().name(), one.reason()))
                            .toList());
        }

        /**
         * What was written, as it was.
         *
         * @throws IllegalArgumentException if a word of it is unknown
         */
        MeasureDescription description() {
            return new MeasureDescription(
                    name,
                    title,
                    known(Direction.values(), direction),
                    least,
                    most,
                    invariances.stream()
                            .map(words -> known(Invariance.values(), words))
                            .toList(),
                    symmetric);
        }

        private static <T> T known(T[] all, String words) {
            return Stream.of(all)
                    .filter(one -> one.toString().equals(words))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("'" + words + "' is unknown"));
        }
    }

    /** A layer without a value, and why. */
    public record Undefined(String model, String layer, String reason) {}
}

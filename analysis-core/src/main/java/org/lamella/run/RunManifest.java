package org.lamella.run;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.lamella.data.DataSource;
import org.lamella.linalg.Blas;

/**
 * What was run: the content of {@code run.json}.
 *
 * @param version Lamella's version
 * @param command the command line
 * @param started date and time in UTC, ISO 8601
 * @param models in the order given
 * @param data the data set; absent where all models are stored activations
 * @param estimator {@code unbiased} or {@code biased}
 * @param batch examples in a minibatch
 * @param seed of the shuffled passes
 * @param reduce what was done to an activation before it was compared: {@code flatten} for nothing
 * @param threads threads that computed
 * @param nativeLibraries what computed, and with which kernel
 * @param seconds wall time by phase, in order
 * @param warnings one line each, as they were shown
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RunManifest(
        String version,
        String command,
        String started,
        List<Model> models,
        @Nullable Data data,
        String estimator,
        int batch,
        int passes,
        long seed,
        String reduce,
        Examples examples,
        int threads,
        List<NativeLibrary> nativeLibraries,
        Map<String, Double> seconds,
        List<String> warnings)
        implements RecordedRun {
    public RunManifest {
        models = List.copyOf(models);
        nativeLibraries = List.copyOf(nativeLibraries);
        warnings = List.copyOf(warnings);
    }

    /**
     * A model of the run.
     *
     * @param path as the user gave it
     * @param format {@code onnx}, {@code dl4j}, {@code keras}, {@code stored}
     * @param engine what ran it, {@code onnx} (ONNX Runtime) or {@code dl4j}; absent for stored activations
     * @param sha256 of the file; of the files one after the other, in their order, for a folder
     * @param layers names of the layers compared, in order
     * @param leftOut tensors that were not compared, and why
     * @param data where it has the examples from, if from elsewhere than the run
     * @param preparation what was done to the examples before it saw them; absent for nothing
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Model(
            String name,
            String path,
            String format,
            @Nullable String engine,
            String sha256,
            List<String> layers,
            List<String> leftOut,
            @Nullable Data data,
            @Nullable String preparation) {
        public Model {
            layers = List.copyOf(layers);
            leftOut = List.copyOf(leftOut);
        }
    }

    /** The data set of the run, as the user named it. */
    public record Data(String source, String sha256) {
        static Data of(DataSource data) {
            return new Data(data.source(), data.sha256());
        }
    }

    /**
     * How many examples took part.
     *
     * @param available in the data set
     * @param used in the first pass
     * @param leftOut of those asked for, not used because their batch was smaller than 4
     * @param sha256 of the identities and labels of those asked for, in order; absent where they have none
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Examples(
            int available, int used, int leftOut, @Nullable String sha256) {}

    /**
     * @param kernel the processor type whose kernels run; absent where the library does not tell
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record NativeLibrary(
            String name, String version, @Nullable String kernel) {
        static NativeLibrary blas() {
            return new NativeLibrary(Blas.library(), Blas.version(), Blas.kernel());
        }
    }
}

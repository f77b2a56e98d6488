package org.lamella.run;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.lamella.similarity.CkaMatrix;
import org.lamella.similarity.LayerId;

/**
 * What {@code lamella components} found, as its files tell it.
 *
 * @param folder where the files are
 * @param layers in the order of the matrices
 * @param dominant the examples at both ends of the first component, by layer
 * @param dominantOfModels the dominant examples of each model
 * @param scores of the first two components, by layer; an empty list for a layer that has none
 * @param labels of the examples; empty where they have none
 */
public record ComponentResults(
        Path folder,
        ComponentManifest manifest,
        List<LayerNumbers> layers,
        Map<ComponentMatrix, CkaMatrix> matrices,
        List<DominantExample> dominant,
        List<DominantOfModel> dominantOfModels,
        List<List<double[]>> scores,
        List<Integer> labels) {
    public ComponentResults {
        layers = List.copyOf(layers);
        matrices = Collections.unmodifiableMap(new LinkedHashMap<>(matrices));
        dominant = List.copyOf(dominant);
        dominantOfModels = List.copyOf(dominantOfModels);
        scores = List.copyOf(scores);
        labels = List.copyOf(labels);
    }

    /**
     * A row of {@code components.csv}. NaN is for what is not defined.
     *
     * @param varianceFractions shares of the leading components in the variance
     * @param classSeparation between-class over within-class scatter
     */
    public record LayerNumbers(
            LayerId layer, List<Double> varianceFractions, double effectiveRank, double classSeparation) {
        public LayerNumbers {
            varianceFractions = List.copyOf(varianceFractions);
        }
    }

    /**
     * A row of {@code dominant.csv}.
     *
     * @param end {@code high} or {@code low}
     * @param rank from 1, at the end of the component
     * @param example position in the data, from 0
     * @param label empty where there is none
     */
    public record DominantExample(
            LayerId layer,
            String end,
            int rank,
            int example,
            String id,
            String label,
            double score,
            double projection,
            double norm) {}

    /** A row of {@code dominant-models.csv}: {@code share} is the mean over layers of λ₁ u² / Σλ. */
    public record DominantOfModel(String model, int rank, int example, String id, String label, double share) {}

    /** A matrix. */
    public CkaMatrix matrix(ComponentMatrix which) {
        return java.util.Objects.requireNonNull(matrices.get(which));
    }

    /** The names of the models, in order. */
    public List<String> models() {
        return manifest.models().stream().map(RunPlan.Model::name).toList();
    }

    /** Whether these are the models of a run: the same names and files. */
    public boolean areOf(RunManifest run) {
        return run.models().stream()
                .map(model -> model.name() + " " + model.sha256())
                .toList()
                .equals(manifest.models().stream()
                        .map(model -> model.name() + " " + model.sha256())
                        .toList());
    }

    /** The picture of an example, where there is one. */
    public Optional<Path> image(int example) {
        Path file = ComponentFiles.image(folder, example);
        return java.nio.file.Files.isRegularFile(file) ? Optional.of(file) : Optional.empty();
    }

    /**
     * Reads the files of a folder; empty if it has none, or not all of them were written.
     *
     * @throws org.lamella.LamellaException if one is broken
     */
    public static Optional<ComponentResults> read(Path folder) {
        return ComponentFiles.readManifest(folder).map(manifest -> ComponentFiles.read(folder, manifest));
    }
}

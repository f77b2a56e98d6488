package org.lamella.run;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.lamella.activation.Layer;
import org.lamella.similarity.LayerId;

/**
 * What the partial sums of a run belong to: the content of {@code sums/plan.json}. Sums may be resumed only under the same
 * plan, and merged only where models, estimator and reduction agree.
 *
 * @param data SHA-256 of the data set's files; absent where all models are stored activations
 * @param preparation what was done to the data before the models saw them; empty for nothing
 * @param examples how many were used
 * @param groups of batches, whose sums are kept apart
 */
public record RunPlan(
        List<Model> models,
        @Nullable String data,
        String preparation,
        int examples,
        String estimator,
        int batch,
        int passes,
        long seed,
        String reduce,
        int groups) {
    public RunPlan {
        models = List.copyOf(models);
    }

    /** A model's name, the SHA-256 of its files, and the layers compared. */
    public record Model(String name, String sha256, List<Layer> layers) {
        public Model {
            layers = List.copyOf(layers);
        }
    }

    /** The layers of the rows and columns of the sums. */
    public List<LayerId> layers() {
        List<LayerId> all = new ArrayList<>();
        for (Model model : models) {
            model.layers().forEach(layer -> all.add(new LayerId(model.name(), layer)));
        }
        return all;
    }

    /** What differs from another plan, in words, for a message; empty if nothing does. */
    List<String> differences(RunPlan other) {
        List<String> found = new ArrayList<>();
        difference(found, "models or layers", models, other.models, false);
        difference(found, "data", data, other.data, false);
        difference(found, "preparation of the data", preparation, other.preparation, true);
        difference(found, "examples", examples, other.examples, true);
        difference(found, "estimator", estimator, other.estimator, true);
        difference(found, "batch", batch, other.batch, true);
        difference(found, "passes", passes, other.passes, true);
        difference(found, "seed", seed, other.seed, true);
        difference(found, "reduce", reduce, other.reduce, true);
        return found;
    }

    private static void difference(
            List<String> found, String what, @Nullable Object here, @Nullable Object there, boolean show) {
        if (!Objects.equals(here, there)) {
            found.add(show ? what + " " + there + " instead of " + here : what);
        }
    }
}

package org.lamella.run;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.lamella.activation.Layer;
import org.lamella.similarity.LayerId;

/**
 * What the partial sums of a run belong to: the content of {@code sums/plan.json}. Sums may be resumed only under the same
 * plan, and merged only where models, estimator and reduction agree.
 *
 * @param data SHA-256 of the data set's files; absent where all models are stored activations
 * @param examples how many were used
 * @param exampleIds SHA-256 of their identities and labels, in order; absent where they have none
 * @param groups of batches, whose sums are kept apart
 */
public record RunPlan(
        List<Model> models,
        @Nullable String data,
        int examples,
        @Nullable String exampleIds,
        String estimator,
        int batch,
        int passes,
        long seed,
        String reduce,
        int groups) {
    public RunPlan {
        models = List.copyOf(models);
    }

    /**
     * A model of the run.
     *
     * @param sha256 of its files
     * @param layers those compared
     * @param data SHA-256 of the files it has the examples from, where these are others than the run's
     * @param preparation what was done to the examples before it saw them; empty for nothing
     */
    public record Model(
            String name,
            String sha256,
            List<Layer> layers,
            @Nullable String data,
            String preparation) {
        public Model {
            layers = List.copyOf(layers);
        }
    }

    private <T> List<T> ofModels(Function<Model, T> property) {
        List<T> properties = new ArrayList<>();
        models.forEach(model -> properties.add(property.apply(model)));
        return properties;
    }

    /** Names of the models. */
    List<String> names() {
        return ofModels(Model::name);
    }

    /** SHA-256 of the models' files. */
    List<String> checkpoints() {
        return ofModels(Model::sha256);
    }

    /** What was done to the examples for each model, in words: the same for all, or each. */
    String preparations() {
        List<String> each = ofModels(model -> (model.preparation == null || model.preparation.isEmpty()
                ? "as they are"
                : "with " + model.preparation));
        return each.stream().distinct().count() == 1 ? each.get(0) : names() + " " + each;
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
        difference(found, "models or layers", names(), other.names(), false);
        difference(found, "models or layers", checkpoints(), other.checkpoints(), false);
        difference(found, "models or layers", layers(), other.layers(), false);
        difference(found, "data", data, other.data, false);
        difference(found, "data", ofModels(Model::data), other.ofModels(Model::data), false);
        difference(found, "data", preparations(), other.preparations(), true);
        difference(found, "examples", examples, other.examples, true);
        difference(found, "order or labels of the examples", exampleIds, other.exampleIds, false);
        difference(found, "estimator", estimator, other.estimator, true);
        difference(found, "batch", batch, other.batch, true);
        difference(found, "passes", passes, other.passes, true);
        difference(found, "seed", seed, other.seed, true);
        difference(found, "reduce", reduce, other.reduce, true);
        return found.stream().distinct().toList();
    }

    private static void difference(
            List<String> found, String what, @Nullable Object here, @Nullable Object there, boolean show) {
        if (!Objects.equals(here, there)) {
            found.add(show ? what + " " + there + " instead of " + here : what);
        }
    }
}

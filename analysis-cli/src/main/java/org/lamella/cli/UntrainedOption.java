package org.lamella.cli;

import java.util.ArrayList;
import java.util.List;
import org.lamella.LamellaException;
import org.lamella.model.Checkpoint;
import org.lamella.model.Model;
import picocli.CommandLine.Option;

/** Whether untrained networks are set beside the trained ones. */
final class UntrainedOption {
    @Option(
            names = "--untrained",
            description =
                    "Set beside each network the same one untrained, its weights drawn anew by --seed, as NAME-untrained."
                            + " For Deeplearning4j and Keras models.")
    private boolean untrained;

    /** The models and, where it was asked for, their untrained likes after them. */
    List<Model> beside(List<Model> models, long seed) {
        if (!untrained) {
            return models;
        }
        List<Model> all = new ArrayList<>(models);
        for (Model model : models) {
            if (!(model instanceof Checkpoint checkpoint)) {
                throw new LamellaException(
                        "--untrained",
                        "is not possible for %s: stored activations do not tell the network".formatted(model.path()));
            }
            all.add(checkpoint.untrained(model.name() + "-untrained", seed));
        }
        return all;
    }
}

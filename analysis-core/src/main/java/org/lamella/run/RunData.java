package org.lamella.run;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.lamella.data.ChosenExamples;
import org.lamella.data.DataSource;
import org.lamella.data.Preparation;
import org.lamella.model.Checkpoint;

/**
 * What the checkpoints of a run are given: one data set, prepared for each as it needs. A checkpoint may also have the examples in
 * another form of its own; that they are the same is checked.
 *
 * @param common the run's data set
 * @param preparation for all models, where nothing else is said of one
 * @param sources by the names of models that have the examples in another form
 * @param preparations by the names of models, over the one for all
 * @param probed what is chosen of the examples for a probe; null for all that the data set has
 */
public record RunData(
        DataSource common,
        Preparation preparation,
        Map<String, DataSource> sources,
        Map<String, Preparation> preparations,
        @Nullable ProbeData probed) {
    public RunData {
        sources = Collections.unmodifiableMap(new LinkedHashMap<>(sources));
        preparations = Collections.unmodifiableMap(new LinkedHashMap<>(preparations));
    }

    /**
     * What a probe takes of two data sets: some examples of the run's to learn from, and some of another to be scored on, as one.
     *
     * @param test prepared like the run's data
     */
    public record ProbeData(DataSource test, ChosenExamples chosen) {}

    /** The same for all models; images from files become what a model's input takes. */
    public static RunData of(DataSource common) {
        return new RunData(common, Preparation.none(), Map.of(), Map.of(), null);
    }

    /** The same, prepared for all models. */
    public RunData prepared(Preparation general) {
        return new RunData(common, general, sources, preparations, probed);
    }

    /** The same, prepared otherwise for one model: what is not said here is done as for all. */
    public RunData preparedFor(String model, Preparation special) {
        var changed = new LinkedHashMap<>(preparations);
        changed.put(model, special);
        return new RunData(common, preparation, sources, changed, probed);
    }

    /** The same, with the examples in another form for one model. */
    public RunData from(String model, DataSource source) {
        var changed = new LinkedHashMap<>(sources);
        changed.put(model, source);
        return new RunData(common, preparation, changed, preparations, probed);
    }

    /** The same for a probe, whose test examples follow the training examples. */
    public RunData probed(ProbeData data) {
        return new RunData(common, preparation, sources, preparations, data);
    }

    /** The models that something is said of. */
    Set<String> named() {
        Set<String> names = new LinkedHashSet<>(sources.keySet());
        names.addAll(preparations.keySet());
        return names;
    }

    /**
     * What a checkpoint is given.
     *
     * @param note told what was decided without being asked
     * @throws org.lamella.LamellaException if the data cannot be prepared like this
     */
    public DataSource of(Checkpoint model, Consumer<String> note) {
        DataSource source = Objects.requireNonNull(sources.getOrDefault(model.name(), common));
        Preparation special = Objects.requireNonNull(preparations.getOrDefault(model.name(), Preparation.none()));
        Preparation whole = special.over(preparation);
        DataSource prepared = whole.of(source, model.path().toString(), model.images(), note);
        if (probed == null) {
            return prepared;
        }
        DataSource test = whole.of(probed.test(), model.path().toString(), model.images(), note);
        return new DataSource(
                prepared.source(),
                probed.chosen().of(prepared.examples(), test.examples()),
                prepared.sha256(),
                prepared.preparation());
    }
}

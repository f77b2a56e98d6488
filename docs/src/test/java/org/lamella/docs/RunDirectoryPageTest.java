package org.lamella.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lamella.activation.Layer;
import org.lamella.prune.Comparison;
import org.lamella.prune.Interval;
import org.lamella.prune.PruneResult;
import org.lamella.prune.Refusal;
import org.lamella.run.MeasureManifest;
import org.lamella.run.ProbeManifest;
import org.lamella.run.RunManifest;
import org.lamella.run.RunPlan;

/** The pages about the run directory and about pruning name every field that is written to run.json, sums/plan.json and prune.json. */
class RunDirectoryPageTest {
    private final List<String> named =
            Page.read(Page.root().resolve("docs/run-directory.md")).codeSpans();

    @ParameterizedTest
    @ValueSource(
            classes = {
                RunManifest.class,
                RunManifest.Model.class,
                RunManifest.Data.class,
                RunManifest.Examples.class,
                RunManifest.NativeLibrary.class,
                MeasureManifest.class,
                MeasureManifest.Measured.class,
                MeasureManifest.Undefined.class,
                ProbeManifest.class,
                RunPlan.class,
                RunPlan.Model.class,
                Layer.class
            })
    void page_aboutTheRunDirectory_namesEveryField(Class<?> written) {
        assertThat(Stream.of(written.getRecordComponents()).map(RecordComponent::getName))
                .isSubsetOf(named);
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                PruneResult.class,
                PruneResult.Model.class,
                PruneResult.Split.class,
                PruneResult.Block.class,
                PruneResult.Candidate.class,
                PruneResult.Step.class,
                PruneResult.Change.class,
                PruneResult.Timing.class,
                Comparison.class,
                Comparison.OfClass.class,
                Interval.class,
                Refusal.class
            })
    void page_aboutPruning_namesEveryField(Class<?> written) {
        assertThat(Stream.of(written.getRecordComponents()).map(RecordComponent::getName))
                .isSubsetOf(Page.read(Page.root().resolve("docs/pruning.md")).codeSpans());
    }
}

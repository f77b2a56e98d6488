package org.lamella.prune;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was looked for, cut and found: the content of {@code prune.json}.
 *
 * @param version Lamella's version
 * @param command the command line
 * @param started date and time in UTC, ISO 8601
 * @param model what was cut
 * @param data the examples of the choice
 * @param holdout the examples of the verdict
 * @param measure {@code accuracy}, {@code agreement} or {@code cosine}
 * @param output the model's output that was judged
 * @param maxDrop by how much the measure may fall
 * @param rule in words: what must hold for a cut to be accepted
 * @param seed of the split and the bootstrap
 * @param batch examples that were run at once
 * @param threads on which they were
 * @param evaluations how many cuts were measured on the examples of the choice
 * @param blocks the blocks that the units were looked for in; absent where none were looked for
 * @param candidates the units that could be cut, in the order of computation
 * @param refused what looks like a unit and is not cut
 * @param plan what was cut in turn, and what became of it
 * @param accepted whether a cut was found that the rule allows
 * @param why in words
 * @param cut names of the units that were cut; of the smallest cut, where none was accepted
 * @param onData before and after that cut on the examples of the choice; absent where there was nothing to cut
 * @param onHoldout before and after that cut on the examples of the verdict
 * @param parameters trainable numbers
 * @param multiplyAdds for one example; absent where they cannot be counted
 * @param secondsPerBatch median of several batches, each model in turn
 * @param fileBytes of the ONNX form, with weights in files beside it
 * @param files that were written beside this one
 * @param warnings one line each, as they were shown
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PruneResult(
        String version,
        String command,
        String started,
        Model model,
        Split data,
        Split holdout,
        String measure,
        String output,
        double maxDrop,
        String rule,
        long seed,
        int batch,
        int threads,
        int evaluations,
        @Nullable List<Block> blocks,
        List<Candidate> candidates,
        List<Refusal> refused,
        List<Step> plan,
        boolean accepted,
        String why,
        List<String> cut,
        @Nullable Comparison onData,
        @Nullable Comparison onHoldout,
        @Nullable Change parameters,
        @Nullable Change multiplyAdds,
        @Nullable Timing secondsPerBatch,
        @Nullable Change fileBytes,
        List<String> files,
        List<String> warnings) {
    public PruneResult {
        blocks = blocks == null ? null : List.copyOf(blocks);
        candidates = List.copyOf(candidates);
        refused = List.copyOf(refused);
        plan = List.copyOf(plan);
        cut = List.copyOf(cut);
        files = List.copyOf(files);
        warnings = List.copyOf(warnings);
    }

    /**
     * The model that was cut.
     *
     * @param path as the user gave it
     * @param format {@code onnx}, {@code dl4j} or {@code keras}
     * @param sha256 of its files one after the other
     */
    public record Model(String name, String path, String format, String sha256) {}

    /**
     * Examples that something was measured on.
     *
     * @param source as the user named the data
     * @param sha256 of their files
     * @param preparation what was done to the examples; empty for nothing
     * @param examples how many
     * @param how which of the source's
     */
    public record Split(String source, String sha256, String preparation, int examples, String how) {}

    /** A block: its first and last layer. */
    public record Block(String first, String last, int layers) {}

    /**
     * A unit that could be cut.
     *
     * @param takesItsPlace the layer whose output is taken instead
     * @param block whether it lies in a block; absent where no block was looked for
     * @param layers that go with it
     * @param parameters that go with it
     * @param multiplyAdds that go with it, for one example; absent where they cannot be counted
     * @param loss on the examples of the choice without it; absent where it was not measured alone
     * @param drop of the measure there; absent likewise
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Candidate(
            String name,
            String kind,
            String takesItsPlace,
            @Nullable Boolean block,
            List<String> layers,
            long parameters,
            @Nullable Long multiplyAdds,
            @Nullable Double loss,
            @Nullable Double drop) {
        public Candidate {
            layers = List.copyOf(layers);
        }
    }

    /**
     * A unit that was cut with all before it in the plan.
     *
     * @param nodes names of the nodes that go with it
     * @param loss on the examples of the choice
     * @param drop of the measure there
     * @param holdoutDrop of the measure on the examples of the verdict; absent where it was not looked at
     * @param holds whether the rule allows it; absent likewise
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Step(
            String unit,
            String kind,
            @Nullable Boolean block,
            List<String> nodes,
            double loss,
            double drop,
            @Nullable Interval holdoutDrop,
            @Nullable Boolean holds) {
        public Step {
            nodes = List.copyOf(nodes);
        }
    }

    /** A number before and after the cut. */
    public record Change(long before, long after) {}

    /**
     * Seconds for a batch through the runtime, reading the examples included.
     *
     * @param examples in the batch
     * @param rounds of which the medians are
     */
    public record Timing(double before, double after, int examples, int rounds) {}
}

package org.lamella.prune;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.lamella.data.Examples;
import org.lamella.onnx.OnnxModel;

/**
 * Which cut of a plan is accepted, by examples that had no part in the plan.
 *
 * <p>A cut is accepted if a drop larger than the one allowed is refused with 95 % confidence: the upper end of the one-sided interval of
 * the drop is not above it. The cuts of a plan contain each other, and are tried from the smallest on; the first that fails ends the
 * trial. Their order was fixed without these examples, so that testing several costs no confidence (fixed-sequence testing, Maurer,
 * Hothorn and Lehmacher 1995; used for the choice of models by Angelopoulos et al. 2021): the probability that any accepted cut drops
 * more than is allowed is at most 5 %.
 */
final class Verdict {
    private final Original original;
    private final Surgery surgery;
    private final PruneOptions options;
    private final Splits splits;
    private final Measure measure;
    private final boolean oneCut;

    /** @param oneCut whether only the whole plan is tried, as the user has said what is cut */
    Verdict(Original original, Surgery surgery, PruneOptions options, Splits splits, Measure measure, boolean oneCut) {
        this.original = original;
        this.surgery = surgery;
        this.options = options;
        this.splits = splits;
        this.measure = measure;
        this.oneCut = oneCut;
    }

    /**
     * What came of it.
     *
     * @param cut units of the cut that was accepted; of the smallest that was tried, where none was
     * @param comparison of that cut; absent where there was none
     * @param drops of the cuts of the plan, one for each step; null where not tried
     * @param before what the original gives for the examples
     * @param after what the cut gives for them; absent where there was none
     */
    record Outcome(
            boolean accepted,
            String why,
            List<Unit> cut,
            @Nullable Comparison comparison,
            List<@Nullable Interval> drops,
            Answers before,
            @Nullable Answers after,
            Judge judge) {}

    /** In words. */
    String rule() {
        String drop = switch (measure) {
            case ACCURACY -> "the drop of accuracy (Tango's score interval for paired proportions)";
            case AGREEMENT -> "the share of examples that get another class (Tango's score interval)";
            case COSINE -> "the mean of 1 - cosine of both outputs (bootstrap-t)";
        };
        String order = oneCut
                ? "One cut is tried, the whole plan."
                : "The cuts of the plan are tried from the smallest on, until one fails; their order was fixed without the holdout.";
        return String.format(
                Locale.ROOT,
                "A cut is accepted if the upper end of the one-sided 95 %% interval of %s on the holdout is at most %s. %s",
                drop,
                options.maxDrop(),
                order);
    }

    Outcome of(List<Chooser.Step> steps) {
        Examples examples = original.arranged(splits.holdout().examples());
        Answers before = original.answers(original.model(), examples, splits.verdict(), options.batch());
        Judge judge = Judge.of(measure, before, original.givesVectors(), examples, splits.verdict());
        List<@Nullable Interval> drops = new ArrayList<>(Collections.nCopies(steps.size(), null));
        if (steps.isEmpty()) {
            return new Outcome(
                    false,
                    "no unit can be cut within --max-drop " + options.maxDrop() + " on the data of the choice",
                    List.of(),
                    null,
                    drops,
                    before,
                    null,
                    judge);
        }
        Trial trial = new Trial(examples, before, judge, steps, drops);
        int first = oneCut ? steps.size() : 1;
        Outcome outcome = outcome(trial, first);
        boolean holds = outcome.accepted();
        for (int units = first + 1; holds && units <= steps.size(); units++) {
            Outcome next = outcome(trial, units);
            holds = next.accepted();
            outcome = holds ? next : outcome;
        }
        return outcome;
    }

    /** What all cuts of a plan are tried with. */
    private record Trial(
            Examples examples, Answers before, Judge judge, List<Chooser.Step> steps, List<@Nullable Interval> drops) {}

    /** Of the first units of the plan. */
    private Outcome outcome(Trial trial, int units) {
        List<Unit> cut =
                trial.steps().subList(0, units).stream().map(Chooser.Step::unit).toList();
        OnnxModel model = original.model().rewritten(surgery.without(cut));
        Answers after = original.answers(model, trial.examples(), splits.verdict(), options.batch());
        Comparison comparison = trial.judge().compare(after, options.seed());
        trial.drops().set(units - 1, comparison.drop());
        boolean holds = comparison.drop().upper() <= options.maxDrop();
        return new Outcome(
                holds,
                why(comparison, cut, holds),
                cut,
                comparison,
                trial.drops(),
                trial.before(),
                after,
                trial.judge());
    }

    private String why(Comparison comparison, List<Unit> cut, boolean holds) {
        String units =
                cut.size() == 1 ? "the cut of " + cut.get(0).name() : "the cut of %d units".formatted(cut.size());
        String drops = String.format(
                Locale.ROOT,
                "%s drops %s by %.4f, and by at most %.4f with 95 %% confidence",
                units,
                measure,
                comparison.drop().value(),
                comparison.drop().upper());
        if (holds) {
            return "%s: --max-drop %s is kept".formatted(drops, options.maxDrop());
        }
        return "%s: that --max-drop %s is kept is not shown%s".formatted(drops, options.maxDrop(), more(comparison));
    }

    /** How many examples would show it, if the drop is as it looks. */
    private String more(Comparison comparison) {
        double missing = options.maxDrop() - comparison.drop().value();
        double reach = comparison.drop().upper() - comparison.drop().value();
        if (missing <= 0) {
            return "";
        }
        double needed = comparison.examples() * reach * reach / missing / missing;
        return String.format(
                Locale.ROOT,
                "; if the drop is what it looks like, about %,d examples of a holdout would show it, and there are %,d",
                (long) Math.ceil(needed / 100) * 100,
                comparison.examples());
    }
}

package org.lamella.prune;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A model before and after a cut, on the same examples.
 *
 * @param examples how many
 * @param before share of right answers, with Wilson's interval of 95 %; absent without labels
 * @param after likewise
 * @param drop what the cut costs in the {@linkplain Measure measure} of the run; each end is a one-sided bound of 95 %
 * @param lost examples that were right and are wrong; absent without labels
 * @param gained examples that were wrong and are right; absent without labels
 * @param mcNemar two-sided probability of so uneven a pair by chance; absent without labels
 * @param agreement share of examples of which the highest score is that of the same class, with Wilson's interval of 95 %; absent
 *     where the output is no vector of scores
 * @param cosine mean over the examples of the cosine of both outputs
 * @param cka of both outputs, unbiased, in minibatches; absent with fewer than 4 examples or a constant output
 * @param loss what the choice goes by: mean Kullback-Leibler divergence of the answers from the original's, or mean of 1 - cosine
 * @param classes accuracy of each class; empty without labels
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Comparison(
        int examples,
        @Nullable Interval before,
        @Nullable Interval after,
        Interval drop,
        @Nullable Long lost,
        @Nullable Long gained,
        @Nullable Double mcNemar,
        @Nullable Interval agreement,
        double cosine,
        @Nullable Double cka,
        double loss,
        List<OfClass> classes) {
    public Comparison {
        classes = List.copyOf(classes);
    }

    /**
     * One class.
     *
     * @param name of the class, or its number
     * @param drop of its accuracy, a two-sided interval of 95 %
     */
    public record OfClass(String name, int examples, double before, double after, Interval drop) {}

    /** In one line. */
    String line() {
        return before != null && after != null
                ? String.format(
                        Locale.ROOT,
                        "accuracy %.2f %% -> %.2f %%, drop %.2f (%.2f to %.2f) points",
                        100 * before.value(),
                        100 * after.value(),
                        100 * drop.value(),
                        100 * drop.lower(),
                        100 * drop.upper())
                : String.format(
                        Locale.ROOT,
                        "drop %.4f (%.4f to %.4f), cosine %.4f%s",
                        drop.value(),
                        drop.lower(),
                        drop.upper(),
                        cosine,
                        agreement == null ? "" : String.format(Locale.ROOT, ", agreement %.4f", agreement.value()));
    }
}

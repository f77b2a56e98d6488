package org.lamella.prune;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.lamella.LamellaException;
import org.lamella.data.Examples;
import org.lamella.similarity.Cka;
import org.lamella.similarity.CkaMatrix;

/** Compares what a cut model gives with what the original gives, on one list of examples. */
final class Judge {
    private static final int CKA_BATCH = 256;

    private final Measure measure;
    private final Answers original;
    private final @Nullable Scores scores;
    private final int[] labels;
    private final List<String> classNames;

    private Judge(Measure measure, Answers original, @Nullable Scores scores, int[] labels, List<String> classNames) {
        this.measure = measure;
        this.original = original;
        this.scores = scores;
        this.labels = labels;
        this.classNames = classNames;
    }

    /**
     * @param wanted null to leave the choice: accuracy if there is a label for every example and a score for every label, else agreement
     *     if the model gives probabilities, else cosine
     * @param original what the original gives for the examples
     * @param isVector whether the output is one vector an example, so that it can be scores of classes
     * @param chosen indices of the examples in the data
     */
    static Judge of(@Nullable Measure wanted, Answers original, boolean isVector, Examples data, int[] chosen) {
        if (!original.isFinite()) {
            throw new LamellaException(
                    data.name(), "the model gives numbers that are not finite for some of these examples");
        }
        Scores scores = isVector ? new Scores(original) : null;
        int[] labels = IntStream.of(chosen)
                .map(example -> data.label(example).orElse(-1))
                .toArray();
        boolean labelled =
                scores != null && IntStream.of(labels).allMatch(label -> label >= 0 && label < scores.classes());
        Measure measure = wanted != null
                ? wanted
                : labelled
                        ? Measure.ACCURACY
                        : scores != null && scores.areProbabilities() ? Measure.AGREEMENT : Measure.COSINE;
        if (measure == Measure.ACCURACY && !labelled) {
            throw new LamellaException(
                    data.name(),
                    "accuracy needs a label for every example, and of the model a score for every class; --measure agreement or"
                            + " cosine compares with the original alone");
        }
        if (measure == Measure.AGREEMENT && scores == null) {
            throw new LamellaException(
                    data.name(), "agreement needs a model that gives a vector of scores; take --measure cosine");
        }
        return new Judge(measure, original, scores, labelled ? labels : new int[0], data.classes());
    }

    Measure measure() {
        return measure;
    }

    private boolean isLabelled() {
        return labels.length > 0;
    }

    /** The class that the original gives each example; empty where its output is no vector of scores. */
    int[] predictions() {
        return predictions(original);
    }

    /** The class that a model gives each example; empty where its output is no vector of scores. */
    int[] predictions(Answers answers) {
        if (scores == null) {
            return new int[0];
        }
        Scores its = new Scores(answers);
        return IntStream.range(0, answers.examples()).map(its::prediction).toArray();
    }

    /**
     * What the choice goes by: for scores of classes the mean Kullback-Leibler divergence of the cut model's probabilities from the
     * original's, else the mean of 1 - cosine. Infinite if the cut model gives numbers that are not finite.
     *
     * <p>Not the cross-entropy of the labels: that falls where a cut makes a network that is too sure less sure, whatever else it
     * does. Nor the number of wrong labels: harmless cuts differ by a few examples, which is chance.
     */
    double loss(Answers cut) {
        if (!cut.isFinite()) {
            return Double.POSITIVE_INFINITY;
        }
        Scores its = new Scores(cut);
        double sum = 0;
        for (int i = 0; i < cut.examples(); i++) {
            sum += measure == Measure.COSINE ? 1 - original.cosine(cut, i) : divergence(its, i);
        }
        return sum / cut.examples();
    }

    /** Of the original's probabilities of the classes and the cut model's. */
    private double divergence(Scores its, int example) {
        Scores ours = scores;
        if (ours == null) {
            throw new IllegalStateException("what are no scores has no probabilities");
        }
        double sum = 0;
        for (int label = 0; label < ours.classes(); label++) {
            double logarithm = ours.logarithm(example, label);
            sum += Math.exp(logarithm) * (logarithm - its.logarithm(example, label));
        }
        return sum;
    }

    /** By how much the measure falls. */
    double drop(Answers cut) {
        return switch (measure) {
            case ACCURACY -> right(cut).drop();
            case AGREEMENT -> 1 - (double) agreeing(cut) / cut.examples();
            case COSINE ->
                IntStream.range(0, cut.examples())
                        .mapToDouble(i -> distance(cut, i))
                        .average()
                        .orElse(0);
        };
    }

    /** A cosine of numbers that are not finite is none: as far away as can be. */
    private double distance(Answers cut, int example) {
        double cosine = original.cosine(cut, example);
        return Double.isNaN(cosine) ? 2 : 1 - cosine;
    }

    private PairedProportions right(Answers cut) {
        return right(
                predictions(),
                predictions(cut),
                IntStream.range(0, labels.length).toArray());
    }

    private PairedProportions right(int[] before, int[] after, int[] examples) {
        long lost = 0;
        long gained = 0;
        for (int i : examples) {
            lost += before[i] == labels[i] && after[i] != labels[i] ? 1 : 0;
            gained += before[i] != labels[i] && after[i] == labels[i] ? 1 : 0;
        }
        return new PairedProportions(examples.length, lost, gained);
    }

    private long agreeing(Answers cut) {
        int[] before = predictions();
        int[] after = predictions(cut);
        return IntStream.range(0, before.length)
                .filter(i -> before[i] == after[i])
                .count();
    }

    /**
     * The whole comparison.
     *
     * @param seed of the bootstrap
     */
    Comparison compare(Answers cut, long seed) {
        int examples = cut.examples();
        int[] before = predictions();
        int[] after = predictions(cut);
        PairedProportions pair = isLabelled() ? right(cut) : null;
        Interval agreement = scores == null ? null : Interval.proportion(agreeing(cut), examples);
        double cosine = IntStream.range(0, examples)
                .mapToDouble(i -> 1 - distance(cut, i))
                .average()
                .orElse(1);
        return new Comparison(
                examples,
                pair == null ? null : accuracy(before),
                pair == null ? null : accuracy(after),
                interval(cut, pair, seed),
                pair == null ? null : pair.lost(),
                pair == null ? null : pair.gained(),
                pair == null ? null : pair.mcNemar(),
                agreement,
                cosine,
                cka(cut),
                loss(cut),
                classes(before, after));
    }

    private Interval accuracy(int[] predictions) {
        long right = IntStream.range(0, labels.length)
                .filter(i -> predictions[i] == labels[i])
                .count();
        return Interval.proportion(right, labels.length);
    }

    private Interval interval(Answers cut, @Nullable PairedProportions pair, long seed) {
        if (measure == Measure.COSINE) {
            double[] distances = IntStream.range(0, cut.examples())
                    .mapToDouble(i -> distance(cut, i))
                    .toArray();
            return BootstrapMean.of(distances, 0.05, seed);
        }
        // Agreement is accuracy with the original's answers for labels: nothing can be gained.
        PairedProportions proportions = measure == Measure.ACCURACY && pair != null
                ? pair
                : new PairedProportions(cut.examples(), cut.examples() - agreeing(cut), 0);
        return proportions.drop(Interval.ONE_SIDED);
    }

    private @Nullable Double cka(Answers cut) {
        if (cut.examples() < 4 || !cut.isFinite()) {
            return null;
        }
        CkaMatrix matrix = Cka.of(List.of(original.as("before"), cut.as("after")))
                .batch(Math.min(CKA_BATCH, cut.examples()))
                .compute();
        double value = matrix.between("before", "after").value(0, 0);
        return Double.isFinite(value) ? value : null;
    }

    private List<Comparison.OfClass> classes(int[] before, int[] after) {
        List<Comparison.OfClass> classes = new ArrayList<>();
        int[] present = IntStream.of(labels).distinct().sorted().toArray();
        for (int label : present) {
            int[] examples = IntStream.range(0, labels.length)
                    .filter(i -> labels[i] == label)
                    .toArray();
            PairedProportions pair = right(before, after, examples);
            long rightBefore =
                    IntStream.of(examples).filter(i -> before[i] == label).count();
            classes.add(new Comparison.OfClass(
                    label < classNames.size() ? classNames.get(label) : Integer.toString(label),
                    examples.length,
                    (double) rightBefore / examples.length,
                    (double) (rightBefore - pair.lost() + pair.gained()) / examples.length,
                    pair.drop(Interval.TWO_SIDED)));
        }
        return classes;
    }
}

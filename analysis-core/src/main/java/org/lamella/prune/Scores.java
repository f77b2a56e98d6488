package org.lamella.prune;

/**
 * Answers as scores of classes. Rows that are not negative and add up to one are probabilities; others are taken as the logarithms of
 * something proportional to them, so that a softmax makes them so. A single number is the score of class 1 against class 0.
 */
final class Scores {
    private static final double SUM_TOLERANCE = 1e-3;

    /** A probability of zero counts as this: nothing is infinitely unlikely in float32. */
    private static final double LEAST = 1e-12;

    private final Answers answers;
    private final boolean probabilities;

    Scores(Answers answers) {
        this.answers = answers;
        this.probabilities = areProbabilities(answers);
    }

    private static boolean areProbabilities(Answers answers) {
        for (int i = 0; i < answers.examples(); i++) {
            double sum = 0;
            for (float score : answers.row(i)) {
                if (!(score >= 0) || score > 1 + SUM_TOLERANCE) {
                    return false;
                }
                sum += score;
            }
            if (answers.features() > 1 && Math.abs(sum - 1) > SUM_TOLERANCE) {
                return false;
            }
        }
        return true;
    }

    /** Whether the model itself gives probabilities. */
    boolean areProbabilities() {
        return probabilities;
    }

    int classes() {
        return Math.max(2, answers.features());
    }

    /** The class of the highest score, the first of several; -1 where a score is no number. */
    int prediction(int example) {
        float[] row = answers.row(example);
        if (row.length == 1) {
            return Float.isNaN(row[0]) ? -1 : row[0] > (probabilities ? 0.5 : 0) ? 1 : 0;
        }
        int best = 0;
        for (int i = 0; i < row.length; i++) {
            if (Float.isNaN(row[i])) {
                return -1;
            }
            best = row[i] > row[best] ? i : best;
        }
        return best;
    }

    /** The logarithm of the probability of a class. */
    double logarithm(int example, int label) {
        float[] row = answers.row(example);
        if (row.length == 1) {
            double one = probabilities ? row[0] : 1 / (1 + Math.exp(-row[0]));
            return Math.log(Math.max(LEAST, label == 1 ? one : 1 - one));
        }
        if (probabilities) {
            return Math.log(Math.max(LEAST, row[label]));
        }
        double highest = Double.NEGATIVE_INFINITY;
        for (float score : row) {
            highest = Math.max(highest, score);
        }
        double sum = 0;
        for (float score : row) {
            sum += Math.exp(score - highest);
        }
        return Math.max(Math.log(LEAST), row[label] - highest - Math.log(sum));
    }
}

package org.lamella.prune;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.lamella.LamellaException;
import org.lamella.data.DataSource;

/** The examples of the choice and those of the verdict; none is in both. */
final class Splits {
    /** Fewer tell nothing. */
    private static final int FEWEST = 8;

    private final DataSource data;
    private final int[] choice;
    private final String choiceHow;
    private final DataSource holdout;
    private final int[] verdict;
    private final String verdictHow;

    private Splits(
            DataSource data, int[] choice, String choiceHow, DataSource holdout, int[] verdict, String verdictHow) {
        this.data = data;
        this.choice = choice;
        this.choiceHow = choiceHow;
        this.holdout = holdout;
        this.verdict = verdict;
        this.verdictHow = verdictHow;
    }

    /** Indices in the data of the examples of the choice, ascending. */
    int[] choice() {
        return choice.clone();
    }

    DataSource holdout() {
        return holdout;
    }

    /** Indices in the holdout of the examples of the verdict, ascending. */
    int[] verdict() {
        return verdict.clone();
    }

    /**
     * @param holdout null to take a random half of the data away for the verdict
     * @param examples of the data, the first; 0 for all
     */
    static Splits of(DataSource data, @Nullable DataSource holdout, int examples, long seed) {
        int available = data.examples().size();
        int used = examples == 0 ? available : Math.min(examples, available);
        if (holdout != null) {
            if (holdout.sha256().equals(data.sha256())) {
                throw new LamellaException(
                        "--holdout",
                        "holds the same data as --data; a cut is not judged by what it was chosen by. Leave it out to split --data");
            }
            require(used, data.source());
            require(holdout.examples().size(), holdout.source());
            return new Splits(
                    data,
                    IntStream.range(0, used).toArray(),
                    used == available ? "all" : "the first %d".formatted(used),
                    holdout,
                    IntStream.range(0, holdout.examples().size()).toArray(),
                    "all");
        }
        require(used / 2, data.source());
        int[] shuffled = shuffled(used, seed);
        String which = used == available ? "all" : "the first %d".formatted(used);
        int half = used / 2;
        return new Splits(
                data,
                Arrays.stream(shuffled, 0, half).sorted().toArray(),
                "a random half of %s, by seed %d".formatted(which, seed),
                data,
                Arrays.stream(shuffled, half, used).sorted().toArray(),
                "the other half of %s, by seed %d".formatted(which, seed));
    }

    private static void require(int examples, String source) {
        if (examples < FEWEST) {
            throw new LamellaException(
                    source, "gives %d examples where at least %d are needed".formatted(examples, FEWEST));
        }
    }

    /** Fisher and Yates's shuffle. */
    private static int[] shuffled(int count, long seed) {
        Random random = new Random(seed);
        int[] order = IntStream.range(0, count).toArray();
        for (int i = count - 1; i > 0; i--) {
            int other = random.nextInt(i + 1);
            int kept = order[i];
            order[i] = order[other];
            order[other] = kept;
        }
        return order;
    }

    PruneResult.Split dataText() {
        return new PruneResult.Split(data.source(), data.sha256(), data.preparation(), choice.length, choiceHow);
    }

    PruneResult.Split holdoutText() {
        return new PruneResult.Split(
                holdout.source(), holdout.sha256(), holdout.preparation(), verdict.length, verdictHow);
    }
}

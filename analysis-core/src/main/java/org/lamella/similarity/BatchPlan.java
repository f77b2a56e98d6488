package org.lamella.similarity;

import java.util.Random;
import org.lamella.activation.Batch;

/**
 * Which examples are in which minibatch: every example once a pass, in order on the first pass and shuffled by the seed on
 * later ones. A last batch smaller than {@link Estimator#SMALLEST_BATCH} is left out.
 *
 * <p>Batches belong to at most 32 groups of neighbours, whose sums are kept apart: they are what the jackknife leaves out
 * and what a resumed run need not do again.
 *
 * @param examples how many there are
 * @param batch examples in a minibatch
 * @param passes over the examples
 * @param seed of the order on passes after the first
 */
public record BatchPlan(int examples, int batch, int passes, long seed) {
    private static final int MOST_GROUPS = 32;

    public BatchPlan {
        if (batch < Estimator.SMALLEST_BATCH) {
            throw new IllegalArgumentException(
                    "a batch of " + batch + " is too small: the estimator needs " + Estimator.SMALLEST_BATCH);
        }
        if (passes < 1) {
            throw new IllegalArgumentException("at least one pass is needed, not " + passes);
        }
    }

    /** Batches of one pass. */
    public int batchesPerPass() {
        return examples / batch + (examples % batch >= Estimator.SMALLEST_BATCH ? 1 : 0);
    }

    /** Batches of all passes. */
    public int batches() {
        return Math.multiplyExact(batchesPerPass(), passes);
    }

    /** Examples that the first pass leaves out, because their batch would be too small. */
    public int leftOut() {
        return examples % batch < Estimator.SMALLEST_BATCH ? examples % batch : 0;
    }

    /** Number of groups. */
    public int groups() {
        return Math.min(MOST_GROUPS, batches());
    }

    /** The number of a group's first batch; that of group {@link #groups()} is the number of batches. */
    public int firstBatch(int group) {
        return (int) ((long) group * batches() / groups());
    }

    /** One of the {@link #batches()}. Costs one shuffle of the indices on passes after the first. */
    public Batch batch(int number) {
        int pass = number / batchesPerPass();
        int start = number % batchesPerPass() * batch;
        int size = Math.min(batch, examples - start);
        int[] order = order(pass);
        int[] members = new int[size];
        System.arraycopy(order, start, members, 0, size);
        return new Batch(number, members);
    }

    private int[] order(int pass) {
        int[] order = new int[examples];
        for (int i = 0; i < examples; i++) {
            order[i] = i;
        }
        if (pass > 0) {
            var random = new Random(seed * 1_000_003 + pass);
            for (int i = examples - 1; i > 0; i--) {
                int j = random.nextInt(i + 1);
                int swapped = order[i];
                order[i] = order[j];
                order[j] = swapped;
            }
        }
        return order;
    }
}

package org.lamella.activation;

/** The examples of one minibatch, by their index in the data set, in a fixed order. */
public final class Batch {
    private final int number;
    private final int[] examples;
    private final boolean contiguous;

    /**
     * @param number position among the batches of a run, from 0
     * @param examples indices of the examples; at least one
     */
    public Batch(int number, int[] examples) {
        this.number = number;
        this.examples = examples.clone();
        this.contiguous = ascendsByOne(examples);
    }

    private static boolean ascendsByOne(int[] examples) {
        for (int i = 1; i < examples.length; i++) {
            if (examples[i] != examples[i - 1] + 1) {
                return false;
            }
        }
        return true;
    }

    /** Position among the batches of a run, from 0. */
    public int number() {
        return number;
    }

    /** Number of examples. */
    public int size() {
        return examples.length;
    }

    /** The index in the data set of the example at a position of this batch. */
    public int example(int position) {
        return examples[position];
    }

    /** A copy of the indices in the data set, in this batch's order. */
    public int[] examples() {
        return examples.clone();
    }

    /** Whether the examples follow each other in the data set, so that they can be read as one piece. */
    public boolean isContiguous() {
        return contiguous;
    }

    @Override
    public String toString() {
        return "batch " + number + " of " + examples.length + " examples";
    }
}

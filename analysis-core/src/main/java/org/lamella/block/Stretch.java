package org.lamella.block;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A run among comparable layers, stated over all layers of the model.
 *
 * @param members indices of the layers in it
 * @param pairs of comparable layers in it
 */
record Stretch(BitSet members, double pairs, double mean, double min, double before, double after) {
    static Stretch of(Run run, int[] line) {
        var members = new BitSet();
        Arrays.stream(line, run.start(), run.end()).forEach(members::set);
        double pairs = run.length() * (run.length() - 1) / 2.0;
        return new Stretch(members, pairs, run.mean(), run.min(), run.before(), run.after());
    }

    int start() {
        return members.nextSetBit(0);
    }

    int end() {
        return members.length();
    }

    int length() {
        return end() - start();
    }

    /** The share of its layers, from the first to the last, that are in it. */
    double density() {
        return members.cardinality() / (double) length();
    }

    boolean touches(Stretch other) {
        return shared(other) > 0;
    }

    /** Whether both are the same but for the layers at their ends. */
    boolean isAbout(Stretch other) {
        return 2 * shared(other) >= Math.max(end(), other.end()) - Math.min(start(), other.start());
    }

    private int shared(Stretch other) {
        return Math.min(end(), other.end()) - Math.max(start(), other.start());
    }

    Stretch and(Stretch other) {
        var both = (BitSet) members.clone();
        both.or(other.members);
        double all = pairs + other.pairs;
        return new Stretch(
                both,
                all,
                (mean * pairs + other.mean * other.pairs) / all,
                Math.min(min, other.min),
                lesser(before, other.before),
                lesser(after, other.after));
    }

    private static double lesser(double one, double other) {
        return Double.isNaN(one) ? other : Double.isNaN(other) ? one : Math.min(one, other);
    }

    Block block(List<String> names) {
        return new Block(
                start(),
                end(),
                names.get(start()),
                names.get(end() - 1),
                mean,
                min,
                lesser(before, after),
                before,
                after,
                IntStream.range(start(), end())
                        .filter(i -> !members.get(i))
                        .mapToObj(names::get)
                        .toList(),
                null);
    }
}

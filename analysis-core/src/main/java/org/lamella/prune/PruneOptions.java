package org.lamella.prune;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a cut is chosen and judged.
 *
 * @param maxDrop by how much the measure may fall
 * @param count how many units are cut, whatever they cost on the data of the choice; 0 for as many as the largest drop allows
 * @param units names of the units that are cut, and no others, with {@code *} for any letters; empty to choose
 * @param from which units may be chosen
 * @param kinds of the units that may be chosen
 * @param measure null to leave the choice
 * @param batch examples that are run at once
 * @param examples of the data, the first; 0 for all
 * @param seed of the split and the bootstrap
 */
public record PruneOptions(
        double maxDrop,
        int count,
        List<String> units,
        From from,
        Set<Unit.Kind> kinds,
        @Nullable Measure measure,
        int batch,
        int examples,
        long seed) {
    public PruneOptions {
        units = List.copyOf(units);
        kinds = Set.copyOf(kinds);
    }

    /** Which units may be cut. */
    public enum From {
        /** Those in blocks first, then the others. */
        BLOCKS_FIRST,
        /** Those in blocks. */
        INSIDE,
        /** Those that are in no block. */
        OUTSIDE,
        /** All alike; no block is looked for. */
        ANYWHERE
    }

    /** A drop of 0.01, all kinds of units, those in blocks first. */
    public static PruneOptions defaults() {
        return new PruneOptions(0.01, 0, List.of(), From.BLOCKS_FIRST, EnumSet.allOf(Unit.Kind.class), null, 256, 0, 0);
    }
}

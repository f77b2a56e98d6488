package org.lamella.similarity;

import java.util.Optional;

/** Watches a computation and keeps its partial sums, so that it can be resumed. */
public interface SumsKeeper {
    /** Keeps nothing. */
    SumsKeeper NONE = new SumsKeeper() {};

    /** The sums of a group of batches that was finished earlier. */
    default Optional<HsicSums> finished(int group) {
        return Optional.empty();
    }

    /** Takes the sums of a group that was just finished. */
    default void finish(int group, HsicSums sums) {}

    /** Called before the first batch and after every batch. */
    default void progress(int batchesDone, int batches) {}
}

package org.lamella.measure;

/** What a larger value means. */
public enum Direction {
    /** Larger values mean more alike. */
    SIMILARITY,
    /** Larger values mean less alike; 0 is the same up to what the measure does not see. */
    DISTANCE;

    /** Whether one value tells of layers at least as much alike as another. */
    public boolean atLeastAsAlike(double value, double other) {
        return this == SIMILARITY ? value >= other : value <= other;
    }

    /** As written in files and pages. */
    @Override
    public String toString() {
        return this == SIMILARITY ? "similarity" : "distance";
    }
}

package org.lamella.prune;

import java.util.Locale;

/** By what a cut is judged. */
public enum Measure {
    /** How many labels the model gets right; a drop is by how much that share falls. */
    ACCURACY,
    /** How often the cut model gives the highest score to the class to which the original gives it; a drop is how often it does not. */
    AGREEMENT,
    /** How alike the outputs are; a drop is the mean of 1 - cosine. */
    COSINE;

    /** As written in options and files. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}

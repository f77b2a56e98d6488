package org.lamella.activation;

import java.util.List;
import java.util.Locale;

/** What is done to an activation before layers are compared. */
public enum Reduction {
    /** Nothing: all its numbers, in a row. */
    FLATTEN,
    /** The mean over positions: over height and width of channels × height × width, over tokens of tokens × features. */
    MEAN;

    /** Shape of a reduced activation. */
    List<Integer> shape(List<Integer> shape) {
        if (this == FLATTEN || shape.size() < 2) {
            return shape;
        }
        return List.of(shape.size() == 2 ? shape.get(1) : shape.get(0));
    }

    /** A source whose layers are reduced; itself if there is nothing to do. */
    public ActivationSource of(ActivationSource source) {
        return this == FLATTEN ? source : new ReducedSource(source, this);
    }

    /** As written in options and files. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}

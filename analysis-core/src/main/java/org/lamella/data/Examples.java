package org.lamella.data;

import java.util.List;
import java.util.OptionalInt;

/** Examples in a fixed order, each with an identity and, where the files have one, a label. */
public sealed interface Examples permits Dataset, NamedInputs, TextDataset {
    /** How it was named by the user: kind and path. */
    String name();

    /** Number of examples. */
    int size();

    /** The class of an example, from 0; empty where the data have no labels. */
    OptionalInt label(int example);

    /** Names of the classes, by the number that {@link #label} gives; empty where the data have numbers only, or no labels. */
    default List<String> classes() {
        return List.of();
    }

    /** What the user knows the example by: a row, an index or a file name. */
    String id(int example);
}

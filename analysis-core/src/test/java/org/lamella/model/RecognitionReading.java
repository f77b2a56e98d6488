package org.lamella.model;

import java.nio.file.Path;

/** What a file is taken for. For the tests with damaged files. */
public final class RecognitionReading {
    private RecognitionReading() {}

    /** Tells what a file is. */
    public static void read(Path file) {
        FileKinds.of(file);
    }
}

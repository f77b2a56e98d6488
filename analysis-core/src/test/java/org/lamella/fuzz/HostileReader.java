package org.lamella.fuzz;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A reader of files that others made.
 *
 * @param name also the name of the file it is given, with its ending
 * @param seeds good files
 * @param open opens a file and reads what a run would read of it
 */
record HostileReader(String name, List<byte[]> seeds, Open open) {
    /** Reads a file. */
    interface Open {
        void read(Path file) throws IOException;
    }

    @Override
    public String toString() {
        return name;
    }
}

package org.lamella.run;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Objects;
import org.lamella.LamellaException;

/** Writes files that are either whole or not there: into a temporary file beside them, which is then moved. */
final class AtomicFile {
    /** What writes the content. */
    @FunctionalInterface
    interface Content {
        void writeTo(OutputStream out) throws IOException;
    }

    private AtomicFile() {}

    static void write(Path file, Content content) {
        Path partial = file.resolveSibling(file.getFileName() + ".partial");
        try {
            Path folder = Objects.requireNonNull(file.toAbsolutePath().getParent());
            if (!Files.isDirectory(folder)) { // Java 17 does not take a link to a folder for one
                Files.createDirectories(folder);
            }
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(partial))) {
                content.writeTo(out);
            }
            Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            delete(partial);
            throw new LamellaException(file.toString(), "cannot be written: " + e, e);
        }
    }

    private static void delete(Path partial) {
        try {
            Files.deleteIfExists(partial);
        } catch (IOException e) {
            // The failure to write is what is told; a partial file beside it does not look like a result.
        }
    }
}

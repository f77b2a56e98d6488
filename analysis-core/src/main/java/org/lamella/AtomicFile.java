package org.lamella;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Objects;

/** Writes files that are either whole or not there: into a temporary file beside them, which is then moved. */
public final class AtomicFile {
    /** What writes the content. */
    @FunctionalInterface
    public interface Content {
        void writeTo(OutputStream out) throws IOException;
    }

    private AtomicFile() {}

    /**
     * Writes a file and the folders it is in.
     *
     * @throws LamellaException if it cannot be written; what was there before is then still there
     */
    public static void write(Path file, Content content) {
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

package org.lamella.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.lamella.LamellaException;

/** A file that is there whole or not at all: written beside its place, then moved there. */
final class WholeFile {
    private WholeFile() {}

    static void write(Path file, byte[] content) {
        Path beside = file.resolveSibling(
                "." + file.getFileName() + "." + ProcessHandle.current().pid() + ".part");
        try {
            Path folder = file.toAbsolutePath().getParent();
            if (folder != null) {
                Files.createDirectories(folder);
            }
            try {
                Files.write(beside, content);
                Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(beside);
            }
        } catch (IOException e) {
            throw new LamellaException(
                    file.toString(), "cannot be written (%s); give a place that can be".formatted(e), e);
        }
    }
}

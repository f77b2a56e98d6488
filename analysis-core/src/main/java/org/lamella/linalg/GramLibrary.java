package org.lamella.linalg;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.bytedeco.javacpp.Loader;
import org.jspecify.annotations.Nullable;

/**
 * The native library that {@code src/main/native} is the source of. It is there for Linux on x86-64; elsewhere nothing is loaded.
 * It needs no other library, so it is loaded in a millisecond.
 */
final class GramLibrary {
    private static final String PLATFORM = "linux-x86_64";

    private static final @Nullable String PROBLEM;
    private static final int LANES;

    static {
        String problem = null;
        int lanes = 0;
        if (Loader.getPlatform().equals(PLATFORM)) {
            try {
                load();
                lanes = lanes();
            } catch (IOException | RuntimeException | UnsatisfiedLinkError e) {
                problem = e.toString();
            }
        }
        PROBLEM = problem;
        LANES = lanes;
    }

    private GramLibrary() {}

    // From a file of its own, gone as soon as it is loaded: one that is kept for the next start may be written anew by
    // another version of Lamella while this one runs it. Where JavaCPP keeps libraries, since those are loaded from
    // there.
    private static void load() throws IOException {
        Path file = newFile();
        try (InputStream library = GramLibrary.class.getResourceAsStream(PLATFORM + "/liblamellagram.so")) {
            if (library == null) {
                throw new IOException("the library is missing");
            }
            Files.copy(library, file, StandardCopyOption.REPLACE_EXISTING);
            System.load(file.toAbsolutePath().toString());
        } finally {
            Files.deleteIfExists(file);
        }
    }

    private static Path newFile() throws IOException {
        try {
            return Files.createTempFile(Loader.getCacheDir().toPath(), "lamellagram", ".so");
        } catch (IOException e) {
            // A cache that was filled beforehand may be read-only.
            return Files.createTempFile("lamellagram", ".so");
        }
    }

    /** Numbers in the widest vector that this processor and the library have in common: 16, 8, or 0 for none. */
    static int widest() {
        return LANES;
    }

    static @Nullable String problem() {
        return PROBLEM;
    }

    private static native int lanes();

    /** Numbers of working memory that a Gram matrix of so many examples needs. */
    static native long workspaceFloats(int examples);

    /**
     * The upper triangle of a centred Gram matrix, row by row, and the sums of its full rows.
     *
     * @param lanes 16 or 8
     * @param activation address of examples × features numbers in float32, row by row; any byte
     * @param workspace address of {@link #workspaceFloats} numbers
     * @param product address of as many numbers as the square of the examples, rounded up to a multiple of 16
     * @param rowSums address of a number for each example
     * @return examples times the squared norm of the mean that was taken off
     */
    static native double compute(
            int lanes, long activation, int examples, long features, long workspace, long product, long rowSums);
}

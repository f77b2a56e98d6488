package org.lamella.data;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import org.lamella.LamellaException;

/** Files that may be gzipped; whether they are is told by how they begin, not by their names. */
final class PlainOrGzip {
    private static final int BUFFER = 1 << 16;

    private PlainOrGzip() {}

    /**
     * The bytes of a file, unpacked.
     *
     * @throws LamellaException if there is no such file
     */
    static InputStream open(Path path) throws IOException {
        if (Files.isDirectory(path)) {
            throw new LamellaException(path.toString(), "is a folder, where a file is expected");
        }
        if (!Files.exists(path)) {
            throw new LamellaException(path.toString(), "there is no such file");
        }
        InputStream file = Files.newInputStream(path);
        try {
            return unpacked(file);
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    /** As {@link #open}, of a file that is open; closing the result closes it. */
    static InputStream unpacked(InputStream file) throws IOException {
        InputStream in = new BufferedInputStream(file, BUFFER);
        in.mark(2);
        boolean gzipped = in.read() == 0x1f && in.read() == 0x8b;
        in.reset();
        return gzipped ? new GZIPInputStream(in, BUFFER) : in;
    }

    /** What a failure to read says to a user. */
    static LamellaException failure(Path path, IOException e) {
        if (e instanceof java.io.EOFException || e instanceof java.util.zip.ZipException) {
            String reason = e.getMessage() == null ? "it ends too early" : e.getMessage();
            return new LamellaException(path.toString(), "the gzip stream is cut off or damaged (" + reason + ")", e);
        }
        if (e instanceof java.nio.charset.CharacterCodingException) {
            return new LamellaException(path.toString(), "is not text in UTF-8; save it in that encoding", e);
        }
        return new LamellaException(path.toString(), "cannot be read (" + e + ")", e);
    }
}

package org.lamella.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.lamella.LamellaException;

/** Fingerprints of the files of a run. */
public final class Sha256 {
    private Sha256() {}

    /** SHA-256 of some files one after the other, as lower-case hexadecimal digits. */
    public static String of(List<Path> files) {
        MessageDigest digest = digest();
        byte[] buffer = new byte[1 << 16];
        for (Path file : files) {
            try (InputStream in = Files.newInputStream(file)) {
                for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                    digest.update(buffer, 0, read);
                }
            } catch (IOException e) {
                throw new LamellaException(file.toString(), "cannot be read: " + e, e);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** SHA-256 of some contents one after the other, as {@link #of} gives it for files. */
    public static String ofBytes(byte[]... contents) {
        MessageDigest digest = digest();
        for (byte[] content : contents) {
            digest.update(content);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}

package org.lamella.text;

import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.util.List;
import org.bytedeco.javacpp.Loader;
import org.lamella.LamellaException;

/**
 * Hugging Face's tokenizers by the native calls of the Deep Java Library alone. Its own loader is gone round: it looks for CUDA, may
 * download, and reports to a server.
 */
final class NativeTokenizers {
    private NativeTokenizers() {}

    /** Loaded when first used, once. */
    private static final class Loaded {
        static final TokenizersLibrary LIBRARY = load();
    }

    /** @throws LamellaException if there is none for this machine */
    static TokenizersLibrary library() {
        try {
            return Loaded.LIBRARY;
        } catch (ExceptionInInitializerError e) {
            if (e.getCause() instanceof LamellaException failure) {
                throw failure;
            }
            throw e;
        } catch (NoClassDefFoundError e) {
            throw new LamellaException("tokenizers", "their native library could not be loaded before", e);
        }
    }

    private static TokenizersLibrary load() {
        String platform = Loader.getPlatform();
        try {
            // Unpacked once, to where the other native libraries are, and kept.
            for (String file : files(platform)) {
                System.load(unpacked(file).getAbsolutePath());
            }
            return TokenizersLibrary.LIB;
        } catch (UnsatisfiedLinkError e) {
            throw new LamellaException(
                    "tokenizers",
                    "their native library cannot be loaded on this machine (%s): %s; give token ids as npz instead of texts"
                            .formatted(platform, e.getMessage()),
                    e);
        } catch (IOException e) {
            throw new LamellaException("tokenizers", "their native library cannot be unpacked: " + e.getMessage(), e);
        }
    }

    private static List<String> files(String platform) {
        return switch (platform) {
            case "linux-x86_64" -> List.of("linux-x86_64/cpu/libtokenizers.so");
            case "linux-arm64" -> List.of("linux-aarch64/cpu/libtokenizers.so");
            case "macosx-arm64" -> List.of("osx-aarch64/cpu/libtokenizers.dylib");
            case "windows-x86_64" ->
                List.of(
                        "win-x86_64/cpu/libwinpthread-1.dll",
                        "win-x86_64/cpu/libgcc_s_seh-1.dll",
                        "win-x86_64/cpu/libstdc++-6.dll",
                        "win-x86_64/cpu/tokenizers.dll");
            default ->
                throw new LamellaException(
                        "tokenizers",
                        "there is no native library of them for %s; give token ids as npz instead of texts"
                                .formatted(platform));
        };
    }

    private static File unpacked(String file) throws IOException {
        URL resource = TokenizersLibrary.class.getResource("/native/lib/" + file);
        if (resource == null) {
            throw new IOException("native/lib/" + file + " is not on the class path");
        }
        return Loader.cacheResource(resource);
    }
}

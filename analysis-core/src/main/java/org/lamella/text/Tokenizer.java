package org.lamella.text;

import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.lamella.LamellaException;

/**
 * Makes texts into tokens as a {@code tokenizer.json} says: the form of Hugging Face's fast tokenizers, which holds the vocabulary,
 * the rules and the special tokens of a model.
 *
 * <p>Texts that are longer than the file allows (its own truncation, else {@code model_max_length} of a {@code
 * tokenizer_config.json} beside it, else {@value TokenizerFile#USUAL_LONGEST}) lose what is over. Its padding to a fixed length is not
 * followed: a batch is padded to its own longest text, on the side and by the token that the file names.
 */
public final class Tokenizer implements AutoCloseable {
    private final Path path;
    private final TokenizersLibrary library;
    private final long handle;
    private final Padding padding;
    private final int longest;
    private boolean closed;

    private Tokenizer(Path path, TokenizersLibrary library, long handle, Padding padding, int longest) {
        this.path = path;
        this.library = library;
        this.handle = handle;
        this.padding = padding;
        this.longest = longest;
    }

    /** Opens a file, for texts of any length that it allows. */
    public static Tokenizer open(Path path) {
        return open(path, Integer.MAX_VALUE);
    }

    /**
     * Opens a file.
     *
     * @param longest tokens of a text that the model can take
     * @throws LamellaException if the file is missing or no tokenizer, or there is no library for this machine
     */
    public static Tokenizer open(Path path, int longest) {
        TokenizerFile file = TokenizerFile.read(path, longest);
        TokenizersLibrary library = NativeTokenizers.library();
        try {
            return new Tokenizer(
                    path, library, library.createTokenizerFromString(file.json()), file.padding(), file.longest());
        } catch (RuntimeException e) {
            throw new LamellaException(path.toString(), "is no tokenizer.json that can be read: " + e.getMessage(), e);
        }
    }

    /**
     * The {@code tokenizer.json} that belongs to a model: beside it, or in the folder above if the model's own is called {@code
     * onnx}, as exporters have it.
     */
    public static Optional<Path> beside(Path model) {
        Path folder = model.toAbsolutePath().normalize().getParent();
        if (folder == null) {
            return Optional.empty();
        }
        Path above = folder.endsWith("onnx") && folder.getParent() != null ? folder.getParent() : folder;
        return Stream.of(folder, above)
                .map(one -> one.resolve("tokenizer.json"))
                .filter(Files::isRegularFile)
                .findFirst();
    }

    /** The most tokens that a text keeps, special tokens counted. */
    public int longest() {
        return longest;
    }

    /** Texts as tokens, with the special tokens that the file adds, padded to the longest of them. */
    public TokenBatch encode(List<String> texts) {
        return encode(texts, 0);
    }

    /** As {@link #encode(List)}, padded to so many positions at least. */
    public TokenBatch encode(List<String> texts, int positions) {
        if (closed) {
            throw new IllegalStateException("the tokenizer is closed");
        }
        List<long[]> ids = new ArrayList<>(texts.size());
        List<long[]> types = new ArrayList<>(texts.size());
        int length = positions;
        BitSet cut = new BitSet();
        // One by one: where that is an exception, a failure in the library's call for many ends the process.
        for (String text : texts) {
            long encoded = encoded(text);
            try {
                ids.add(library.getTokenIds(encoded));
                types.add(library.getTypeIds(encoded));
                cut.set(types.size() - 1, library.getOverflowCount(encoded) > 0);
            } finally {
                library.deleteEncoding(encoded);
            }
            length = Math.max(length, ids.get(ids.size() - 1).length);
        }
        return new TokenBatch(length, padding, ids, types, cut);
    }

    private long encoded(String text) {
        try {
            return library.encode(handle, text, true);
        } catch (RuntimeException e) {
            throw new LamellaException(
                    path.toString(),
                    "cannot make tokens of '%s': %s"
                            .formatted(text.substring(0, Math.min(40, text.length())), e.getMessage()),
                    e);
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            library.deleteTokenizer(handle);
        }
    }
}

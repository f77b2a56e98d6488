package org.lamella.text;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A tokenizer.json of ten words: [PAD] 0, [UNK] 1, [CLS] 2, [SEP] 3, then the words from 4 on. A text is [CLS] words [SEP]. */
public final class TinyTokenizer {
    private static final String FORM = """
            {"version": "1.0", "truncation": %s, "padding": %s,
             "added_tokens": [
               {"id": %d, "content": "[PAD]", "single_word": false, "lstrip": false, "rstrip": false, "normalized": false, "special": true}],
             "normalizer": {"type": "Lowercase"}, "pre_tokenizer": {"type": "Whitespace"},
             "post_processor": {"type": "BertProcessing", "sep": ["[SEP]", 3], "cls": ["[CLS]", 2]},
             "decoder": null,
             "model": {"type": "WordLevel", "unk_token": "[UNK]", "vocab": {
               "[PAD]": %d, "[UNK]": 1, "[CLS]": 2, "[SEP]": 3,
               "one": 4, "two": 5, "three": 6, "four": 7, "five": 8, "six": 9}}}
            """;

    private TinyTokenizer() {}

    /** One that says nothing of lengths. */
    public static Path write(Path file) {
        return write(file, "null", "null", 0);
    }

    /** One that pads before the text, by token {@code padding}. */
    public static Path writeLeft(Path file, int padding) {
        return write(file, "null", """
                {"strategy": "BatchLongest", "direction": "Left", "pad_to_multiple_of": null, "pad_id": %d,
                 "pad_type_id": 0, "pad_token": "[PAD]"}
                """.formatted(padding), padding);
    }

    /** One that cuts texts to a length, and would pad them to it. */
    public static Path writeFixed(Path file, int length) {
        return write(file, """
                {"direction": "Right", "max_length": %d, "strategy": "LongestFirst", "stride": 0}
                """.formatted(length), """
                {"strategy": {"Fixed": %d}, "direction": "Right", "pad_to_multiple_of": null, "pad_id": 0,
                 "pad_type_id": 0, "pad_token": "[PAD]"}
                """.formatted(length), 0);
    }

    private static Path write(Path file, String truncation, String padding, int paddingId) {
        try {
            return Files.writeString(file, FORM.formatted(truncation, padding, paddingId, paddingId));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

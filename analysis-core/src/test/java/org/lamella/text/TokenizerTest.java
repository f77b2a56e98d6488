package org.lamella.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lamella.LamellaException;

class TokenizerTest {
    @TempDir
    private Path folder;

    private Path file() {
        return folder.resolve("tokenizer.json");
    }

    @Test
    void encode_textsOfDifferentLength_padsBehindTheText() {
        try (var tokenizer = Tokenizer.open(TinyTokenizer.write(file()))) {
            TokenBatch batch = tokenizer.encode(List.of("One two", "six Seven five one"));
            assertThat(batch.length()).isEqualTo(6);
            assertThat(batch.count(0)).isEqualTo(4);
            assertThat(batch.isCut(1)).isFalse();
            assertThat(batch.values(TokenField.INPUT_IDS, 0, 2)).containsExactly(2, 4, 5, 3, 0, 0, 2, 9, 1, 8, 4, 3);
            assertThat(batch.values(TokenField.ATTENTION_MASK, 0, 2))
                    .containsExactly(1, 1, 1, 1, 0, 0, 1, 1, 1, 1, 1, 1);
            assertThat(batch.values(TokenField.POSITION_IDS, 0, 1)).containsExactly(0, 1, 2, 3, 0, 0);
            assertThat(batch.values(TokenField.TOKEN_TYPE_IDS, 1, 1)).containsOnly(0);
            assertThat(batch.mask(0)).containsExactly(true, true, true, true, false, false);
        }
    }

    @Test
    void encode_paddingOnTheLeft_countsPositionsFromTheFirstToken() {
        try (var tokenizer = Tokenizer.open(TinyTokenizer.writeLeft(file(), 10))) {
            TokenBatch batch = tokenizer.encode(List.of("one", "one two three"));
            assertThat(batch.values(TokenField.INPUT_IDS, 0, 2)).containsExactly(10, 10, 2, 4, 3, 2, 4, 5, 6, 3);
            assertThat(batch.values(TokenField.POSITION_IDS, 0, 1)).containsExactly(0, 0, 0, 1, 2);
            assertThat(batch.mask(0)).containsExactly(false, false, true, true, true);
        }
    }

    @Test
    void encode_fileThatPadsToAFixedLength_padsToTheLongestOfTheBatch() {
        try (var tokenizer = Tokenizer.open(TinyTokenizer.writeFixed(file(), 5))) {
            assertThat(tokenizer.longest()).isEqualTo(5);
            assertThat(tokenizer.encode(List.of("one", "two")).length()).isEqualTo(3);
            // [CLS] four words [SEP] is six tokens; the special tokens stay.
            TokenBatch cut = tokenizer.encode(List.of("one two three four", "one two three"));
            assertThat(cut.values(TokenField.INPUT_IDS, 0, 2)).containsExactly(2, 4, 5, 6, 3, 2, 4, 5, 6, 3);
            assertThat(cut.isCut(0)).isTrue();
            assertThat(cut.isCut(1)).isFalse();
        }
    }

    @Test
    void encode_modelOfFewerPositions_cutsToThem() {
        try (var tokenizer = Tokenizer.open(TinyTokenizer.writeFixed(file(), 5), 4)) {
            TokenBatch cut = tokenizer.encode(List.of("one two three four"), 7);
            assertThat(cut.values(TokenField.INPUT_IDS, 0, 1)).containsExactly(2, 4, 5, 3, 0, 0, 0);
            assertThat(cut.isCut(0)).isTrue();
        }
    }

    @Test
    void longest_nobodyTells_isThatOfBert() throws IOException {
        String text = "one ".repeat(600);
        try (var tokenizer = Tokenizer.open(TinyTokenizer.write(file()))) {
            assertThat(tokenizer.encode(List.of(text)).length()).isEqualTo(512);
        }
        Files.writeString(
                folder.resolve("tokenizer_config.json"), "{\"model_max_length\": 40, \"padding_side\": \"left\"}");
        try (var tokenizer = Tokenizer.open(file())) {
            TokenBatch batch = tokenizer.encode(List.of(text, "one"));
            assertThat(batch.length()).isEqualTo(40);
            assertThat(batch.mask(1)).startsWith(false).endsWith(true, true, true);
        }
        // What libraries write for a length that is not known.
        Files.writeString(
                folder.resolve("tokenizer_config.json"), "{\"model_max_length\": 1000000000000000019884624838656}");
        try (var tokenizer = Tokenizer.open(file())) {
            assertThat(tokenizer.longest()).isEqualTo(512);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}|has no 'model'",
                "[1, 2]|does not start with '{'",
                "{\"model\": {\"type\": \"WordLevel\"|is not whole JSON at line 1",
                "{\"model\": {\"type\": \"WordLevel\"}}|is no tokenizer.json that can be read: missing field",
                "nonsense|is not whole JSON",
            })
    void open_fileThatIsNoTokenizer_saysWhy(String content, String reason) throws IOException {
        Files.writeString(file(), content);
        assertThatThrownBy(() -> Tokenizer.open(file()))
                .isInstanceOf(LamellaException.class)
                .hasMessageContainingAll("tokenizer.json: ", reason);
    }

    /** Both end the process if the library is let to see them. */
    @Test
    void encode_fileThatContradictsItself_isAnErrorOfOneLine() throws IOException {
        String start =
                "{\"added_tokens\": [], \"model\": {\"type\": \"Unigram\", \"unk_id\": null, \"vocab\": [[\"a\", -1.0]]}";
        Files.writeString(file(), start + "}");
        try (var tokenizer = Tokenizer.open(file())) {
            assertThat(tokenizer.encode(List.of("a")).values(TokenField.INPUT_IDS, 0, 1))
                    .containsExactly(0);
            assertThatThrownBy(() -> tokenizer.encode(List.of("ab")))
                    .isInstanceOf(LamellaException.class)
                    .hasMessageContainingAll("tokenizer.json: cannot make tokens of 'ab'", "unk_id");
        }
        Files.writeString(file(), start + """
                , "post_processor": {"type": "TemplateProcessing", "pair": [],
                   "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
                   "special_tokens": {"</s>": {"id": "</s>", "ids": [1], "tokens": ["</s>"]}}}}
                """);
        assertThatThrownBy(() -> Tokenizer.open(file()))
                .isInstanceOf(LamellaException.class)
                .hasMessageContaining("its template names '<s>', which is not among its special_tokens");
    }

    @Test
    void open_missingOrBinaryFile_saysSo() throws IOException {
        assertThatThrownBy(() -> Tokenizer.open(file()))
                .isInstanceOf(LamellaException.class)
                .hasMessageContaining("tokenizer.json: there is no such file");
        Files.write(file(), "{\"model\": \"\u00ff\"}".getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> Tokenizer.open(file())).isInstanceOf(LamellaException.class);
    }
}

package org.lamella.text;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.lamella.LamellaException;

/**
 * What a {@code tokenizer.json} says of the length of texts. Where it is silent, a {@code tokenizer_config.json} beside it is asked.
 *
 * @param json the file without its padding, cutting texts to {@code longest}. (The library can be told so by calls, but one that it
 *     does not like ends the process, where a file that it does not like is an exception.)
 * @param longest tokens of a text that are kept, special tokens counted
 */
record TokenizerFile(String json, int longest, Padding padding) {
    /** Tokens kept where nobody says how many: the positions that BERT and its descendants have. */
    static final int USUAL_LONGEST = 512;

    /** The largest files in use, with vocabularies of 256,000 words, have 34 MB. */
    private static final long LARGEST = 256L << 20;

    /** Names that padding tokens go by, should the file not say which it is. */
    private static final List<String> PADDING_NAMES = List.of("[PAD]", "<pad>", "<|pad|>", "<|endoftext|>", "</s>");

    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    /**
     * @param most tokens that the model can take
     * @throws LamellaException if the file is missing or is not the JSON of a tokenizer
     */
    static TokenizerFile read(Path file, int most) {
        var rest = new StringWriter();
        Map<String, JsonNode> lengths = copy(file, rest);
        JsonNode config = config(file.resolveSibling("tokenizer_config.json"));
        JsonNode truncation = lengths.getOrDefault("truncation", MissingNode.getInstance());
        int told = length(truncation.path("max_length"));
        int configured = length(config.path("model_max_length"));
        int longest = Math.min(most, told > 0 ? told : configured > 0 ? configured : USUAL_LONGEST);
        ObjectNode cut = MAPPER.createObjectNode()
                .put("direction", truncation.path("direction").asText("Right"))
                .put("max_length", longest)
                .put("strategy", truncation.path("strategy").asText("LongestFirst"))
                .put("stride", 0);
        String json = "{\"truncation\":%s,%s".formatted(cut, rest.toString().substring(1));
        return new TokenizerFile(json, longest, padding(lengths, config));
    }

    /** A length that can be meant: libraries write 1e30 for one that is not known. */
    private static int length(JsonNode number) {
        return number.isNumber() && number.asDouble() >= 1 && number.asDouble() <= 1 << 24 ? number.asInt() : 0;
    }

    private static Padding padding(Map<String, JsonNode> parts, JsonNode config) {
        JsonNode told = parts.getOrDefault("padding", MissingNode.getInstance());
        String side = told.path("direction")
                .asText(config.path("padding_side").asText("right"))
                .toLowerCase(Locale.ROOT);
        return new Padding(
                told.path("pad_id")
                        .asLong(paddingId(
                                parts.getOrDefault("added_tokens", MissingNode.getInstance()),
                                config.path("pad_token"))),
                side.equals("left"));
    }

    private static long paddingId(JsonNode addedTokens, JsonNode configured) {
        Map<String, Long> ids = new HashMap<>();
        addedTokens.forEach(token ->
                ids.put(token.path("content").asText(), token.path("id").asLong()));
        String name = configured.isObject() ? configured.path("content").asText() : configured.asText();
        if (ids.containsKey(name)) {
            return ids.get(name);
        }
        return PADDING_NAMES.stream()
                .filter(ids::containsKey)
                .map(ids::get)
                .findFirst()
                .orElse(0L);
    }

    /** Copies all but what is said of lengths; returns that, the added tokens and the rules for special tokens. */
    private static Map<String, JsonNode> copy(Path file, Writer rest) {
        Map<String, JsonNode> lengths = new HashMap<>();
        boolean hasModel = false;
        requireReadable(file);
        try (JsonParser parser = MAPPER.createParser(file.toFile());
                JsonGenerator copy = MAPPER.createGenerator(rest)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new LamellaException(file.toString(), "is no tokenizer.json: it does not start with '{'");
            }
            copy.writeStartObject();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                hasModel |= name.equals("model");
                parser.nextToken();
                if (name.equals("truncation") || name.equals("padding")) {
                    lengths.put(name, MAPPER.readTree(parser));
                } else if (name.equals("added_tokens") || name.equals("post_processor")) {
                    lengths.put(name, MAPPER.readTree(parser));
                    copy.writeFieldName(name);
                    copy.writeTree(lengths.get(name));
                } else {
                    copy.writeFieldName(name);
                    copy.copyCurrentStructureExact(parser);
                }
            }
            copy.writeEndObject();
        } catch (JsonProcessingException e) {
            throw notJson(file, e);
        } catch (IOException e) {
            throw new LamellaException(file.toString(), "cannot be read: " + e.getMessage(), e);
        }
        requireSpecialTokens(file, lengths.getOrDefault("post_processor", MissingNode.getInstance()));
        if (!hasModel) {
            throw new LamellaException(
                    file.toString(), "is no tokenizer.json: it has no 'model'; save the tokenizer in its fast form");
        }
        return lengths;
    }

    /** A template that names a special token which it does not define would end the process. */
    private static void requireSpecialTokens(Path file, JsonNode processor) {
        for (JsonNode one : processor.findParents("special_tokens")) {
            for (String name : one.path("single").findValues("SpecialToken").stream()
                    .map(token -> token.path("id").asText())
                    .toList()) {
                if (!one.path("special_tokens").has(name)) {
                    throw new LamellaException(
                            file.toString(),
                            "is no whole tokenizer.json: its template names '%s', which is not among its special_tokens"
                                    .formatted(name));
                }
            }
        }
    }

    private static void requireReadable(Path file) {
        try {
            if (Files.size(file) > LARGEST) {
                throw new LamellaException(
                        file.toString(), "has %,d bytes, too many for a tokenizer.json".formatted(Files.size(file)));
            }
        } catch (NoSuchFileException e) {
            throw new LamellaException(file.toString(), "there is no such file", e);
        } catch (IOException e) {
            throw new LamellaException(file.toString(), "cannot be read: " + e.getMessage(), e);
        }
    }

    private static JsonNode config(Path file) {
        if (!Files.isRegularFile(file)) {
            return MissingNode.getInstance();
        }
        try {
            return MAPPER.readTree(file.toFile());
        } catch (JsonProcessingException e) {
            throw notJson(file, e);
        } catch (IOException e) {
            throw new LamellaException(file.toString(), "cannot be read: " + e.getMessage(), e);
        }
    }

    private static LamellaException notJson(Path file, JsonProcessingException e) {
        String place =
                e.getLocation() == null ? "" : " at line " + e.getLocation().getLineNr();
        return new LamellaException(
                file.toString(), "is not whole JSON%s: %s".formatted(place, e.getOriginalMessage()), e);
    }
}

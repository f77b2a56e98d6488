package org.lamella.samples.training;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.lamella.LamellaException;

/**
 * Specifications in files: JSON, or YAML where the file's name ends so. A field that is not given is as in
 * {@code training-defaults.json}; a seed that is not given is {@code seed}, and that of the subset 0.
 */
public final class SpecFile {
    private static final String DEFAULTS = "/org/lamella/samples/training-defaults.json";
    private static final List<String> REQUIRED =
            List.of("/name", "/network/family", "/network/depth", "/data/train", "/data/test", "/epochs");
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    private static final ObjectMapper YAML = YAMLMapper.builder().build();

    private SpecFile() {}

    /** @throws LamellaException if the file is not there, is not of this form, or asks for what is not possible */
    public static TrainingSpec read(Path file) {
        return bind(tree(file), file.toString());
    }

    /** The content of a file as it is, an object. */
    public static ObjectNode tree(Path file) {
        boolean yaml = file.toString().matches(".*\\.ya?ml");
        try {
            JsonNode tree = (yaml ? YAML : JSON).readTree(Files.readString(file));
            if (tree instanceof ObjectNode object) {
                return object;
            }
            throw new LamellaException(file.toString(), "is no object with fields");
        } catch (NoSuchFileException e) {
            throw new LamellaException(file.toString(), "there is no such file", e);
        } catch (JsonProcessingException e) {
            throw new LamellaException(
                    file.toString(), "not %s: %s".formatted(yaml ? "YAML" : "JSON", firstLine(e)), e);
        } catch (IOException e) {
            throw new LamellaException(file.toString(), "cannot be read (" + e + ")", e);
        }
    }

    /**
     * The specification that a tree says.
     *
     * @param where it comes from, for messages
     */
    public static TrainingSpec bind(ObjectNode given, String where) {
        ObjectNode whole = defaults();
        merge(whole, given);
        JsonNode seed = whole.remove("seed");
        if (seed == null || !seed.isIntegralNumber()) {
            throw new LamellaException(where, "seed is %s but must be a whole number".formatted(seed));
        }
        ObjectNode seeds = (ObjectNode) Objects.requireNonNull(whole.get("seeds"));
        List.of("initialization", "order", "augmentation").forEach(use -> seeds.putIfAbsent(use, seed));
        seeds.putIfAbsent("subset", JSON.getNodeFactory().numberNode(0));
        for (String field : REQUIRED) {
            if (whole.at(field).isMissingNode()) {
                throw new LamellaException(
                        where, "%s is missing".formatted(field.substring(1).replace('/', '.')));
            }
        }
        try {
            return JSON.treeToValue(whole, TrainingSpec.class);
        } catch (JsonMappingException e) {
            if (e.getCause() instanceof LamellaException refused) {
                throw new LamellaException(where, String.valueOf(refused.getMessage()), e);
            }
            throw new LamellaException(where, "not a training spec: " + field(e) + firstLine(e), e);
        } catch (JsonProcessingException e) {
            throw new LamellaException(where, "not a training spec: " + firstLine(e), e);
        }
    }

    /** The specification as JSON, every field with its value. */
    static String print(TrainingSpec spec) {
        try {
            return JSON.writeValueAsString(spec);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ObjectNode defaults() {
        try (InputStream in = Objects.requireNonNull(SpecFile.class.getResourceAsStream(DEFAULTS))) {
            return (ObjectNode) JSON.readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void merge(ObjectNode into, ObjectNode from) {
        from.properties().forEach(field -> {
            if (into.get(field.getKey()) instanceof ObjectNode inner && field.getValue() instanceof ObjectNode given) {
                merge(inner, given);
            } else {
                into.set(field.getKey(), field.getValue());
            }
        });
    }

    private static String field(JsonMappingException e) {
        String path = e.getPath().stream()
                .map(JsonMappingException.Reference::getFieldName)
                .collect(Collectors.joining("."));
        return path.isEmpty() ? "" : path + ": ";
    }

    private static String firstLine(JsonProcessingException e) {
        if (e instanceof InvalidFormatException wrong && wrong.getTargetType().isEnum()) {
            return "'%s' is not one of %s"
                    .formatted(
                            wrong.getValue(),
                            wrong.getOriginalMessage().replaceFirst(".*accepted for Enum class: ", ""));
        }
        return e.getOriginalMessage().lines().findFirst().orElse("no reason given");
    }
}

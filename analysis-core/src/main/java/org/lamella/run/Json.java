package org.lamella.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Path;
import org.lamella.LamellaException;

/** How the project writes and reads JSON: indented, unknown fields ignored, so that a newer file can be read. */
final class Json {
    private Json() {}

    /**
     * The content of a file.
     *
     * @throws LamellaException in one line, if the file cannot be read or does not hold that
     */
    static <T> T read(Path file, Class<T> type) {
        try {
            return mapper().readValue(file.toFile(), type);
        } catch (ValueInstantiationException e) {
            throw new LamellaException(
                    file.toString(),
                    "is broken: "
                            + (e.getCause() instanceof IllegalArgumentException cause
                                    ? cause.getMessage()
                                    : e.getOriginalMessage()),
                    e);
        } catch (JsonProcessingException e) {
            throw new LamellaException(file.toString(), "is broken: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new LamellaException(file.toString(), "cannot be read: " + e.getMessage(), e);
        }
    }

    static ObjectMapper mapper() {
        var indent = new DefaultIndenter("  ", "\n");
        return JsonMapper.builder()
                .enable(SerializationFeature.INDENT_OUTPUT)
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .defaultPrettyPrinter(new DefaultPrettyPrinter()
                        .withObjectIndenter(indent)
                        .withSeparators(DefaultPrettyPrinter.DEFAULT_SEPARATORS.withObjectFieldValueSpacing(
                                com.fasterxml.jackson.core.util.Separators.Spacing.AFTER)))
                .build();
    }
}

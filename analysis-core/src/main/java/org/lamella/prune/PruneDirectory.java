package org.lamella.prune;

import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.lamella.AtomicFile;
import org.lamella.LamellaException;

/** The folder that a cut is written to. {@code prune.json} comes last; what the files hold is written in docs/pruning.md. */
public final class PruneDirectory {
    /** What was looked for, cut and found. */
    public static final String RESULT = "prune.json";

    /** The cut model. */
    public static final String ONNX = "pruned.onnx";

    /** The cut network of Deeplearning4j. */
    public static final String ZIP = "pruned.zip";

    /** What both models say of every example. */
    public static final String PREDICTIONS = "predictions.csv";

    /** Accuracy without the last blocks of each stage. */
    static final String DELETION = "deletion.csv";

    private static final List<String> OURS = List.of(
            RESULT,
            ONNX,
            ONNX + ".data",
            ZIP,
            PREDICTIONS,
            "report.html",
            DELETION,
            "deletion.png",
            "tokenizer.json",
            "tokenizer_config.json");

    private final Path path;

    private PruneDirectory(Path path) {
        this.path = path;
    }

    /**
     * Makes the folder, or takes what an earlier cut wrote out of it.
     *
     * @throws LamellaException if it holds other files and no cut
     */
    public static PruneDirectory begin(Path path) {
        if (Files.exists(path) && !Files.isDirectory(path)) {
            throw new LamellaException(path.toString(), "is a file; --out needs a folder");
        }
        try {
            if (Files.isDirectory(path)) {
                requireOurs(path);
                for (String name : OURS) {
                    Files.deleteIfExists(path.resolve(name));
                }
            }
            Files.createDirectories(path);
        } catch (IOException e) {
            throw new LamellaException(path.toString(), "cannot be written: " + e, e);
        }
        return new PruneDirectory(path);
    }

    // A folder is ours if a cut was finished in it and nothing else is there: a tokenizer alone may be the user's.
    private static void requireOurs(Path path) throws IOException {
        boolean finished = Files.exists(path.resolve(RESULT)) || Files.exists(path.resolve(DELETION));
        try (Stream<Path> inside = Files.list(path)) {
            Optional<String> other = inside.map(file -> file.getFileName().toString())
                    .filter(name -> !finished || !OURS.contains(name))
                    .findFirst();
            if (other.isPresent()) {
                throw new LamellaException(
                        path.toString(),
                        "holds other files (%s); give an empty or a new folder".formatted(other.get()));
            }
        }
    }

    public Path path() {
        return path;
    }

    Path file(String name) {
        return path.resolve(name);
    }

    void write(String name, String text) {
        AtomicFile.write(file(name), out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    }

    void write(PruneResult result) {
        AtomicFile.write(file(RESULT), out -> {
            out.write(mapper().writeValueAsBytes(result));
            out.write('\n');
        });
    }

    /** Copies what a model of texts needs beside it, if it has it. */
    void copyTokenizer(Path model) {
        for (String name : List.of("tokenizer.json", "tokenizer_config.json")) {
            Path beside = model.resolveSibling(name);
            Path above = model.toAbsolutePath().getParent() == null
                    ? beside
                    : model.toAbsolutePath().getParent().resolveSibling(name);
            Path from = Files.isRegularFile(beside) ? beside : above;
            if (Files.isRegularFile(from)) {
                AtomicFile.write(file(name), out -> Files.copy(from, out));
            }
        }
    }

    private static ObjectMapper mapper() {
        var indent = new DefaultIndenter("  ", "\n");
        return JsonMapper.builder()
                .enable(SerializationFeature.INDENT_OUTPUT)
                .defaultPrettyPrinter(new DefaultPrettyPrinter().withObjectIndenter(indent))
                .build();
    }
}

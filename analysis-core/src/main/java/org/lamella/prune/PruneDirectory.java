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
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.lamella.AtomicFile;
import org.lamella.LamellaException;

/**
 * The folder that a cut is written to. While it is, {@code prune.unfinished} is there; the result, {@code prune.json} or
 * {@code deletion.csv}, comes last, and then the mark goes. So a folder with the mark is one that nobody has to keep: the next run begins
 * anew in it. What the files hold is written in docs/pruning.md.
 */
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
            "deletion.svg",
            "tokenizer.json",
            "tokenizer_config.json");

    /** The mark of a run that has begun and has not ended. */
    private static final String UNFINISHED = "prune.unfinished";

    /** What a file is called while it is written. */
    private static final Pattern HALF = Pattern.compile(".*\\.partial|\\..*\\.part");

    private final Path path;

    private PruneDirectory(Path path) {
        this.path = path;
    }

    /**
     * Refuses a folder that {@link #begin} would refuse, and one in which the model lies, which would be taken out. Changes nothing.
     */
    public static void requireFree(Path path, Path model) {
        requireNoFile(path);
        try {
            if (!Files.exists(path)) {
                return;
            }
            Path folder = model.toRealPath().getParent();
            if (path.toRealPath().equals(folder)) {
                throw new LamellaException(
                        path.toString(), "holds the model that is to be cut, and would be emptied; give another --out");
            }
            requireOurs(path);
        } catch (IOException e) {
            throw new LamellaException(path.toString(), "cannot be read: " + e, e);
        }
    }

    /**
     * Makes the folder, or takes out of it what an earlier cut wrote, one that was cut off too, and marks it as begun.
     *
     * @throws LamellaException if it holds other files, or no cut was begun in it
     */
    public static PruneDirectory begin(Path path) {
        requireNoFile(path);
        try {
            if (!Files.isDirectory(path)) {
                Files.createDirectories(path);
            }
            List<Path> earlier = requireOurs(path);
            Files.writeString(
                    path.resolve(UNFINISHED),
                    "A cut is being written here, or was cut off. The same command begins anew.\n");
            for (Path file : earlier) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new LamellaException(path.toString(), "cannot be written: " + e, e);
        }
        return new PruneDirectory(path);
    }

    private static void requireNoFile(Path path) {
        if (Files.exists(path) && !Files.isDirectory(path)) {
            throw new LamellaException(path.toString(), "is a file; --out needs a folder");
        }
    }

    // A folder is ours if a cut was begun or finished in it and nothing else is there: a tokenizer alone may be the
    // user's.
    private static List<Path> requireOurs(Path path) throws IOException {
        boolean begun = Stream.of(RESULT, DELETION, UNFINISHED).anyMatch(name -> Files.exists(path.resolve(name)));
        try (Stream<Path> inside = Files.list(path)) {
            List<Path> files = inside.toList();
            for (Path file : files) {
                if (!begun || !isOurs(file.getFileName().toString())) {
                    throw new LamellaException(
                            path.toString(),
                            "holds other files (%s); give an empty or a new folder".formatted(file.getFileName()));
                }
            }
            return files.stream()
                    .filter(file -> !file.getFileName().toString().equals(UNFINISHED))
                    .toList();
        }
    }

    private static boolean isOurs(String name) {
        boolean half = HALF.matcher(name).matches()
                && OURS.stream().anyMatch(whole -> name.startsWith(whole) || name.startsWith("." + whole));
        return half || OURS.contains(name) || name.equals(UNFINISHED);
    }

    /** Takes the mark away, as the result is there. */
    private void finish() {
        remove(UNFINISHED);
    }

    void remove(String name) {
        try {
            Files.deleteIfExists(file(name));
        } catch (IOException e) {
            throw new LamellaException(file(name).toString(), "cannot be removed: " + e, e);
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
        finish();
    }

    /** Writes the result of a deletion experiment, which comes last. */
    void write(Deletion deletion) {
        write(DELETION, deletion.csv());
        finish();
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

package org.lamella.data;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.lamella.LamellaException;

/**
 * Texts in a file, one a line, in UTF-8, plain or gzipped. If every line has a tab, what is before the first tab is the label;
 * if no line has one there are no labels. Empty lines are taken at the end of the file only, and are no examples. The texts are
 * held in memory.
 */
final class TextFile implements TextDataset {
    private final String name;
    private final List<String> texts;
    private final Labels labels;

    private TextFile(String name, List<String> texts, Labels labels) {
        this.name = name;
        this.texts = texts;
        this.labels = labels;
    }

    /** @throws LamellaException if the file is missing, empty, not UTF-8, or its lines are not all of one form */
    static TextFile open(Path path) {
        List<String> lines = lines(path);
        if (!areLabelled(path, lines)) {
            return new TextFile("text:" + path, lines, Labels.none());
        }
        List<String> labels = new ArrayList<>();
        List<String> texts = new ArrayList<>();
        for (String line : lines) {
            int tab = line.indexOf('\t');
            labels.add(line.substring(0, tab).strip());
            texts.add(line.substring(tab + 1));
        }
        requireNoneBlank(path, texts, "text after its tab");
        requireNoneBlank(path, labels, "label before its tab");
        return new TextFile("text:" + path, texts, Labels.of(labels));
    }

    private static List<String> lines(Path path) {
        long room = Runtime.getRuntime().maxMemory() / 4;
        List<String> lines = new ArrayList<>();
        int filled = 0;
        long characters = 0;
        try (var reader = new BufferedReader(
                new InputStreamReader(PlainOrGzip.open(path), StandardCharsets.UTF_8.newDecoder()))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                characters += line.length() + 40L;
                if (characters > room) {
                    throw new LamellaException(
                            path.toString(),
                            "has more text than fits into memory (line %,d); split it".formatted(lines.size() + 1));
                }
                lines.add(lines.isEmpty() && line.startsWith("\ufeff") ? line.substring(1) : line);
                filled = line.isBlank() ? filled : lines.size();
            }
        } catch (IOException e) {
            throw PlainOrGzip.failure(path, e);
        }
        List<String> found = List.copyOf(lines.subList(0, filled));
        if (found.isEmpty()) {
            throw new LamellaException(path.toString(), "has no lines of text");
        }
        requireNoneBlank(path, found, "text");
        return found;
    }

    private static boolean areLabelled(Path path, List<String> lines) {
        int without = -1;
        int with = -1;
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).indexOf('\t') < 0) {
                without = i;
            } else {
                with = i;
            }
        }
        if (with >= 0 && without >= 0) {
            throw new LamellaException(
                    path.toString(),
                    "line %,d has a tab and line %,d has none; either every line is a label, a tab and a text, or none has a tab"
                            .formatted(with + 1, without + 1));
        }
        return with >= 0;
    }

    private static void requireNoneBlank(Path path, List<String> texts, String what) {
        for (int i = 0; i < texts.size(); i++) {
            if (texts.get(i).isBlank()) {
                throw new LamellaException(path.toString(), "line %,d has no %s".formatted(i + 1, what));
            }
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int size() {
        return texts.size();
    }

    @Override
    public String text(int example) {
        return texts.get(example);
    }

    @Override
    public OptionalInt label(int example) {
        return labels.of(example);
    }

    @Override
    public List<String> classes() {
        return labels.classes();
    }

    @Override
    public String id(int example) {
        return Integer.toString(example);
    }
}

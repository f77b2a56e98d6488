package org.lamella.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A page of documentation in Markdown: its text and its fenced blocks.
 *
 * @param prose the lines outside fenced blocks; the lines of blocks are empty, so that line numbers stay
 */
record Page(Path file, List<String> prose, List<Block> blocks) {
    private static final Pattern CODE_SPAN = Pattern.compile("`([^`]+)`");
    private static final Pattern HEADING = Pattern.compile("#{1,6} +(.*)");
    private static final Pattern FENCE = Pattern.compile("(`{3,}) *(\\w*)");

    /**
     * A fenced block.
     *
     * @param line number of its first line in the file, from 1
     */
    record Block(Path file, int line, String language, List<String> lines) {
        @Override
        public String toString() {
            return place(file, line);
        }
    }

    /** The root of the checkout. Maven runs the tests of a module in the module's folder. */
    static Path root() {
        Path root = Path.of("").toAbsolutePath().getParent();
        if (root == null || !Files.isRegularFile(root.resolve("README.md"))) {
            throw new IllegalStateException("README.md is not beside the folder the tests run in");
        }
        return root;
    }

    /** README.md and all pages below docs. */
    static List<Page> all() {
        Path root = root();
        try (Stream<Path> below = Files.walk(root.resolve("docs"))) {
            return Stream.concat(Stream.of(root.resolve("README.md")), below)
                    .filter(file -> file.toString().endsWith(".md"))
                    .filter(file -> !file.startsWith(root.resolve("docs/target")))
                    .sorted()
                    .map(Page::read)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Page read(Path file) {
        try {
            return parse(file, Files.readAllLines(file));
        } catch (IOException e) {
            throw new UncheckedIOException(file.toString(), e);
        }
    }

    private static Page parse(Path file, List<String> lines) {
        List<String> prose = new ArrayList<>();
        List<Block> blocks = new ArrayList<>();
        String fence = "";
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            var opening = FENCE.matcher(line.strip());
            if (!fence.isEmpty()) {
                if (line.strip().equals(fence)) {
                    fence = "";
                } else {
                    blocks.get(blocks.size() - 1).lines().add(line);
                }
                prose.add("");
            } else if (opening.matches()) {
                fence = opening.group(1);
                blocks.add(new Block(file, i + 2, opening.group(2), new ArrayList<>()));
                prose.add("");
            } else {
                prose.add(line);
            }
        }
        if (!fence.isEmpty()) {
            throw new IllegalStateException(blocks.get(blocks.size() - 1) + ": this block is never closed");
        }
        return new Page(file, prose, blocks);
    }

    static String place(Path file, int line) {
        return root().relativize(file) + ":" + line;
    }

    /** The words in code style within the text. */
    List<String> codeSpans() {
        return CODE_SPAN
                .matcher(String.join("\n", prose))
                .results()
                .map(span -> span.group(1).replace('\n', ' '))
                .toList();
    }

    /** The anchors of the headings: lower case, spaces as dashes, other punctuation dropped. */
    List<String> anchors() {
        return prose.stream()
                .map(HEADING::matcher)
                .flatMap(heading -> heading.results().map((MatchResult found) -> found.group(1)))
                .map(title -> title.strip()
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N} _-]", "")
                        .replace(' ', '-'))
                .collect(Collectors.toList());
    }

    /** A line of text without what is in code style, where nothing is a link. */
    static String withoutCode(String line) {
        return CODE_SPAN.matcher(line).replaceAll("");
    }
}

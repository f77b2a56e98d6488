package org.lamella.report;

import java.util.function.ToDoubleFunction;

/** Text from a model, made fit to be shown. */
final class Label {
    private static final String ELLIPSIS = "…";
    private static final char REPLACEMENT = '\uFFFD';

    private Label() {}

    /** The text with every character that neither XML nor HTML can hold, or that has no width, replaced by U+FFFD. */
    static String printable(String text) {
        var clean = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            boolean shown = switch (Character.getType(c)) {
                case Character.CONTROL,
                        Character.FORMAT,
                        Character.SURROGATE,
                        Character.UNASSIGNED,
                        Character.LINE_SEPARATOR,
                        Character.PARAGRAPH_SEPARATOR -> false;
                default -> true;
            };
            clean.appendCodePoint(shown ? c : REPLACEMENT);
        });
        return clean.toString();
    }

    /** A layer's name without what ONNX exporters add to every one: a slash before it, and after it the output's number. */
    static String bare(String name) {
        String bare = name.replaceFirst("^/", "").replaceFirst("_output_[0-9]+$", "");
        return bare.isEmpty() ? name : bare;
    }

    /**
     * The text, or as much of its beginning and its end as fits: names of layers differ at both.
     *
     * @param width how wide a text is, in the unit of {@code limit}
     */
    static String fitted(String text, double limit, ToDoubleFunction<String> width) {
        if (width.applyAsDouble(text) <= limit) {
            return text;
        }
        int[] characters = text.codePoints().toArray();
        int shortest = 0;
        int longest = characters.length - 1;
        while (shortest < longest) {
            int kept = (shortest + longest + 1) >>> 1;
            if (width.applyAsDouble(shortened(characters, kept)) <= limit) {
                shortest = kept;
            } else {
                longest = kept - 1;
            }
        }
        return shortened(characters, shortest);
    }

    /** The end keeps twice as many characters as the beginning: it tells more. */
    private static String shortened(int[] characters, int kept) {
        int head = kept / 3;
        int tail = kept - head;
        return new String(characters, 0, head) + ELLIPSIS + new String(characters, characters.length - tail, tail);
    }
}

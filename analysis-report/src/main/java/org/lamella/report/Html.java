package org.lamella.report;

import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.Set;

/** Writes HTML whose text is always escaped: what comes from a model or a user cannot become markup. */
final class Html {
    private static final Set<String> VOID = Set.of("meta", "link", "br", "hr", "img");

    private final StringBuilder out = new StringBuilder("<!doctype html>\n");
    private final Deque<String> open = new ArrayDeque<>();

    /**
     * Opens an element.
     *
     * @param attributes names and values in turn
     */
    Html open(String tag, String... attributes) {
        out.append('<').append(tag);
        for (int i = 0; i < attributes.length; i += 2) {
            out.append(' ')
                    .append(attributes[i])
                    .append("=\"")
                    .append(escaped(attributes[i + 1]))
                    .append('"');
        }
        out.append('>');
        if (!VOID.contains(tag)) {
            open.push(tag);
        }
        return this;
    }

    /** Closes the element opened last. */
    Html close() {
        out.append("</").append(open.pop()).append('>');
        return this;
    }

    Html text(String text) {
        out.append(escaped(text));
        return this;
    }

    /** A whole element with nothing but text in it. */
    Html element(String tag, String text, String... attributes) {
        return open(tag, attributes).text(text).close();
    }

    /** The content of a script or style element: of our own making, and without the end tag of its element. */
    Html verbatim(String content) {
        if (content.contains("</")) {
            throw new IllegalArgumentException("a script or style that would end its own element");
        }
        out.append(content);
        return this;
    }

    /** A picture in the page itself. */
    Html image(byte[] png, String description, String... attributes) {
        out.append("<img alt=\"").append(escaped(description)).append('"');
        for (int i = 0; i < attributes.length; i += 2) {
            out.append(' ')
                    .append(attributes[i])
                    .append("=\"")
                    .append(escaped(attributes[i + 1]))
                    .append('"');
        }
        out.append(" src=\"data:image/png;base64,")
                .append(Base64.getEncoder().encodeToString(png))
                .append("\">");
        return this;
    }

    Html line() {
        out.append('\n');
        return this;
    }

    private static String escaped(String text) {
        return Label.printable(text)
                .replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }

    /** The page. */
    @Override
    public String toString() {
        if (!open.isEmpty()) {
            throw new IllegalStateException("not closed: " + open);
        }
        return out.toString();
    }
}

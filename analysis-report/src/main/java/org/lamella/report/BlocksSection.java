package org.lamella.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Locale;
import org.lamella.block.Block;
import org.lamella.block.BlockText;
import org.lamella.block.Blocks;
import org.lamella.block.Stability;

/** The blocks of every model, in numbers and in words, and where the script outlines them on the maps. */
final class BlocksSection implements Section {
    private final List<Blocks> found;

    BlocksSection(List<Blocks> found) {
        this.found = found;
    }

    @Override
    public boolean isPresent() {
        return !found.isEmpty();
    }

    @Override
    public void write(Html html) {
        html.open("section", "id", "blocks", "aria-labelledby", "blocks-title");
        html.element("h2", "Blocks", "id", "blocks-title").line();
        html.open("div", "class", "reading");
        html.element(
                "p",
                "A block is a run of layers of which every two are more similar to each other than the layers at its"
                        + " borders are to it. Blocks are outlined on the maps above. The score is the share of the layers"
                        + " in blocks, each weighted with its block's contrast: 0 without any.");
        html.close().line();
        found.forEach(one -> write(html, one));
        boolean unexplained =
                found.stream().flatMap(one -> one.blocks().stream()).anyMatch(block -> block.explanation() == null);
        if (unexplained) {
            html.open("p", "class", "reading")
                    .text("What the blocks are made of is not known yet: ")
                    .element("code", "lamella components")
                    .text(" with the same models, data and options, and the folder of this run as ")
                    .element("code", "--out")
                    .text(", adds it.")
                    .close()
                    .line();
        }
        html.open("script", "type", "application/json", "id", "lamella-blocks")
                .verbatim(json())
                .close();
        html.close().line();
    }

    private static void write(Html html, Blocks one) {
        String name = one.model().isEmpty() ? "" : one.model() + ": ";
        String counted = Numbers.counted(one.layers().size(), "layer", "layers");
        html.open("p")
                .element(
                        "strong",
                        name
                                + (one.isEmpty()
                                        ? "no block"
                                        : Numbers.counted(one.blocks().size(), "block", "blocks")))
                .text(" in " + counted + ", score " + decimal(one.score(), 4))
                .close()
                .line();
        if (one.isEmpty()) {
            return;
        }
        html.open("div", "class", "scroll").open("table").open("thead").open("tr");
        html.element("th", "Layers", "scope", "col");
        html.element("th", "First", "scope", "col").element("th", "Last", "scope", "col");
        for (String heading : List.of("Mean", "Least", "Contrast", "Stability")) {
            html.element("th", heading, "scope", "col", "class", "number");
        }
        html.close().close().open("tbody").line();
        for (Block block : one.blocks()) {
            Stability stability = block.stability();
            html.open("tr")
                    .element("th", block.start() + " to " + (block.end() - 1), "scope", "row")
                    .element("td", block.first())
                    .element("td", block.last())
                    .element("td", decimal(block.mean(), 3), "class", "number")
                    .element("td", decimal(block.min(), 3), "class", "number")
                    .element("td", decimal(block.contrast(), 3), "class", "number")
                    .element("td", stability == null ? "–" : decimal(stability.share(), 2), "class", "number")
                    .close()
                    .line();
        }
        html.close().close().close().line();
        html.open("div", "class", "words");
        one.blocks().forEach(block -> html.element("p", BlockText.paragraph(block)));
        html.close().line();
    }

    private static String decimal(double value, int digits) {
        return String.format(Locale.ROOT, "%." + digits + "f", value);
    }

    /** A model and the first and last layer of each of its blocks. */
    private record Outline(String model, List<List<Integer>> blocks) {}

    private String json() {
        List<Outline> outlines = found.stream()
                .map(one -> new Outline(
                        Label.printable(one.model()),
                        one.blocks().stream()
                                .map(block -> List.of(block.start(), block.end() - 1))
                                .toList()))
                .toList();
        try {
            return new ObjectMapper()
                    .writeValueAsString(outlines)
                    .replace("<", "\\u003c")
                    .replace(">", "\\u003e")
                    .replace("&", "\\u0026");
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("numbers and strings are always JSON", e);
        }
    }
}

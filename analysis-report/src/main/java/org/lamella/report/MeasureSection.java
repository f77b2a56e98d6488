package org.lamella.report;

import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.stream.Collectors;
import org.lamella.measure.Direction;
import org.lamella.measure.MeasureDescription;
import org.lamella.measure.MeasureMatrix;

/** One measure: what its values mean, how they stand to chance, and its heat map. */
final class MeasureSection implements Section {
    /** Where a PNG has its width. */
    private static final int PNG_WIDTH = 16;

    private final MeasureMatrix found;
    private final MapFigures figures;

    /** @param figures of all measures whose values go from 0 to 1; the others are shown as pictures */
    MeasureSection(MeasureMatrix found, MapFigures figures) {
        this.found = found;
        this.figures = figures;
    }

    /** Whether the cells of a measure tell their values in the page: all its maps there have colours from 0 to 1. */
    static boolean isInteractive(MeasureMatrix found) {
        return found.measure().most() == 1;
    }

    @Override
    public void write(Html html) {
        MeasureDescription measure = found.measure();
        var maps = new MeasureMaps(found);
        String id = "measure-" + measure.name();
        html.open("section", "id", id, "aria-labelledby", id + "-title");
        html.element("h2", MeasureMaps.capital(measure.title()), "id", id + "-title")
                .line();
        html.open("div", "class", "reading");
        html.element("p", meaning(measure));
        if (!found.undefined().isEmpty()) {
            html.element(
                    "p",
                    "Without a value: "
                            + found.undefined().stream()
                                    .map(one -> one.layer() + " (" + one.reason() + ")")
                                    .collect(Collectors.joining("; "))
                            + ".");
        }
        if (!maps.chanceSentence().isEmpty()) {
            html.element("p", maps.chanceSentence());
        }
        html.close().line();
        if (isInteractive(found)) {
            html.open("div", "class", "legend", "data-legend", "").close().line();
            figures.write(html, found.values(), measure.name());
        } else {
            picture(html, maps.png(), MeasureMaps.capital(measure.title()) + ", all layers");
        }
        maps.chance().ifPresent(chance -> picture(html, PngPicture.of(chance), chance.subtitle()));
        html.close().line();
    }

    /** Puts a picture of two pixels for each of an ordinary screen into the page. */
    static void picture(Html html, byte[] png, String described) {
        int width = ByteBuffer.wrap(png).getInt(PNG_WIDTH) / 2;
        html.open("p", "class", "picture")
                .image(png, described, "width", Integer.toString(width))
                .close()
                .line();
    }

    private static String meaning(MeasureDescription measure) {
        String ends = measure.direction() == Direction.SIMILARITY
                ? "%s is the same, %s nothing in common".formatted(number(measure.most()), number(0))
                : "%s is the same, %s as far apart as can be"
                        .formatted(number(measure.least()), number(measure.most()));
        return "A %s: %s. It does not see %s."
                        .formatted(
                                measure.direction(),
                                ends,
                                measure.invariances().stream()
                                        .map(Object::toString)
                                        .collect(Collectors.joining(", ")))
                + (measure.isSymmetric()
                        ? ""
                        : " A value belongs to the row's layer with the column's, not the other way round.");
    }

    private static String number(double value) {
        return value == Math.rint(value) ? Integer.toString((int) value) : String.format(Locale.ROOT, "%.4f", value);
    }
}

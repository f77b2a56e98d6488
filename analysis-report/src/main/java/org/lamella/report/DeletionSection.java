package org.lamella.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.lamella.prune.Deletion;
import org.lamella.prune.Interval;

/** The deletion experiment: how to read it, the picture, and the numbers. */
final class DeletionSection implements Section {
    private static final List<String> HEADINGS =
            List.of("First block removed", "Stage", "Blocks removed", "Accuracy", "95 % interval");

    private final Deletion deletion;

    DeletionSection(Deletion deletion) {
        this.deletion = deletion;
    }

    @Override
    public void write(Html html) {
        html.open("section", "id", "deletion", "aria-labelledby", "deletion-title");
        html.element("h2", "Accuracy without the last blocks of each stage", "id", "deletion-title")
                .line();
        html.open("div", "class", "reading");
        html.element(
                "p",
                "Residual blocks are removed one at a time from the end of each stage; their skips stay, and nothing is trained"
                        + " again. Under the heat map each block is at its layer: the accuracy is that without this block and all"
                        + " behind it in its stage.");
        html.element(
                "p",
                "Where the curve stays at the level of the whole model, the stage can do without these blocks. The upright bars are"
                        + " Wilson's intervals of 95 %.");
        html.close().line();
        MeasureSection.picture(
                html,
                DeletionPicture.of(deletion).png(),
                "Heat map of the layers, and accuracy without the last blocks of each stage");
        List<List<String>> rows = new ArrayList<>();
        rows.add(row("none", "–", "0", deletion.whole()));
        deletion.steps()
                .forEach(step -> rows.add(row(
                        step.first(),
                        Integer.toString(step.stage()),
                        Integer.toString(step.removed()),
                        step.accuracy())));
        new PageTable(HEADINGS, 1, rows).write(html);
        html.close().line();
    }

    private static List<String> row(String first, String stage, String removed, Interval accuracy) {
        return List.of(
                first,
                stage,
                removed,
                String.format(Locale.ROOT, "%.1f %%", 100 * accuracy.value()),
                String.format(Locale.ROOT, "%.1f to %.1f %%", 100 * accuracy.lower(), 100 * accuracy.upper()));
    }
}

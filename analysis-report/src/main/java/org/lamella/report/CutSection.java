package org.lamella.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.lamella.prune.Comparison;
import org.lamella.prune.Interval;
import org.lamella.prune.PruneResult;

/** Whether the cut was accepted, by which rule, and what was before and after. */
final class CutSection implements Section {
    private final PruneResult result;

    CutSection(PruneResult result) {
        this.result = result;
    }

    @Override
    public void write(Html html) {
        html.open("section", "id", "cut", "aria-labelledby", "cut-title");
        html.element("h2", result.accepted() ? "Accepted" : "Not accepted: no model was written", "id", "cut-title");
        html.open("div", "class", "reading")
                .element("p", sentence(result.why()))
                .element("p", result.rule())
                .close()
                .line();
        html.open("dl", "class", "facts");
        fact(html, "Model", result.model().path() + " (" + result.model().format() + ")");
        fact(html, "Chosen on", split(result.data()));
        fact(html, "Judged on", split(result.holdout()));
        fact(html, "Measure", result.measure() + " of " + result.output());
        fact(html, "Cuts measured to choose", Numbers.whole(result.evaluations()));
        fact(html, "Lamella", result.version());
        html.close().line();
        List<List<String>> rows = rows();
        if (!rows.isEmpty()) {
            new PageTable(List.of("", "Before", "After", "Change"), 1, rows).write(html);
        }
        html.open("p", "class", "command").element("code", result.command()).close();
        html.close().line();
    }

    private static String sentence(String text) {
        return text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1) + ".";
    }

    private static String split(PruneResult.Split split) {
        return "%s examples of %s: %s".formatted(Numbers.whole(split.examples()), split.source(), split.how());
    }

    private static void fact(Html html, String name, String value) {
        html.open("div").element("dt", name).element("dd", value).close();
    }

    private List<List<String>> rows() {
        List<List<String>> rows = new ArrayList<>();
        addComparison(rows, "on the holdout", result.onHoldout());
        addComparison(rows, "on the data of the choice", result.onData());
        addChange(rows, "Parameters", result.parameters());
        addChange(rows, "Multiply-adds for an example", result.multiplyAdds());
        addChange(rows, "Bytes of the ONNX file", result.fileBytes());
        PruneResult.Timing time = result.secondsPerBatch();
        if (time != null) {
            rows.add(List.of(
                    "Seconds for a batch of " + time.examples(),
                    Numbers.seconds(time.before()),
                    Numbers.seconds(time.after()),
                    percent(time.after() / time.before() - 1)));
        }
        return rows;
    }

    private void addComparison(List<List<String>> rows, String where, @Nullable Comparison comparison) {
        if (comparison == null) {
            return;
        }
        Interval before = comparison.before();
        Interval after = comparison.after();
        if (before != null && after != null) {
            rows.add(List.of("Accuracy " + where, share(before), share(after), "drop " + points(comparison.drop())));
            rows.add(List.of(
                    "Examples lost, and gained, " + where,
                    Numbers.known(comparison.lost() == null ? -1 : comparison.lost()),
                    Numbers.known(comparison.gained() == null ? -1 : comparison.gained()),
                    "McNemar p " + number(comparison.mcNemar())));
        } else {
            rows.add(List.of("Drop of " + result.measure() + " " + where, "", "", points(comparison.drop())));
        }
        Interval agreement = comparison.agreement();
        rows.add(List.of(
                "Agreement with the original " + where,
                "",
                agreement == null ? "" : share(agreement),
                String.format(Locale.ROOT, "cosine %.4f, CKA %s", comparison.cosine(), number(comparison.cka()))));
    }

    private static void addChange(List<List<String>> rows, String what, PruneResult.@Nullable Change change) {
        if (change != null) {
            rows.add(List.of(
                    what,
                    Numbers.whole(change.before()),
                    Numbers.whole(change.after()),
                    percent((double) change.after() / change.before() - 1)));
        }
    }

    private static String number(@Nullable Double number) {
        return number == null ? "–" : String.format(Locale.ROOT, "%.4f", number);
    }

    /** A share with its interval, in per cent. */
    static String share(Interval share) {
        return String.format(
                Locale.ROOT, "%.2f %% (%.2f to %.2f)", 100 * share.value(), 100 * share.lower(), 100 * share.upper());
    }

    /** A drop with its interval, in points. */
    static String points(Interval drop) {
        return String.format(
                Locale.ROOT, "%.2f (%.2f to %.2f) points", 100 * drop.value(), 100 * drop.lower(), 100 * drop.upper());
    }

    private static String percent(double change) {
        return String.format(Locale.ROOT, "%+.1f %%", 100 * change);
    }
}

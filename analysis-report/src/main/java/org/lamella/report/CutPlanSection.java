package org.lamella.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.lamella.prune.Interval;
import org.lamella.prune.PruneResult;

/** The plan: what was cut in turn, and what each step did on both lists of examples. */
final class CutPlanSection implements Section {
    private static final int WIDTH = 640;
    private static final int HEIGHT = 260;
    private static final int LEFT = 64;
    private static final int BOTTOM = 36;
    private static final int TOP = 14;

    private final PruneResult result;

    CutPlanSection(PruneResult result) {
        this.result = result;
    }

    @Override
    public boolean isPresent() {
        return !result.plan().isEmpty();
    }

    @Override
    public void write(Html html) {
        html.open("section", "id", "plan", "aria-labelledby", "plan-title");
        html.element("h2", "Plan", "id", "plan-title");
        html.open("div", "class", "reading")
                .element(
                        "p",
                        "Units in the order in which they are cut, each with all before it. Dots: drop on the data of the choice."
                                + " Bars: drop on the holdout with its interval, as far as it was looked at. Line: the largest drop"
                                + " that is allowed.")
                .close()
                .line();
        chart(html);
        List<List<String>> rows = new ArrayList<>();
        for (int i = 0; i < result.plan().size(); i++) {
            rows.add(row(i + 1, result.plan().get(i)));
        }
        new PageTable(
                        List.of(
                                "Step",
                                "Unit",
                                "Kind",
                                "In a block",
                                "Holds",
                                "Nodes",
                                "Loss",
                                "Drop, choice",
                                "Drop, holdout"),
                        5,
                        rows)
                .write(html);
        html.close().line();
    }

    private static List<String> row(int step, PruneResult.Step cut) {
        Interval drop = cut.holdoutDrop();
        return List.of(
                Integer.toString(step),
                cut.unit(),
                cut.kind(),
                yes(cut.block()),
                yes(cut.holds()),
                Integer.toString(cut.nodes().size()),
                String.format(Locale.ROOT, "%.5f", cut.loss()),
                String.format(Locale.ROOT, "%.2f", 100 * cut.drop()),
                drop == null ? "–" : CutSection.points(drop));
    }

    static String yes(@org.jspecify.annotations.Nullable Boolean is) {
        return is == null ? "–" : is ? "yes" : "no";
    }

    private void chart(Html html) {
        double low = Math.min(0, lowest());
        double high = Math.max(2 * result.maxDrop(), highest()) * 1.08 + 1e-9;
        html.open(
                "svg",
                "viewBox",
                "0 0 %d %d".formatted(WIDTH, HEIGHT),
                "width",
                Integer.toString(WIDTH),
                "height",
                Integer.toString(HEIGHT),
                "role",
                "img",
                "aria-label",
                "Drop by number of units cut",
                "fill",
                "currentColor",
                "font-size",
                "11");
        for (double tick : ticks(low, high)) {
            line(html, LEFT, y(tick, low, high), WIDTH, y(tick, low, high), "0.15", "1");
            // Ticks are sums of steps, and what should be 0 may be a little less.
            double points = Math.rint(1000 * tick) / 10 + 0.0;
            text(html, LEFT - 8, y(tick, low, high) + 4, String.format(Locale.ROOT, "%.1f", points), "end");
        }
        text(html, 4, TOP - 2, "points", "start");
        line(html, LEFT, y(result.maxDrop(), low, high), WIDTH, y(result.maxDrop(), low, high), "0.8", "1.2");
        int steps = result.plan().size();
        int every = Math.max(1, (steps + 19) / 20);
        for (int i = 0; i < steps; i++) {
            PruneResult.Step step = result.plan().get(i);
            double x = LEFT + (i + 0.5) * (WIDTH - LEFT) / steps;
            Interval drop = step.holdoutDrop();
            if (drop != null) {
                line(html, x, y(drop.lower(), low, high), x, y(drop.upper(), low, high), "0.9", "3");
                line(html, x - 5, y(drop.value(), low, high), x + 5, y(drop.value(), low, high), "0.9", "2");
            }
            html.open("circle", "cx", number(x), "cy", number(y(step.drop(), low, high)), "r", "3", "fill", "#8c2981")
                    .close();
            if (i % every == 0) {
                text(html, x, HEIGHT - BOTTOM + 16, Integer.toString(i + 1), "middle");
            }
        }
        text(html, (LEFT + WIDTH) / 2.0, HEIGHT - 6, "units cut", "middle");
        html.close().line();
    }

    private double lowest() {
        return result.plan().stream()
                .mapToDouble(step -> Math.min(
                        step.drop(),
                        step.holdoutDrop() == null ? 0 : step.holdoutDrop().lower()))
                .min()
                .orElse(0);
    }

    private double highest() {
        return result.plan().stream()
                .mapToDouble(step -> Math.max(
                        step.drop(),
                        step.holdoutDrop() == null ? 0 : step.holdoutDrop().upper()))
                .max()
                .orElse(0);
    }

    /** At most seven round numbers between two. */
    private static List<Double> ticks(double low, double high) {
        double step = Math.pow(10, Math.floor(Math.log10(high - low)) - 1);
        int[] factors = {1, 2, 5, 10, 20, 50};
        int factor = 0;
        while (factor < factors.length - 1 && (high - low) / (step * factors[factor]) > 7) {
            factor++;
        }
        List<Double> ticks = new ArrayList<>();
        double by = step * factors[factor];
        for (double tick = Math.ceil(low / by) * by; tick <= high; tick += by) {
            ticks.add(tick);
        }
        return ticks;
    }

    private static double y(double value, double low, double high) {
        return HEIGHT - BOTTOM - (value - low) / (high - low) * (HEIGHT - BOTTOM - TOP);
    }

    private static String number(double number) {
        return String.format(Locale.ROOT, "%.1f", number);
    }

    private static void line(Html html, double x1, double y1, double x2, double y2, String opacity, String width) {
        html.open(
                        "line",
                        "x1",
                        number(x1),
                        "y1",
                        number(y1),
                        "x2",
                        number(x2),
                        "y2",
                        number(y2),
                        "stroke",
                        "currentColor",
                        "stroke-opacity",
                        opacity,
                        "stroke-width",
                        width)
                .close();
    }

    private static void text(Html html, double x, double y, String text, String anchor) {
        html.element("text", text, "x", number(x), "y", number(y), "text-anchor", anchor);
    }
}

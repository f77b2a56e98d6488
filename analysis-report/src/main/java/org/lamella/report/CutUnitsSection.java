package org.lamella.report;

import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.lamella.prune.PruneResult;

/** What can be cut, what each costs alone, and what looks like it and cannot be cut. */
final class CutUnitsSection implements Section {
    private final PruneResult result;

    CutUnitsSection(PruneResult result) {
        this.result = result;
    }

    @Override
    public void write(Html html) {
        html.open("section", "id", "units", "aria-labelledby", "units-title");
        html.element("h2", "Units", "id", "units-title").line();
        html.open("details", "open", "")
                .element("summary", Numbers.counted(result.candidates().size(), "unit", "units") + " that can be cut");
        new PageTable(
                        List.of(
                                "Unit",
                                "Kind",
                                "Takes its place",
                                "In a block",
                                "Parameters",
                                "Multiply-adds",
                                "Loss alone",
                                "Drop alone"),
                        4,
                        result.candidates().stream().map(CutUnitsSection::row).toList())
                .write(html);
        html.close().line();
        if (!result.refused().isEmpty()) {
            html.open("details")
                    .element(
                            "summary", Numbers.counted(result.refused().size(), "sum", "sums") + " that cannot be cut");
            new PageTable(
                            List.of("Layer", "Reason"),
                            2,
                            result.refused().stream()
                                    .map(refusal -> List.of(refusal.name(), refusal.reason()))
                                    .toList())
                    .write(html);
            html.close().line();
        }
        html.close().line();
    }

    private static List<String> row(PruneResult.Candidate unit) {
        return List.of(
                unit.name(),
                unit.kind(),
                unit.takesItsPlace(),
                CutPlanSection.yes(unit.block()),
                Numbers.whole(unit.parameters()),
                unit.multiplyAdds() == null ? "–" : Numbers.whole(Objects.requireNonNull(unit.multiplyAdds())),
                number("%.5f", unit.loss(), 1),
                number("%.2f", unit.drop(), 100));
    }

    private static String number(String format, @Nullable Double number, double factor) {
        return number == null ? "–" : String.format(Locale.ROOT, format, factor * number);
    }
}

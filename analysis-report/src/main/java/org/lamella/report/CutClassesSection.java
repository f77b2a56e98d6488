package org.lamella.report;

import java.util.List;
import java.util.Locale;
import org.lamella.prune.Comparison;
import org.lamella.prune.PruneResult;

/** Accuracy of each class before and after a cut, on the holdout. */
final class CutClassesSection implements Section {
    private final List<Comparison.OfClass> classes;

    CutClassesSection(PruneResult result) {
        Comparison comparison = result.onHoldout();
        this.classes = comparison == null ? List.of() : comparison.classes();
    }

    @Override
    public boolean isPresent() {
        return !classes.isEmpty();
    }

    @Override
    public void write(Html html) {
        html.open("section", "id", "classes", "aria-labelledby", "classes-title");
        html.element("h2", "Classes, on the holdout", "id", "classes-title").line();
        List<List<String>> rows = classes.stream()
                .map(one -> List.of(
                        one.name(),
                        Numbers.whole(one.examples()),
                        percent(one.before()),
                        percent(one.after()),
                        CutSection.points(one.drop())))
                .toList();
        new PageTable(List.of("Class", "Examples", "Before", "After", "Drop, 95 % interval"), 1, rows).write(html);
        html.close().line();
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.2f %%", 100 * share);
    }
}

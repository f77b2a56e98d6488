package org.lamella.report;

import java.util.List;

/** The warnings of the run, where nobody misses them. */
final class WarningsSection implements Section {
    private final List<String> warnings;

    WarningsSection(List<String> warnings) {
        this.warnings = warnings;
    }

    @Override
    public boolean isPresent() {
        return !warnings.isEmpty();
    }

    @Override
    public void write(Html html) {
        html.open("section", "id", "warnings", "class", "warnings", "aria-labelledby", "warnings-title");
        html.element("h2", Numbers.counted(warnings.size(), "warning", "warnings"), "id", "warnings-title");
        html.open("ul");
        warnings.forEach(warning -> html.element("li", warning));
        html.close().close().line();
    }
}

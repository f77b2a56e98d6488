package org.lamella.report;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.lamella.run.ComponentResults;

/** The numbers of {@code components.csv} as charts over the layers. */
final class ComponentCharts {
    private ComponentCharts() {}

    /** Those that have something to show. */
    static List<LineChart> of(ComponentResults results) {
        List<LineChart> charts = new ArrayList<>();
        charts.add(chart(
                results,
                "Share of the first component in the variance",
                "%",
                layer -> 100 * layer.varianceFractions().get(0)));
        charts.add(chart(results, "Effective rank", "", ComponentResults.LayerNumbers::effectiveRank));
        if (results.layers().stream().anyMatch(layer -> !Double.isNaN(layer.classSeparation()))) {
            charts.add(chart(
                    results,
                    "Scatter between classes over scatter within",
                    "",
                    ComponentResults.LayerNumbers::classSeparation));
        }
        return charts;
    }

    private static LineChart chart(
            ComponentResults results,
            String title,
            String unit,
            Function<ComponentResults.LayerNumbers, Double> number) {
        List<LineChart.Series> series = results.models().stream()
                .map(model -> new LineChart.Series(
                        model,
                        results.layers().stream()
                                .filter(layer -> layer.layer().model().equals(model))
                                .map(number)
                                .toList()))
                .toList();
        return new LineChart(title, unit, series);
    }
}

package org.lamella.report;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.lamella.run.ComponentResults;

/** The numbers of {@code components.csv} as charts over the layers. */
final class ComponentCharts {
    private ComponentCharts() {}

    /** Those that have something to show. */
    static List<LayerChart> of(ComponentResults results) {
        List<LayerChart> charts = new ArrayList<>();
        charts.add(chart(
                results,
                "Share of the first component in the variance",
                "%",
                layer -> 100 * layer.varianceFractions().get(0)));
        charts.add(
                chart(results, "Effective rank", "participation ratio", ComponentResults.LayerNumbers::effectiveRank));
        if (results.layers().stream().anyMatch(layer -> !Double.isNaN(layer.classSeparation()))) {
            charts.add(chart(
                    results,
                    "Scatter between classes over scatter within",
                    "ratio",
                    ComponentResults.LayerNumbers::classSeparation));
        }
        return charts;
    }

    private static LayerChart chart(
            ComponentResults results,
            String title,
            String quantity,
            ToDoubleFunction<ComponentResults.LayerNumbers> number) {
        List<LayerChart.Series> series = results.models().stream()
                .map(model -> new LayerChart.Series(
                        model,
                        results.layers().stream()
                                .filter(layer -> layer.layer().model().equals(model))
                                .map(layer -> LayerChart.Point.of(number.applyAsDouble(layer)))
                                .toList()))
                .toList();
        return LayerChart.of(quantity, series).withTitle(title, "").withRangeFromZero();
    }
}

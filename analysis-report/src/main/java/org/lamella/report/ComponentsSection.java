package org.lamella.report;

import java.util.List;
import java.util.Map;
import org.lamella.run.ComponentManifest;
import org.lamella.run.ComponentMatrix;
import org.lamella.run.ComponentResults;

/** What is inside the layers: how much the first component makes up, which layers share it, and what CKA is without it. */
final class ComponentsSection implements Section {
    private static final Map<ComponentMatrix, String> READING = Map.of(
            ComponentMatrix.PC1_COSINE,
            "1 where the first components of two layers order the examples alike. A block of CKA that is bright here too is made"
                    + " by one direction that its layers share.",
            ComponentMatrix.CKA,
            "For comparison with those below: the same examples and the same estimator, nothing taken away.",
            ComponentMatrix.CKA_WITHOUT_COMPONENTS,
            "What is gone here was in the direction of largest variance alone.",
            ComponentMatrix.CKA_WITHOUT_DOMINANT,
            "What is gone here was made by a few examples.",
            ComponentMatrix.CKA_UNIT_NORM,
            "Every example counts alike; what is gone here was made by how large the activations of some are.",
            ComponentMatrix.DOMINANT_OVERLAP,
            "Of the examples farthest out on the first component, of either sign, the part that two layers have in common.");

    private final ComponentResults results;
    private final MapFigures figures;

    ComponentsSection(ComponentResults results, MapFigures figures) {
        this.results = results;
        this.figures = figures;
    }

    @Override
    public void write(Html html) {
        html.open("section", "id", "components", "aria-labelledby", "components-title");
        html.element("h2", "Inside the layers", "id", "components-title").line();
        html.open("div", "class", "reading");
        html.element("p", what());
        html.element(
                "p",
                "The first component of a layer is the direction in which its activation varies most. Where its share is large,"
                        + " it decides what CKA says of the layer; a few examples far out on it are enough to make it so.");
        html.close().line();
        html.open("div", "class", "charts").line();
        for (LayerChart chart : ComponentCharts.of(results)) {
            html.image(chart.png(), chart.title() + ", by layer", "class", "chart")
                    .line();
        }
        html.close().line();
        html.open("div", "class", "legend", "data-legend", "").close().line();
        ComponentPictures.titles(results).forEach((which, title) -> {
            html.element("h3", title);
            html.open("div", "class", "reading")
                    .element("p", READING.get(which) + chance(which))
                    .close()
                    .line();
            figures.write(
                    html, results.matrix(which), which.stem(results.manifest().removed()));
        });
        html.close().line();
    }

    private String what() {
        ComponentManifest manifest = results.manifest();
        return "%s at once, linear, unbiased HSIC, Gram matrices in %s. %s or %s of the examples count as dominant."
                .formatted(
                        Numbers.counted(manifest.examples().used(), "example", "examples"),
                        manifest.precision(),
                        Numbers.counted(manifest.dominantExamples(), "example", "examples"),
                        Numbers.percent(manifest.dominantFraction()));
    }

    private String chance(ComponentMatrix which) {
        ComponentManifest manifest = results.manifest();
        return switch (which) {
            case DOMINANT_OVERLAP ->
                " By chance it would be "
                        + Numbers.percent(manifest.dominantExamples()
                                / (double) manifest.examples().used())
                        + ".";
            case CKA_WITHOUT_DOMINANT -> " Left out: " + leftOut(manifest.leftOut()) + ".";
            default -> "";
        };
    }

    private static String leftOut(List<Integer> examples) {
        return Numbers.counted(examples.size(), "example", "examples") + ", those that dominate any of the models";
    }
}

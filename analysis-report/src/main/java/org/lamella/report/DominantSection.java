package org.lamella.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.lamella.LamellaException;
import org.lamella.run.ComponentManifest;
import org.lamella.run.ComponentResults;
import org.lamella.similarity.LayerId;

/** The examples that dominate models and layers: as pictures where they are images, else by name. */
final class DominantSection implements Section {
    private static final int OF_MODEL = 30;
    private static final int OF_LAYER = 6;
    private static final int LAYERS = 8;

    private final ComponentResults results;

    DominantSection(ComponentResults results) {
        this.results = results;
    }

    @Override
    public void write(Html html) {
        html.open("section", "id", "dominant", "aria-labelledby", "dominant-title");
        html.element("h2", "Dominant examples", "id", "dominant-title").line();
        html.open("div", "class", "reading");
        html.element(
                "p",
                "Those whose projections on the first component make up the largest part of the layers' variance, on average over"
                        + " the layers of a model; under each the part that is its own. For some layers, the examples at either"
                        + " end of the component.");
        for (ComponentManifest.Agreement pair : results.manifest().agreement()) {
            html.element(
                    "p",
                    "%s and %s have %s of their dominant examples in common; by chance it would be %s."
                            .formatted(
                                    pair.model(),
                                    pair.other(),
                                    Numbers.percent(pair.overlap()),
                                    Numbers.percent(pair.byChance())));
        }
        html.close().line();
        for (String model : results.models()) {
            html.element("h3", model).line();
            html.open("div", "class", "gallery");
            results.dominantOfModels().stream()
                    .filter(example -> example.model().equals(model))
                    .limit(OF_MODEL)
                    .forEach(example -> writeExample(
                            html, example.example(), example.id(), example.label(), Numbers.percent(example.share())));
            html.close().line();
            writeEnds(html, model);
        }
        html.close().line();
    }

    private void writeEnds(Html html, String model) {
        List<LayerId> layers = results.dominant().stream()
                .map(ComponentResults.DominantExample::layer)
                .filter(layer -> layer.model().equals(model))
                .distinct()
                .toList();
        html.open("div", "class", "scroll")
                .open("table", "class", "ends")
                .open("thead")
                .open("tr");
        for (String heading : List.of("Layer", "Low end", "High end")) {
            html.element("th", heading, "scope", "col");
        }
        html.close().close().open("tbody").line();
        for (LayerId layer : ScatterPanels.spread(layers, LAYERS)) {
            html.open("tr").element("th", layer.layer().index() + "  " + layer.name(), "scope", "row");
            for (String end : List.of("low", "high")) {
                html.open("td").open("div", "class", "gallery");
                results.dominant().stream()
                        .filter(example ->
                                example.layer().equals(layer) && example.end().equals(end))
                        .limit(OF_LAYER)
                        .forEach(example -> writeExample(
                                html,
                                example.example(),
                                example.id(),
                                example.label(),
                                Numbers.short3(example.projection())));
                html.close().close();
            }
            html.close().line();
        }
        html.close().close().close().line();
    }

    private void writeExample(Html html, int example, String id, String label, String number) {
        String described = label.isEmpty() ? "example " + id : "example %s, class %s".formatted(id, named(label));
        html.open("span", "class", "example", "title", described);
        results.image(example).ifPresent(file -> html.image(bytes(file), described));
        html.element("b", label.isEmpty() ? id : named(label))
                .element("small", number)
                .close();
    }

    private String named(String label) {
        List<String> names = results.manifest().classes();
        int number = Integer.parseInt(label);
        return number >= 0 && number < names.size() ? names.get(number) : label;
    }

    private static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new LamellaException(file.toString(), "cannot be read: " + e, e);
        }
    }
}

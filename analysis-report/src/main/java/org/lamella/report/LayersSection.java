package org.lamella.report;

import java.util.List;
import org.lamella.activation.Layer;
import org.lamella.run.RunManifest;
import org.lamella.run.RunResult;
import org.lamella.similarity.LayerId;

/** The layers of every model, and what of it was left out. */
final class LayersSection implements Section {
    private static final int SHOWN_AT_ONCE = 24;

    private final RunResult result;

    LayersSection(RunResult result) {
        this.result = result;
    }

    @Override
    public void write(Html html) {
        html.open("section", "id", "layers", "aria-labelledby", "layers-title");
        html.element("h2", "Layers", "id", "layers-title").line();
        for (String model : result.cka().models()) {
            List<Layer> layers = result.cka().rows().stream()
                    .filter(id -> id.model().equals(model))
                    .map(LayerId::layer)
                    .toList();
            if (layers.size() <= SHOWN_AT_ONCE) {
                html.open("details", "open", "");
            } else {
                html.open("details");
            }
            html.open("summary")
                    .element("strong", model)
                    .text(", " + Numbers.counted(layers.size(), "layer", "layers"))
                    .close();
            writeTable(html, layers);
            writeLeftOut(html, model);
            html.close().line();
        }
        html.close().line();
    }

    private static void writeTable(Html html, List<Layer> layers) {
        html.open("div", "class", "scroll").open("table").open("thead").open("tr");
        html.element("th", "Index", "scope", "col", "class", "number")
                .element("th", "Name", "scope", "col")
                .element("th", "Kind", "scope", "col")
                .element("th", "Shape", "scope", "col")
                .element("th", "Features", "scope", "col", "class", "number")
                .element("th", "Parameters", "scope", "col", "class", "number");
        html.close().close().open("tbody").line();
        for (Layer layer : layers) {
            html.open("tr")
                    .element("td", Integer.toString(layer.index()), "class", "number")
                    .element("th", layer.name(), "scope", "row")
                    .element("td", layer.kind())
                    .element("td", Numbers.shape(layer.shape()))
                    .element("td", Numbers.known(layer.features()), "class", "number")
                    .element("td", Numbers.known(layer.parameters()), "class", "number")
                    .close()
                    .line();
        }
        html.close().close().close();
    }

    private void writeLeftOut(Html html, String name) {
        List<String> leftOut = result.manifest().models().stream()
                .filter(model -> model.name().equals(name))
                .map(RunManifest.Model::leftOut)
                .flatMap(List::stream)
                .toList();
        if (!leftOut.isEmpty()) {
            html.element("p", "Not compared:", "class", "left-out").open("ul", "class", "left-out");
            leftOut.forEach(line -> html.element("li", line));
            html.close();
        }
    }
}

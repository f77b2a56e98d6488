package org.lamella.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.lamella.LamellaException;
import org.lamella.run.ComponentManifest;
import org.lamella.run.ComponentResults;

/** What the layers tell apart: the examples on the first two components, layer by layer, and feature maps where some were asked for. */
final class SeparationSection implements Section {
    private final ComponentResults results;

    SeparationSection(ComponentResults results) {
        this.results = results;
    }

    @Override
    public void write(Html html) {
        html.open("section", "id", "separation", "aria-labelledby", "separation-title");
        html.element("h2", "What the layers tell apart", "id", "separation-title")
                .line();
        html.open("div", "class", "reading")
                .element(
                        "p",
                        "Every point is an example, across by its projection on the layer's first component, up by that on the"
                                + " second, at the same scale."
                                + (results.labels().isEmpty()
                                        ? ""
                                        : " Its colour is its class; the last number under a panel is the scatter between classes"
                                                + " over the scatter within, in all of the layer's features."))
                .close()
                .line();
        for (String model : results.models()) {
            ScatterPanels panels = ScatterPanels.of(results, model);
            if (!panels.isEmpty()) {
                html.element("h3", model)
                        .image(panels.png(), "first two components of the layers of " + model, "class", "panels")
                        .line();
            }
        }
        for (ComponentManifest.MapPicture map : results.manifest().featureMaps()) {
            Path file = results.folder().resolve(map.file());
            if (Files.isRegularFile(file)) {
                html.element("h3", "Feature maps of %s/%s, example %s".formatted(map.model(), map.layer(), map.id()))
                        .image(bytes(file), "a picture for each channel", "class", "panels")
                        .line();
            }
        }
        html.close().line();
    }

    private static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new LamellaException(file.toString(), "cannot be read: " + e, e);
        }
    }
}

package org.lamella.report;

import org.lamella.run.ComponentManifest;
import org.lamella.run.RunPlan;

/** What was analysed, where there is no run beside it that says so. */
final class ComponentSummarySection implements Section {
    private final ComponentManifest manifest;

    ComponentSummarySection(ComponentManifest manifest) {
        this.manifest = manifest;
    }

    @Override
    public void write(Html html) {
        html.open("section", "id", "run", "aria-label", "What was analysed").line();
        html.open("dl", "class", "facts");
        fact(
                html,
                "Examples",
                Numbers.whole(manifest.examples().used()) + " of "
                        + Numbers.whole(manifest.examples().available()));
        if (!manifest.reduce().equals("flatten")) {
            fact(html, "Activations reduced by", manifest.reduce());
        }
        if (manifest.data() != null) {
            fact(html, "Data", manifest.data().source());
        }
        for (RunPlan.Model model : manifest.models()) {
            fact(
                    html,
                    "Model",
                    "%s, %s"
                            .formatted(
                                    model.name(), Numbers.counted(model.layers().size(), "layer", "layers")));
        }
        fact(html, "Started", manifest.started().replace('T', ' ').replace("Z", " UTC"));
        fact(html, "Lamella", manifest.version());
        html.close().line();
        html.open("p", "class", "command")
                .element("code", manifest.command())
                .close()
                .line();
        html.close().line();
    }

    private static void fact(Html html, String name, String value) {
        html.open("div").element("dt", name).element("dd", value).close();
    }
}

package org.lamella.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.lamella.run.RunManifest;

/** What was run, with what, on what, and for how long. */
final class SummarySection implements Section {
    private static final int DIGEST_SHOWN = 12;

    private final RunManifest manifest;

    SummarySection(RunManifest manifest) {
        this.manifest = manifest;
    }

    @Override
    public void write(Html html) {
        html.open("section", "id", "run", "aria-label", "What was run").line();
        html.open("dl", "class", "facts");
        fact(html, "Measure", "linear CKA, minibatch, " + manifest.estimator() + " HSIC");
        fact(html, "Examples", examples(manifest.examples()));
        fact(html, "Batches", batches());
        if (!manifest.reduce().equals("flatten")) {
            fact(html, "Activations reduced by", manifest.reduce());
        }
        if (manifest.data() != null) {
            fileFact(html, "Data", manifest.data().source(), manifest.data().sha256());
        }
        fact(html, "Computed by", computedBy(manifest.nativeLibraries(), manifest.threads()));
        fact(html, "Time", time(manifest.seconds()));
        fact(html, "Started", manifest.started().replace('T', ' ').replace("Z", " UTC"));
        fact(html, "Lamella", manifest.version());
        html.close().line();
        writeModels(html, manifest.models());
        html.open("p", "class", "command")
                .element("code", manifest.command())
                .close()
                .line();
        html.close().line();
    }

    static String examples(RunManifest.Examples examples) {
        String used = examples.used() == examples.available()
                ? Numbers.whole(examples.used())
                : Numbers.whole(examples.used()) + " of " + Numbers.whole(examples.available());
        return examples.leftOut() == 0 ? used : used + "; " + Numbers.whole(examples.leftOut()) + " left out";
    }

    private String batches() {
        String passes = Numbers.counted(manifest.passes(), "pass", "passes");
        String order = manifest.passes() > 1 ? ", after the first shuffled by seed " + manifest.seed() : " in order";
        return Numbers.counted(manifest.batch(), "example", "examples") + ", " + passes + order;
    }

    static String computedBy(List<RunManifest.NativeLibrary> libraries, int threads) {
        var parts = new ArrayList<String>();
        for (RunManifest.NativeLibrary library : libraries) {
            String kernel = library.kernel() == null ? "" : " (" + library.kernel() + " kernels)";
            parts.add(library.name() + " " + library.version() + kernel);
        }
        parts.add(Numbers.counted(threads, "thread", "threads"));
        return String.join(", ", parts);
    }

    static String time(Map<String, Double> seconds) {
        double all = seconds.values().stream().mapToDouble(Double::doubleValue).sum();
        String phases = seconds.entrySet().stream()
                .map(phase -> phase.getKey() + " " + Numbers.seconds(phase.getValue()))
                .collect(Collectors.joining(", "));
        return phases.isEmpty() ? Numbers.seconds(all) : Numbers.seconds(all) + ": " + phases;
    }

    static void writeModels(Html html, List<RunManifest.Model> models) {
        html.open("div", "class", "scroll")
                .open("table", "class", "models")
                .open("thead")
                .open("tr");
        for (String heading : List.of("Model", "File", "Format", "SHA-256")) {
            html.element("th", heading, "scope", "col");
        }
        html.element("th", "Layers", "scope", "col", "class", "number")
                .close()
                .close()
                .open("tbody");
        for (RunManifest.Model model : models) {
            html.open("tr")
                    .element("th", model.name(), "scope", "row")
                    .element("td", model.path())
                    .element("td", model.format().toUpperCase(Locale.ROOT));
            html.open("td");
            digest(html, model.sha256());
            html.close();
            html.element("td", Numbers.whole(model.layers().size()), "class", "number")
                    .close();
        }
        html.close().close().close().line();
    }

    static void fact(Html html, String name, String value) {
        html.open("div").element("dt", name).element("dd", value).close();
    }

    static void fileFact(Html html, String name, String file, String sha256) {
        html.open("div").element("dt", name).open("dd").text(file + " ");
        digest(html, sha256);
        html.close().close();
    }

    /** The whole digest is there to be copied; its beginning is enough to be read. */
    private static void digest(Html html, String sha256) {
        String shown = sha256.length() > DIGEST_SHOWN ? sha256.substring(0, DIGEST_SHOWN) + "…" : sha256;
        html.element("code", shown, "class", "digest", "title", "SHA-256 " + sha256);
    }
}

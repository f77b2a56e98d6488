package org.lamella.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.lamella.run.MeasureManifest;
import org.lamella.run.ProbeManifest;
import org.lamella.run.RecordedRun;
import org.lamella.run.RunManifest;

/** What was run, with what, on what, and for how long. */
final class SummarySection implements Section {
    private static final int DIGEST_SHOWN = 12;

    private final List<Fact> facts;
    private final RecordedRun run;

    /** @param sha256 of the file that the value names; null where it names none */
    private record Fact(String name, String value, @Nullable String sha256) {
        Fact(String name, String value) {
            this(name, value, null);
        }
    }

    private SummarySection(List<Fact> facts, RecordedRun run) {
        this.facts = facts;
        this.run = run;
    }

    /** Of a comparison by minibatch CKA. */
    static SummarySection of(RunManifest manifest) {
        List<Fact> facts = new ArrayList<>();
        facts.add(new Fact("Measure", "linear CKA, minibatch, " + manifest.estimator() + " HSIC"));
        facts.add(new Fact("Examples", examples(manifest.examples())));
        facts.add(new Fact("Batches", batches(manifest)));
        addReduction(facts, manifest.reduce());
        addData(facts, "Data", manifest.data());
        return new SummarySection(facts, manifest);
    }

    /** Of a comparison by other measures. */
    static SummarySection of(MeasureManifest manifest) {
        List<Fact> facts = new ArrayList<>();
        facts.add(new Fact("Examples", examples(manifest.examples()) + ", all at once"));
        if (manifest.permutations() > 0) {
            facts.add(new Fact(
                    "Chance",
                    Numbers.counted(manifest.permutations(), "random pairing", "random pairings") + ", seed "
                            + manifest.seed()));
        }
        addReduction(facts, manifest.reduce());
        addData(facts, "Data", manifest.data());
        return new SummarySection(facts, manifest);
    }

    /** Of linear probes. */
    static SummarySection of(ProbeManifest manifest) {
        boolean split = manifest.test() == null;
        List<Fact> facts = new ArrayList<>();
        facts.add(new Fact("Classifier", manifest.classifier()));
        facts.add(new Fact(
                "Training examples",
                examples(manifest.examples()) + "; regularisation chosen on " + Numbers.whole(manifest.validation())
                        + " of them, seed " + manifest.seed()));
        facts.add(new Fact(
                "Test examples", examples(manifest.testExamples()) + (split ? ", others of the same ones" : "")));
        addReduction(facts, manifest.reduce());
        addData(facts, split ? "Labels" : "Training data", manifest.data());
        addData(facts, "Test data", manifest.test());
        return new SummarySection(facts, manifest);
    }

    private static void addReduction(List<Fact> facts, String reduction) {
        if (!reduction.equals("flatten")) {
            facts.add(new Fact("Activations reduced by", reduction));
        }
    }

    private static void addData(List<Fact> facts, String name, RunManifest.@Nullable Data data) {
        if (data != null) {
            facts.add(new Fact(name, data.source(), data.sha256()));
        }
    }

    @Override
    public void write(Html html) {
        html.open("section", "id", "run", "aria-label", "What was run").line();
        html.open("dl", "class", "facts");
        facts.forEach(fact -> write(html, fact));
        write(html, new Fact("Computed by", computedBy(run.nativeLibraries(), run.threads())));
        write(html, new Fact("Time", time(run.seconds())));
        write(html, new Fact("Started", run.started().replace('T', ' ').replace("Z", " UTC")));
        write(html, new Fact("Lamella", run.version()));
        html.close().line();
        writeModels(html, run.models());
        html.open("p", "class", "command")
                .element("code", run.command())
                .close()
                .line();
        html.close().line();
    }

    private static String examples(RunManifest.Examples examples) {
        String used = examples.used() == examples.available()
                ? Numbers.whole(examples.used())
                : Numbers.whole(examples.used()) + " of " + Numbers.whole(examples.available());
        return examples.leftOut() == 0 ? used : used + "; " + Numbers.whole(examples.leftOut()) + " left out";
    }

    private static String batches(RunManifest manifest) {
        String passes = Numbers.counted(manifest.passes(), "pass", "passes");
        String order = manifest.passes() > 1 ? ", after the first shuffled by seed " + manifest.seed() : " in order";
        return Numbers.counted(manifest.batch(), "example", "examples") + ", " + passes + order;
    }

    private static String computedBy(List<RunManifest.NativeLibrary> libraries, int threads) {
        var parts = new ArrayList<String>();
        for (RunManifest.NativeLibrary library : libraries) {
            String kernel = library.kernel() == null ? "" : " (" + library.kernel() + " kernels)";
            parts.add(library.name() + " " + library.version() + kernel);
        }
        parts.add(Numbers.counted(threads, "thread", "threads"));
        return String.join(", ", parts);
    }

    private static String time(Map<String, Double> seconds) {
        double all = seconds.values().stream().mapToDouble(Double::doubleValue).sum();
        String phases = seconds.entrySet().stream()
                .map(phase -> phase.getKey() + " " + Numbers.seconds(phase.getValue()))
                .collect(Collectors.joining(", "));
        return phases.isEmpty() ? Numbers.seconds(all) : Numbers.seconds(all) + ": " + phases;
    }

    private static void writeModels(Html html, List<RunManifest.Model> models) {
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

    private static void write(Html html, Fact fact) {
        String sha256 = fact.sha256();
        html.open("div").element("dt", fact.name());
        if (sha256 == null) {
            html.element("dd", fact.value());
        } else {
            html.open("dd").text(fact.value() + " ");
            digest(html, sha256);
            html.close();
        }
        html.close();
    }

    /** The whole digest is there to be copied; its beginning is enough to be read. */
    private static void digest(Html html, String sha256) {
        String shown = sha256.length() > DIGEST_SHOWN ? sha256.substring(0, DIGEST_SHOWN) + "…" : sha256;
        html.element("code", shown, "class", "digest", "title", "SHA-256 " + sha256);
    }
}

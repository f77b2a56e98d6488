package org.lamella.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.lamella.prune.Deletion;
import org.lamella.prune.PruneResult;
import org.lamella.run.ComponentResults;
import org.lamella.run.RunResult;
import org.lamella.similarity.CkaMatrix;

/**
 * The page of a run: one HTML file that loads nothing, from the network or the disk, and can be mailed or printed.
 *
 * <p>It shows what was run, its warnings, a heat map of every model and of every pair of models whose cells tell their
 * layers, value and standard error to the mouse, the keyboard and touch, and the list of the layers. Its size is about 11
 * bytes for each cell of these maps, and 40 kilobytes. The same run gives the same bytes.
 *
 * <pre>{@code Report.of(result).save(Path.of("run/report.html"));}</pre>
 */
public final class Report {
    private static final String SIMILARITY = "similarity of layers";

    private final String title;
    private final String subject;
    private final List<Section> sections;

    private Report(String title, String subject, List<Section> sections) {
        this.title = title;
        this.subject = subject;
        this.sections = sections;
    }

    /** The page of a finished run. */
    public static Report of(RunResult result) {
        var data = MapData.of(List.of(result.cka()), 0, 1);
        return new Report(
                title(result.cka().models()),
                SIMILARITY,
                List.of(
                        SummarySection.of(result.manifest()),
                        new WarningsSection(result.manifest().warnings()),
                        new MapsSection(result.cka(), new MapFigures(data)),
                        new BlocksSection(result.blocks()),
                        new LayersSection(result),
                        new MapDataSection(data)));
    }

    /** The page of a finished run and of what is inside its layers. */
    public static Report of(RunResult result, ComponentResults components) {
        var data = MapData.of(matrices(Stream.of(result.cka()), components), 0, 1);
        var figures = new MapFigures(data);
        List<Section> all = new ArrayList<>();
        all.add(SummarySection.of(result.manifest()));
        all.add(new WarningsSection(
                Stream.concat(result.manifest().warnings().stream(), components.manifest().warnings().stream())
                        .distinct()
                        .toList()));
        all.add(new MapsSection(result.cka(), figures));
        all.add(new BlocksSection(result.blocks()));
        all.addAll(sections(components, figures));
        all.add(new LayersSection(result));
        all.add(new MapDataSection(data));
        return new Report(title(result.cka().models()), SIMILARITY, all);
    }

    /** The page of what is inside the layers of some models. */
    public static Report of(ComponentResults components) {
        var data = MapData.of(matrices(Stream.of(), components), 0, 1);
        List<Section> all = new ArrayList<>();
        all.add(new ComponentSummarySection(components.manifest()));
        all.add(new WarningsSection(components.manifest().warnings()));
        all.addAll(sections(components, new MapFigures(data)));
        all.add(new MapDataSection(data));
        return new Report(title(components.models()), "inside the layers", all);
    }

    private static List<Section> sections(ComponentResults components, MapFigures figures) {
        return List.of(
                new ComponentsSection(components, figures),
                new DominantSection(components),
                new SeparationSection(components));
    }

    private static List<CkaMatrix> matrices(Stream<CkaMatrix> others, ComponentResults components) {
        return Stream.concat(others, components.matrices().values().stream()).toList();
    }

    /** The page of another run of some models. */
    static Report of(List<String> models, List<Section> sections) {
        return new Report(title(models), SIMILARITY, List.copyOf(sections));
    }

    /** The page of a cut: what was cut, what it costs, and what could have been cut. */
    public static Report of(PruneResult result) {
        return new Report(
                result.model().name(),
                "what was cut, and what it costs",
                List.of(
                        new CutSection(result),
                        new WarningsSection(result.warnings()),
                        new CutPlanSection(result),
                        new CutClassesSection(result),
                        new CutUnitsSection(result)));
    }

    /** The page of a deletion experiment. */
    public static Report of(Deletion deletion) {
        return new Report(
                title(deletion.cka().models()),
                "accuracy without the last blocks of each stage",
                List.of(new DeletionSection(deletion)));
    }

    private static String title(List<String> models) {
        int last = models.size() - 1;
        return models.size() < 2
                ? String.join("", models)
                : String.join(", ", models.subList(0, last)) + " and " + models.get(last);
    }

    /**
     * Writes the page, whole or not at all, and makes the folder if there is none.
     *
     * @throws org.lamella.LamellaException if the file cannot be written
     */
    public void save(Path file) {
        WholeFile.write(file, html().getBytes(StandardCharsets.UTF_8));
    }

    /** The page as text. */
    String html() {
        String style = resource("report.css");
        String script = resource("report.js");
        var html = new Html();
        html.open("html", "lang", "en").open("head").line();
        html.open("meta", "charset", "utf-8").line();
        // The browser itself holds the page to its word: nothing is loaded, and no script runs but this one.
        html.open(
                        "meta",
                        "http-equiv",
                        "Content-Security-Policy",
                        "content",
                        "default-src 'none'; img-src data:; style-src '%s'; script-src '%s'"
                                .formatted(digest(style), digest(script)))
                .line();
        html.open("meta", "name", "viewport", "content", "width=device-width, initial-scale=1")
                .line();
        html.open("meta", "name", "color-scheme", "content", "light dark").line();
        html.open("link", "rel", "icon", "href", "data:,").line();
        html.element("title", title + ": " + subject).line();
        html.open("style").verbatim(style).close().close().line();
        html.open("body").open("main").line();
        html.open("header").element("p", "Lamella", "class", "maker").element("h1", title);
        html.close().line();
        sections.stream().filter(Section::isPresent).forEach(section -> section.write(html));
        html.close();
        html.open("div", "class", "tip", "id", "tip", "role", "status", "aria-live", "polite", "hidden", "")
                .close();
        if (sections.stream().anyMatch(MapDataSection.class::isInstance)) {
            html.open("script").verbatim(script).close();
        }
        return html.close().close().line().toString();
    }

    private static String digest(String content) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(content.getBytes(StandardCharsets.UTF_8));
            return "sha256-" + Base64.getEncoder().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static String resource(String name) {
        try (InputStream in = Report.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is not in the jar");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(name, e);
        }
    }
}

package org.lamella.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.lamella.block.Blocks;
import org.lamella.report.Heatmap;
import org.lamella.report.Report;
import org.lamella.run.ComponentResults;
import org.lamella.run.RunDirectory;
import org.lamella.run.RunResult;
import org.lamella.similarity.CkaMatrix;

/** Follows a run on the console and draws its results. */
final class DrawnRun extends FollowedRun {
    private final ConsoleOptions console;

    DrawnRun(ConsoleOptions console) {
        super(console);
        this.console = console;
    }

    @Override
    public void draw(RunResult result, RunDirectory directory) {
        close();
        CkaMatrix cka = result.cka();
        List<Runnable> pictures = new ArrayList<>();
        result.blocks().stream().filter(found -> !found.isEmpty()).forEach(found -> console.say(found.toString()));
        Heatmap all = marked(Heatmap.of(cka), result.blocks());
        pictures.add(() -> report(result, directory).save(directory.path().resolve("report.html")));
        pictures.add(() -> all.save(directory.path().resolve("cka.png")));
        pictures.add(() -> all.save(directory.path().resolve("cka.svg")));
        if (cka.models().size() > 1) {
            addPairs(result, directory, pictures);
        }
        drawSideBySide(pictures);
    }

    /** With what is known of the insides of the same models, if that is in the folder too. */
    private static Report report(RunResult result, RunDirectory directory) {
        return ComponentResults.read(directory.path())
                .filter(components -> components.areOf(result.manifest()))
                .map(components -> Report.of(result, components))
                .orElseGet(() -> Report.of(result));
    }

    // Each pair once: the other way round is the same picture turned over.
    private static void addPairs(RunResult result, RunDirectory directory, List<Runnable> pictures) {
        CkaMatrix cka = result.cka();
        for (String a : cka.models()) {
            for (String b :
                    cka.models().subList(cka.models().indexOf(a), cka.models().size())) {
                Heatmap pair = marked(
                        Heatmap.of(cka.between(a, b)),
                        result.blocks().stream()
                                .filter(found -> a.equals(b) && found.model().equals(a))
                                .toList());
                Path name = directory.pair(a, b);
                pictures.add(() -> pair.save(name.resolveSibling(name.getFileName() + ".png")));
                pictures.add(() -> pair.save(name.resolveSibling(name.getFileName() + ".svg")));
            }
        }
    }

    private static Heatmap marked(Heatmap map, List<Blocks> blocks) {
        Heatmap marked = map;
        for (Blocks found : blocks) {
            marked = marked.mark(found);
        }
        return marked;
    }

    static void drawSideBySide(List<Runnable> pictures) {
        List<CompletableFuture<Void>> drawing =
                pictures.stream().map(CompletableFuture::runAsync).toList();
        try {
            drawing.forEach(CompletableFuture::join);
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }
}

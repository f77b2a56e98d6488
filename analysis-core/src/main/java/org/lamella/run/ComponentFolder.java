package org.lamella.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.lamella.LamellaException;
import org.lamella.component.ComponentAnalysis;

/** Where an analysis of components goes: a folder of its own, or the run directory of the same models. */
final class ComponentFolder {
    /** Examples of a model, and at each end of a layer, that get a picture. */
    private static final int PICTURES_OF_MODEL = 30;

    private static final int PICTURES_OF_LAYER = 6;

    private final Path path;

    ComponentFolder(Path path) {
        this.path = path;
    }

    /**
     * A folder is ours if an analysis or a run was written to it.
     *
     * @throws LamellaException if it is somebody else's
     */
    void requireFree() {
        if (!Files.exists(path) || ComponentFiles.areIn(path)) {
            return;
        }
        if (!Files.isDirectory(path)) {
            throw new LamellaException(path.toString(), "is a file; --out needs a folder");
        }
        try (Stream<Path> inside = Files.list(path)) {
            Optional<Path> first = inside.findFirst();
            if (first.isPresent() && !Files.isRegularFile(path.resolve("run.json"))) {
                throw new LamellaException(
                        path.toString(),
                        Files.isDirectory(path.resolve("sums"))
                                ? "holds a run that was not finished; finish it with --resume first"
                                : "holds other files (%s); give an empty or a new folder, or the run directory of the same models"
                                        .formatted(first.get().getFileName()));
            }
        } catch (IOException e) {
            throw new LamellaException(path.toString(), "cannot be listed: " + e, e);
        }
    }

    /**
     * @throws LamellaException if it is the run directory of other models
     */
    void requireSameModels(List<RunPlan.Model> analysed) {
        if (!Files.isRegularFile(path.resolve("run.json"))) {
            return;
        }
        List<RunManifest.Model> there =
                RunDirectory.open(path).read().manifest().models();
        Stream<String> compared = there.stream().map(model -> model.name() + " " + model.sha256());
        Stream<String> given = analysed.stream().map(model -> model.name() + " " + model.sha256());
        if (!compared.toList().equals(given.toList())) {
            throw new LamellaException(
                    path.toString(),
                    "is the run directory of other models (%s); give the same ones in the same order, or another folder"
                            .formatted(
                                    there.stream().map(RunManifest.Model::name).collect(Collectors.joining(", "))));
        }
    }

    /** Pictures of the dominant examples of models and of those at both ends of layers. */
    void write(ExampleImages images, ComponentAnalysis found) {
        IntStream ofModels = found.dominance().stream()
                .flatMapToInt(model -> Arrays.stream(model.examples()).limit(PICTURES_OF_MODEL));
        IntStream ofLayers = found.layers().stream()
                .filter(layer -> layer.isDefined())
                .flatMapToInt(layer -> {
                    int[] descending = layer.examplesByScore();
                    int count = Math.min(PICTURES_OF_LAYER, found.dominantCount());
                    return IntStream.concat(
                            Arrays.stream(descending).limit(count),
                            Arrays.stream(descending).skip(descending.length - count));
                });
        IntStream.concat(ofModels, ofLayers)
                .distinct()
                .forEach(example -> images.write(example, ComponentFiles.image(path, example)));
    }

    /** Where the picture of a feature map goes. */
    Path picture(FeatureMap map) {
        String model = map.layer().model().replaceAll("[^A-Za-z0-9._-]", "_");
        return path.resolve("maps")
                .resolve("%s-%d-%d.png".formatted(model, map.layer().layer().index(), map.example()));
    }
}

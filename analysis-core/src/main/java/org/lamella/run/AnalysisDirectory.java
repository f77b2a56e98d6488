package org.lamella.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.lamella.AtomicFile;
import org.lamella.LamellaException;
import org.lamella.similarity.LayerId;

/**
 * The folder that a command beside {@code cka} writes to: a new one, that of an earlier run of the same command, whose results are
 * removed, or the run directory of another command, whose files stay as they are.
 *
 * <p>Results have places of their own everywhere. What every run has, {@code run.json}, {@code layers.csv} and {@code report.html}, is
 * in the folder itself, or in a folder within it that has the command's name where the folder is another command's.
 */
public final class AnalysisDirectory {
    private static final String MANIFEST = "run.json";
    private static final List<String> COMMON = List.of(MANIFEST, "layers.csv", "report.html");

    private final Path path;
    private final Path common;

    private AnalysisDirectory(Path path, Path common) {
        this.path = path;
        this.common = common;
    }

    /**
     * Begins a run.
     *
     * @param command whose run it is: {@code similarity}, {@code probe}
     * @param results what the names of its results match, relative to the folder, with forward slashes
     * @throws LamellaException if the folder is a file, or holds what is no run
     */
    static AnalysisDirectory begin(Path path, String command, String results) {
        if (Files.exists(path) && !Files.isDirectory(path)) {
            throw new LamellaException(path.toString(), "is a file; --out needs a folder");
        }
        boolean another = isOfAnother(path, command);
        if (!another) {
            requireNoOthers(path, command, results);
        }
        Path common = another ? path.resolve(command) : path;
        COMMON.forEach(name -> delete(common.resolve(name)));
        files(path).stream()
                .filter(file -> relative(path, file).matches(results))
                .forEach(AnalysisDirectory::delete);
        return new AnalysisDirectory(path, common);
    }

    /**
     * The finished run of {@code similarity} in a folder, the folder's own or one within the folder of another command; empty if there is
     * none.
     *
     * @param path the folder, or the one within another's
     */
    public static Optional<AnalysisDirectory> ofMeasures(Path path) {
        return find(path, "similarity", MeasureFiles.NAMES);
    }

    /** Likewise of {@code probe}. */
    public static Optional<AnalysisDirectory> ofProbes(Path path) {
        return find(path, "probe", ProbeFile.NAMES);
    }

    private static Optional<AnalysisDirectory> find(Path path, String command, String results) {
        Path common = isOfAnother(path, command) ? path.resolve(command) : path;
        Path manifest = common.resolve(MANIFEST);
        if (!Files.isRegularFile(manifest) || !commandOf(manifest).equals(command)) {
            return Optional.empty();
        }
        @Nullable Path outer = path.toAbsolutePath().normalize().getParent();
        boolean within = outer != null
                && path.endsWith(command)
                && isOfAnother(outer, command)
                && files(path).stream().noneMatch(file -> relative(path, file).matches(results));
        return Optional.of(new AnalysisDirectory(within && outer != null ? outer : path, common));
    }

    private static boolean isOfAnother(Path path, String command) {
        Path manifest = path.resolve(MANIFEST);
        return Files.isRegularFile(manifest)
                ? !commandOf(manifest).equals(command)
                : Files.isRegularFile(path.resolve("components.json"));
    }

    /** The command whose run a manifest is of: the word after the program's name. */
    static String commandOf(Path manifest) {
        try {
            String line =
                    Json.mapper().readTree(manifest.toFile()).path("command").asText();
            return line.replaceFirst("^lamella (\\S+).*", "$1");
        } catch (IOException e) {
            throw new LamellaException(manifest.toString(), "is broken: " + e.getMessage(), e);
        }
    }

    // A run of ours that was cut off has no manifest, but nothing that is not ours either.
    private static void requireNoOthers(Path path, String command, String results) {
        if (Files.isRegularFile(path.resolve(MANIFEST))) {
            return;
        }
        for (Path file : files(path)) {
            String name = relative(path, file);
            boolean ours = COMMON.contains(name) || name.startsWith(command + "/") || name.matches(results);
            if (!ours) {
                throw new LamellaException(
                        path.toString(), "holds other files (" + name + "); give an empty or a new folder");
            }
        }
    }

    private static List<Path> files(Path path) {
        if (!Files.isDirectory(path)) {
            return List.of();
        }
        try (Stream<Path> inside = Files.walk(path)) {
            return inside.filter(Files::isRegularFile).toList();
        } catch (IOException e) {
            throw new LamellaException(path.toString(), "cannot be listed: " + e, e);
        }
    }

    private static String relative(Path path, Path file) {
        return path.relativize(file).toString().replace('\\', '/');
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new LamellaException(file.toString(), "cannot be removed: " + e, e);
        }
    }

    /** The folder. */
    public Path path() {
        return path;
    }

    /** Where the report goes. */
    public Path report() {
        return common.resolve("report.html");
    }

    <T> T manifest(Class<T> type) {
        return Json.read(common.resolve(MANIFEST), type);
    }

    List<LayerId> readLayers() {
        return MatrixFiles.readLayers(common.resolve("layers.csv"));
    }

    void writeLayers(List<RunPlan.Model> models) {
        MatrixFiles.layers(common.resolve("layers.csv"), models);
    }

    /** Writes {@code run.json}; the run is finished with it. */
    void finish(Record manifest) {
        AtomicFile.write(common.resolve(MANIFEST), out -> Json.mapper().writeValue(out, manifest));
    }
}

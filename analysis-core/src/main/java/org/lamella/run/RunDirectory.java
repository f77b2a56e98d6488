package org.lamella.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.lamella.AtomicFile;
import org.lamella.LamellaException;
import org.lamella.block.BlockDetector;
import org.lamella.block.Blocks;
import org.lamella.similarity.Cka;
import org.lamella.similarity.CkaMatrix;
import org.lamella.similarity.HsicSums;
import org.lamella.similarity.LayerId;
import org.lamella.similarity.SumsKeeper;

/**
 * The folder a run writes to. {@code sums/} grows while it works; results come at the end, {@code run.json} last, so a folder
 * without it is a run that was not finished. What the files hold is written in docs/run-directory.md.
 */
public final class RunDirectory {
    private static final String MANIFEST = "run.json";
    private static final String BLOCKS = "blocks.json";
    private static final List<String> RESULTS = List.of(
            MANIFEST,
            BLOCKS,
            "report.html",
            "cka.png",
            "cka.svg",
            "cka.npz",
            "cka.csv",
            "cka-stderr.csv",
            "layers.csv");

    private final Path path;
    private final PartialSums sums;

    private RunDirectory(Path path, PartialSums sums) {
        this.path = path;
        this.sums = sums;
    }

    /**
     * Begins a run, or goes on with one: results of an earlier run in this folder are removed, its partial sums too unless it
     * is resumed.
     *
     * @throws LamellaException if the folder holds something else, or a run under another plan is to be resumed
     */
    public static RunDirectory begin(Path path, RunPlan plan, boolean resume) {
        checkOurs(path);
        Path folder = path.resolve("sums");
        if (resume && Files.isRegularFile(folder.resolve("plan.json"))) {
            PartialSums earlier = PartialSums.open(folder);
            List<String> differences = plan.differences(earlier.plan());
            if (!differences.isEmpty()) {
                throw new LamellaException(
                        path.toString(),
                        "was begun with other settings and cannot be resumed (there: " + String.join(", ", differences)
                                + "); run without --resume to begin anew");
            }
            removeResults(path);
            return new RunDirectory(path, earlier);
        }
        removeResults(path);
        removeSums(path);
        return new RunDirectory(path, PartialSums.start(folder, plan));
    }

    /**
     * A finished run.
     *
     * @throws LamellaException if the folder is none, or the run in it was not finished
     */
    public static RunDirectory open(Path path) {
        if (!Files.isRegularFile(path.resolve(MANIFEST))) {
            String what = Files.isDirectory(path.resolve("sums"))
                    ? "holds a run that was not finished; run it again with --resume"
                    : "is not a run directory: it has no run.json";
            throw new LamellaException(path.toString(), what);
        }
        if (!Files.isDirectory(path.resolve("sums"))) {
            throw new LamellaException(
                    path.toString(),
                    "holds a run of '%s'; what is asked for needs one of 'cka'"
                            .formatted(AnalysisDirectory.commandOf(path.resolve(MANIFEST))));
        }
        return new RunDirectory(path, PartialSums.open(path.resolve("sums")));
    }

    // A folder is ours if a run began in it: its plan is the first file of every run.
    private static void checkOurs(Path path) {
        if (!Files.exists(path)) {
            return;
        }
        if (!Files.isDirectory(path)) {
            throw new LamellaException(path.toString(), "is a file; --out needs a folder");
        }
        if (Files.isRegularFile(path.resolve("sums").resolve("plan.json"))) {
            PartialSums.open(path.resolve("sums"));
            return;
        }
        if (ComponentFiles.areIn(path)) {
            return;
        }
        try (Stream<Path> inside = Files.list(path)) {
            Optional<Path> first = inside.findFirst();
            if (first.isPresent()) {
                throw new LamellaException(
                        path.toString(),
                        "holds other files (" + first.get().getFileName() + "); give an empty or a new folder");
            }
        } catch (IOException e) {
            throw new LamellaException(path.toString(), "cannot be listed: " + e, e);
        }
    }

    /** Deletes the results of an earlier run, and nothing else that may be in the folder. */
    private static void removeResults(Path path) {
        RESULTS.forEach(name -> delete(path.resolve(name)));
        deleteMatching(path.resolve("cka"), ".*--.*\\.(csv|png|svg)");
    }

    private static void removeSums(Path path) {
        deleteMatching(path.resolve("sums"), "plan\\.json|group-\\d+\\.npz(\\.partial)?");
    }

    private static void deleteMatching(Path folder, String names) {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (Stream<Path> inside = Files.list(folder)) {
            inside.filter(file -> file.getFileName().toString().matches(names)).forEach(RunDirectory::delete);
        } catch (IOException e) {
            throw new LamellaException(folder.toString(), "cannot be listed: " + e, e);
        }
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

    /** The partial sums. */
    public PartialSums sums() {
        return sums;
    }

    /** Keeps the sums of every group of batches in this folder as soon as it is done, and gives back those that are there. */
    public SumsKeeper keeper(BiConsumer<Integer, Integer> progress) {
        return new SumsKeeper() {
            @Override
            public Optional<HsicSums> finished(int group) {
                return sums.read(group);
            }

            @Override
            public void finish(int group, HsicSums done) {
                sums.write(group, done);
            }

            @Override
            public void progress(int batchesDone, int batches) {
                progress.accept(batchesDone, batches);
            }
        };
    }

    /** Writes the matrices and the list of layers. */
    public void writeResults(CkaMatrix cka) {
        List<String> models = cka.models();
        boolean one = models.size() == 1;
        MatrixFiles.layers(path.resolve("layers.csv"), sums.plan().models());
        for (String a : models) {
            for (String b : models) {
                CkaMatrix pair = cka.between(a, b);
                Path file = one ? path.resolve("cka.csv") : path.resolve("cka").resolve(a + "--" + b + ".csv");
                MatrixFiles.csv(file, pair, pair::value, LayerId::name);
            }
        }
        MatrixFiles.csv(
                path.resolve("cka-stderr.csv"), cka, cka::standardError, one ? LayerId::name : LayerId::toString);
        MatrixFiles.npz(path.resolve("cka.npz"), cka);
    }

    /**
     * The blocks of every model, with their stability over the groups of batches, and explained where the folder has the files of
     * {@code lamella components}.
     *
     * @param cka the matrix of the sums
     */
    public List<Blocks> findBlocks(CkaMatrix cka, BlockDetector detector) {
        return RunBlocks.explained(RunBlocks.find(cka, sums.all(), detector), path);
    }

    /**
     * Writes {@code blocks.json}.
     *
     * @param chance scores of networks to compare with, by name; may be empty
     */
    public void writeBlocks(List<Blocks> found, BlockDetector detector, Map<String, Double> chance) {
        BlocksFile.write(path.resolve(BLOCKS), found, detector, chance);
    }

    /** Finds the blocks as they are found by default, and writes them. */
    List<Blocks> blocksFound(CkaMatrix cka) {
        BlockDetector detector = BlockDetector.defaults();
        List<Blocks> found = findBlocks(cka, detector);
        writeBlocks(found, detector, Map.of());
        return found;
    }

    private List<Blocks> readBlocks() {
        Path file = path.resolve(BLOCKS);
        return Files.isRegularFile(file) ? RunBlocks.explained(BlocksFile.read(file), path) : List.of();
    }

    /** Writes {@code run.json}; the run is finished with it. */
    public void finish(RunManifest manifest) {
        AtomicFile.write(path.resolve(MANIFEST), out -> Json.mapper().writeValue(out, manifest));
    }

    /** What was run, the matrix made again of the sums, and the blocks that were found in it. */
    public RunResult read() {
        RunManifest manifest = Json.read(path.resolve(MANIFEST), RunManifest.class);
        return new RunResult(manifest, Cka.matrix(sums.plan().layers(), sums.all()), readBlocks());
    }

    /** Where the pictures of a pair of models go: {@code cka/A--B}, to be followed by a suffix. */
    public Path pair(String rowModel, String columnModel) {
        return path.resolve("cka").resolve(rowModel + "--" + columnModel);
    }
}

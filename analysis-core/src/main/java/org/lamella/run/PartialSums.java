package org.lamella.run;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.lamella.AtomicFile;
import org.lamella.LamellaException;
import org.lamella.array.ArrayFile;
import org.lamella.array.NpzWriter;
import org.lamella.array.StoredArray;
import org.lamella.similarity.HsicSums;

/**
 * The {@code sums/} of a run directory: {@code plan.json} and, for every finished group of batches, {@code group-NN.npz} with
 * float64 {@code hsic} (the pairs of layers i ≤ j, row by row) and int64 {@code count} (batches, examples). A file is there
 * only if its group is done.
 */
public final class PartialSums {
    private final Path folder;
    private final RunPlan plan;

    private PartialSums(Path folder, RunPlan plan) {
        this.folder = folder;
        this.plan = plan;
    }

    /** Starts the sums of a run; there must be none yet. */
    static PartialSums start(Path folder, RunPlan plan) {
        AtomicFile.write(folder.resolve("plan.json"), out -> json().writeValue(out, plan));
        return new PartialSums(folder, plan);
    }

    /**
     * The sums of a run, finished or not.
     *
     * @throws LamellaException if there are none, or their plan cannot be read
     */
    static PartialSums open(Path folder) {
        Path file = folder.resolve("plan.json");
        try {
            return new PartialSums(folder, json().readValue(file.toFile(), RunPlan.class));
        } catch (IOException e) {
            throw new LamellaException(
                    file.toString(), "is missing or broken, so the partial sums beside it cannot be used", e);
        }
    }

    private static ObjectMapper json() {
        return Json.mapper();
    }

    /** What the sums belong to. */
    public RunPlan plan() {
        return plan;
    }

    void write(int group, HsicSums sums) {
        double[] hsic = sums.upperTriangle();
        AtomicFile.write(file(group), out -> {
            try (var npz = new NpzWriter(out)) {
                npz.add("hsic", hsic, hsic.length);
                npz.add("count", new long[] {sums.batches(), sums.examples()}, 2);
            }
        });
    }

    private Path file(int group) {
        return folder.resolve("group-%02d.npz".formatted(group));
    }

    /** The sums of a group, if it is done. */
    Optional<HsicSums> read(int group) {
        if (!Files.isRegularFile(file(group))) {
            return Optional.empty();
        }
        try (ArrayFile file = ArrayFile.open(file(group))) {
            double[] count = numbers(file, "count", group);
            int layers = plan.layers().size();
            return Optional.of(HsicSums.of(layers, (int) count[0], (long) count[1], numbers(file, "hsic", group)));
        } catch (IllegalArgumentException e) {
            throw new LamellaException(file(group).toString(), "does not fit plan.json beside it", e);
        }
    }

    private double[] numbers(ArrayFile file, String name, int group) {
        return file.array(name)
                .map(StoredArray::readDoubles)
                .orElseThrow(() -> new LamellaException(file(group).toString(), "has no array '" + name + "'"));
    }

    /**
     * The sums of all groups.
     *
     * @throws LamellaException if one is not done
     */
    public List<HsicSums> all() {
        List<HsicSums> groups = new ArrayList<>();
        for (int group = 0; group < plan.groups(); group++) {
            int wanted = group;
            groups.add(read(group)
                    .orElseThrow(() -> new LamellaException(
                            folder.toString(),
                            "has %d of %d groups of batches up to here: the run was not finished; run it again with --resume"
                                    .formatted(wanted, plan.groups()))));
        }
        return groups;
    }
}

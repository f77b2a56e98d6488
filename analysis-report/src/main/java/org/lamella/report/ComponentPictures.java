package org.lamella.report;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.lamella.run.ComponentMatrix;
import org.lamella.run.ComponentResults;

/** The pictures that stand beside the files of a component analysis. */
public final class ComponentPictures {
    private ComponentPictures() {}

    /** A heat map of every matrix, each as a task that may run beside the others. */
    public static List<Runnable> of(ComponentResults results) {
        List<Runnable> pictures = new ArrayList<>();
        String names = String.join(", ", results.models());
        titles(results).forEach((which, title) -> {
            Path file = results.folder().resolve(which.stem(results.manifest().removed()) + ".png");
            Heatmap map = Heatmap.of(results.matrix(which)).withTitle(title + ": " + names);
            pictures.add(() -> map.save(file));
        });
        return pictures;
    }

    /** What each matrix is called. */
    static Map<ComponentMatrix, String> titles(ComponentResults results) {
        int removed = results.manifest().removed();
        Map<ComponentMatrix, String> titles = new java.util.EnumMap<>(ComponentMatrix.class);
        titles.put(ComponentMatrix.PC1_COSINE, "First components alike (squared cosine)");
        titles.put(ComponentMatrix.CKA, "CKA on all examples at once");
        titles.put(
                ComponentMatrix.CKA_WITHOUT_COMPONENTS,
                removed == 1
                        ? "CKA without the first component"
                        : "CKA without the first %d components".formatted(removed));
        titles.put(ComponentMatrix.CKA_WITHOUT_DOMINANT, "CKA without the dominant examples");
        titles.put(ComponentMatrix.CKA_UNIT_NORM, "CKA of examples scaled to unit norm");
        titles.put(ComponentMatrix.DOMINANT_OVERLAP, "Dominant examples in common");
        return titles;
    }
}

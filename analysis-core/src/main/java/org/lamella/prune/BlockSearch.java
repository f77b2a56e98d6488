package org.lamella.prune;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.lamella.activation.ActivationSource;
import org.lamella.activation.ChosenSource;
import org.lamella.activation.Layer;
import org.lamella.activation.Reduction;
import org.lamella.block.BlockDetector;
import org.lamella.data.Examples;
import org.lamella.similarity.Cka;
import org.lamella.similarity.CkaMatrix;
import org.lamella.similarity.Estimator;

/** CKA of a graph's layers on some examples, and the blocks in it. */
final class BlockSearch {
    /** As many tell the blocks as well as ten times as many do. */
    private static final int MOST_EXAMPLES = 1024;

    private BlockSearch() {}

    /** The blocks among the layers that units take and give: cutting a unit puts the one where the other was. */
    static BlockLayers blocks(Original original, List<Unit> units, Examples arranged, int[] chosen, int batch) {
        Set<String> ends = new HashSet<>();
        units.forEach(unit -> ends.addAll(List.of(unit.sourceLayer(), unit.exitLayer())));
        if (original.model().layers().stream().noneMatch(layer -> ends.contains(layer.name()))) {
            return new BlockLayers(List.of(), List.of());
        }
        return BlockLayers.of(BlockDetector.defaults()
                .detect(similarity(original, layer -> ends.contains(layer.name()), arranged, chosen, batch)));
    }

    /** The matrix of all layers, on at most {@value #MOST_EXAMPLES} examples. */
    static CkaMatrix similarity(Original original, Examples arranged, int[] chosen, int batch) {
        return similarity(original, layer -> true, arranged, chosen, batch);
    }

    private static CkaMatrix similarity(
            Original original, Predicate<Layer> compared, Examples arranged, int[] chosen, int batch) {
        int[] some = Arrays.copyOf(chosen, Math.min(MOST_EXAMPLES, chosen.length));
        List<Layer> layers = original.model().layers();
        List<Layer> kept = layers.stream()
                .filter(compared)
                .filter(layer -> !original.reduction().obstacles(layers).containsKey(layer))
                .toList();
        int size = Math.max(Estimator.SMALLEST_BATCH, Math.min(batch, some.length));
        try (ActivationSource source = reduced(
                original,
                new ChosenSource(
                        original.model().on(arranged, kept, original.name(), original.threads(), original.memory()),
                        some))) {
            return Cka.of(List.of(source))
                    .with(new Cka.Options(Estimator.UNBIASED, size, 1, 0, 0, original.threads()))
                    .compute();
        }
    }

    private static ActivationSource reduced(Original original, ActivationSource source) {
        Reduction reduction = original.reduction();
        return reduction.of(source, original.threads());
    }
}

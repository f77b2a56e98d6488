package org.lamella.component;

import java.util.List;
import org.lamella.linalg.GramPrecision;
import org.lamella.similarity.CkaMatrix;
import org.lamella.similarity.LayerId;

/**
 * What {@link Components} found. The matrices are over all layers of all models; a layer that is the same for all examples is NaN
 * in all of them.
 *
 * @param examples that took part, n
 * @param precision in which Gram matrices were summed up
 * @param removed components taken away for {@code ckaWithout}
 * @param dominantCount how many examples count as dominant in a model or a layer
 * @param layers components by layer
 * @param dominance by model, in the order of the models
 * @param pc1Cosine squared cosine of the first components of two layers, as vectors over the examples
 * @param dominantOverlap of the {@code dominantCount} examples with the largest scores on the first component, of either sign, the
 *     part that two layers have in common; {@code dominantCount / examples} by chance
 * @param cka unbiased, on all examples at once
 * @param ckaWithout likewise, with the first components taken away from every layer
 * @param ckaWithoutDominant likewise, on the examples that are not dominant in any model
 * @param ckaUnitNorm likewise, of activations of which each example was scaled to unit norm
 * @param cells taken apart
 */
public record ComponentAnalysis(
        int examples,
        GramPrecision precision,
        int removed,
        int dominantCount,
        List<LayerComponents> layers,
        List<Dominance> dominance,
        CkaMatrix pc1Cosine,
        CkaMatrix dominantOverlap,
        CkaMatrix cka,
        CkaMatrix ckaWithout,
        CkaMatrix ckaWithoutDominant,
        CkaMatrix ckaUnitNorm,
        List<CellOverlaps> cells) {
    public ComponentAnalysis {
        layers = List.copyOf(layers);
        dominance = List.copyOf(dominance);
        cells = List.copyOf(cells);
    }

    /** The layers that have no components. */
    public List<LayerId> undefined() {
        return layers.stream()
                .filter(layer -> !layer.isDefined())
                .map(LayerComponents::layer)
                .toList();
    }

    /** The names of the models, in order. */
    public List<String> models() {
        return cka.models();
    }
}

package org.lamella.run;

import java.util.List;
import org.lamella.block.Blocks;
import org.lamella.similarity.CkaMatrix;

/**
 * A finished run: what was run, and what came out.
 *
 * @param cka one square matrix over all layers of all models
 * @param blocks of each model, in their order; empty where they were not sought
 */
public record RunResult(RunManifest manifest, CkaMatrix cka, List<Blocks> blocks) {
    public RunResult {
        blocks = List.copyOf(blocks);
    }

    /** A run in which no blocks were sought. */
    public RunResult(RunManifest manifest, CkaMatrix cka) {
        this(manifest, cka, List.of());
    }
}

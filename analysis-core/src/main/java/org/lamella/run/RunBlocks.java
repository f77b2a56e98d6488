package org.lamella.run;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.lamella.block.BlockDetector;
import org.lamella.block.BlockStability;
import org.lamella.block.Blocks;
import org.lamella.similarity.CkaMatrix;
import org.lamella.similarity.HsicSums;

/** The blocks of every model of a run, each in its own part of the matrix. */
final class RunBlocks {
    private RunBlocks() {}

    /** @param groups of the matrix's sums */
    static List<Blocks> find(CkaMatrix cka, List<HsicSums> groups, BlockDetector detector) {
        List<Blocks> found = new ArrayList<>();
        for (String model : cka.models()) {
            int offset = IntStream.range(0, cka.rows().size())
                    .filter(i -> cka.rows().get(i).model().equals(model))
                    .findFirst()
                    .orElseThrow();
            found.add(BlockStability.defaults()
                    .measure(detector.detect(cka.between(model, model)), detector, groups, offset));
        }
        return found;
    }

    /** With what the principal components tell, where the folder has their files. */
    static List<Blocks> explained(List<Blocks> found, Path folder) {
        return ComponentTables.in(folder)
                .map(tables -> found.stream()
                        .map(one -> new Blocks(
                                one.model(),
                                one.layers(),
                                one.blocks().stream()
                                        .map(block -> tables.explain(one, block, found.size() > 1))
                                        .toList()))
                        .toList())
                .orElse(found);
    }
}

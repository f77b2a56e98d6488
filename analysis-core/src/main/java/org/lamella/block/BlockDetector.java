package org.lamella.block;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.lamella.similarity.CkaMatrix;

/**
 * Finds blocks: long runs of layers of which <em>every</em> pair is similar and whose borders show (Nguyen, Raghu and
 * Kornblith 2021, sec. 4, describe them; the method is this project's).
 *
 * <p>A run's contrast is its least similar pair less the mean similarity of the layer before it, or after it, to the layers
 * inside, whichever border is weaker. It is above 0 only if two layers at opposite ends of the run resemble each other more
 * than the next layer outside resembles the run: in a chain of similar neighbours that drifts, the ends of any run are further
 * apart than its border is from its middle, so no run of a chain has any contrast, and no threshold on the drift is needed. The
 * blocks are the runs without a layer in common whose lengths times contrasts add up to the most, found exactly by a scan of
 * all runs.
 *
 * <p>Where layers are out of line (the checkerboard of residual networks), runs are sought in the main line of comparable
 * layers and in those beside it apart, then stated over all layers: a run beside that nearly covers the same stretch is one
 * block with that of the main line, and one that lies elsewhere is a block of its own. Undefined layers are passed over.
 *
 * <p>Cost: layers² steps: a second for 10,000 layers.
 *
 * <pre>{@code Blocks found = BlockDetector.defaults().detect(cka);}</pre>
 *
 * @param length layers that a block has at least, 3 or more
 * @param similarity that every pair of comparable layers of a block has at least
 * @param contrast that a block has at least; it should be four times the noise of a cell, or more
 * @param margin by which two layers are more similar to each other than to one between them, for that one to be out of line
 */
public record BlockDetector(int length, double similarity, double contrast, double margin) {
    /** Members that a run among some of the layers has at least: fewer have no pair that is not with a neighbour. */
    private static final int FEWEST = 3;

    /** Of the layers from the first to the last of a run beside the main line, those that must be in it. */
    private static final double DENSEST_GAP = 0.4;

    public BlockDetector {
        if (length < FEWEST || !(contrast > 0) || !(margin > 0) || Double.isNaN(similarity)) {
            throw new IllegalArgumentException(
                    "a block has %d layers or more, and contrast and margin above 0, not %d, %s and %s"
                            .formatted(FEWEST, length, contrast, margin));
        }
    }

    /** Blocks of 4 layers or more, every pair at least 0.8, contrast at least 0.03, out of line from 0.05 on. */
    public static BlockDetector defaults() {
        return new BlockDetector(4, 0.8, 0.03, 0.05);
    }

    /** With another least length. */
    public BlockDetector withLength(int layers) {
        return new BlockDetector(layers, similarity, contrast, margin);
    }

    /** With another least similarity. */
    public BlockDetector withSimilarity(double least) {
        return new BlockDetector(length, least, contrast, margin);
    }

    /** With another least contrast. */
    public BlockDetector withContrast(double least) {
        return new BlockDetector(length, similarity, least, margin);
    }

    /** With another margin from which on a layer is out of line. */
    public BlockDetector withMargin(double least) {
        return new BlockDetector(length, similarity, contrast, least);
    }

    /**
     * The blocks of one model.
     *
     * @throws org.lamella.LamellaException if the matrix is of several models
     */
    public Blocks detect(CkaMatrix cka) {
        return detect(LayerSimilarity.of(cka));
    }

    /** The blocks in a matrix of any symmetric measure. */
    public Blocks detect(LayerSimilarity similarities) {
        int[] defined = similarities.defined();
        var lines = ComparableLayers.of(similarities.among(defined), defined.length, margin);
        List<Stretch> stretches = new ArrayList<>(runs(similarities, chosen(defined, lines.main()), defined.length));
        for (Stretch beside : runs(similarities, chosen(defined, lines.beside()), defined.length)) {
            join(stretches, beside);
        }
        return new Blocks(
                similarities.model(),
                similarities.layers(),
                stretches.stream()
                        .filter(stretch -> stretch.length() >= length)
                        .sorted(Comparator.comparingInt(Stretch::start))
                        .map(stretch -> stretch.block(similarities.layers()))
                        .toList());
    }

    private static int[] chosen(int[] from, int[] positions) {
        return IntStream.of(positions).map(i -> from[i]).toArray();
    }

    /** @param all how many layers there are, of which these are some */
    private List<Stretch> runs(LayerSimilarity similarities, int[] line, int all) {
        int least = Math.max(FEWEST, (int) Math.round((double) length * line.length / all));
        return Run.best(similarities.among(line), line.length, least, similarity, contrast).stream()
                .map(run -> Stretch.of(run, line))
                .toList();
    }

    private static void join(List<Stretch> stretches, Stretch beside) {
        for (int i = 0; i < stretches.size(); i++) {
            if (stretches.get(i).isAbout(beside)) {
                stretches.set(i, stretches.get(i).and(beside));
                return;
            }
        }
        if (stretches.stream().noneMatch(beside::touches) && beside.density() >= DENSEST_GAP) {
            stretches.add(beside);
        }
    }
}

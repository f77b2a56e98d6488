package org.lamella.prune;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.lamella.LamellaException;
import org.lamella.activation.Layer;
import org.lamella.data.DataSource;
import org.lamella.data.Examples;
import org.lamella.onnx.OnnxModel;
import org.lamella.onnx.SeenTensor;
import org.lamella.similarity.CkaMatrix;

/**
 * The deletion experiment of Nguyen, Raghu and Kornblith (2021, section 5): residual blocks are removed one at a time from the end of each
 * stage, the skip kept, nothing trained again. A stage is a run of residual units whose sums have one shape.
 *
 * @param cka of all layers, on at most 1,024 of the examples
 * @param whole accuracy of the whole model
 * @param steps in the order of the layers
 */
public record Deletion(CkaMatrix cka, Interval whole, List<Step> steps) {
    public Deletion {
        steps = List.copyOf(steps);
    }

    /**
     * A cut of the last blocks of a stage.
     *
     * @param stage from 1
     * @param removed how many blocks, the last of the stage
     * @param first the first of the blocks removed: the layer of its sum
     * @param layer index of that layer in the matrix
     * @param accuracy without them, with Wilson's interval of 95 %
     */
    public record Step(int stage, int removed, String first, int layer, Interval accuracy) {}

    /**
     * Cuts and runs the model once for every block.
     *
     * @param examples of the data, the first; 0 for all
     * @param progress told after every cut
     * @throws LamellaException if the model has no residual blocks, or the data no labels
     */
    public static Deletion of(Original original, DataSource data, int examples, int batch, IntConsumer progress) {
        Units units = Units.of(original.model(), original.graph());
        List<Block> blocks = blocks(units.units());
        if (blocks.isEmpty()) {
            throw new LamellaException(
                    original.path().toString(),
                    "has no residual blocks to remove; 'lamella prune MODEL --list' says why");
        }
        Examples arranged = original.arranged(data.examples());
        int count = examples == 0 ? arranged.size() : Math.min(examples, arranged.size());
        int[] chosen = IntStream.range(0, count).toArray();
        Answers before = original.answers(original.model(), arranged, chosen, batch);
        Judge judge = Judge.of(Measure.ACCURACY, before, original.givesVectors(), arranged, chosen);
        CkaMatrix cka = BlockSearch.similarity(original, arranged, chosen, batch);
        List<String> layers = cka.rows().stream().map(id -> id.layer().name()).toList();
        Surgery surgery = new Surgery(original.graph());
        List<Step> steps = new ArrayList<>();
        int stage = 0;
        int done = 0;
        for (List<Block> of : stages(original, blocks)) {
            stage++;
            for (int first = 0; first < of.size(); first++) {
                OnnxModel cut = original.model()
                        .rewritten(surgery.without(of.subList(first, of.size()).stream()
                                .flatMap(block -> block.branches().stream())
                                .toList()));
                Answers after = original.answers(cut, arranged, chosen, batch);
                String name = of.get(first).branches().get(0).exitLayer();
                Interval accuracy = judge.compare(after, 0).after();
                if (accuracy == null) {
                    throw new IllegalStateException("accuracy without labels");
                }
                steps.add(new Step(stage, of.size() - first, name, layers.indexOf(name), accuracy));
                progress.accept(++done);
            }
        }
        Interval whole = judge.compare(before, 0).before();
        if (whole == null) {
            throw new IllegalStateException("accuracy without labels");
        }
        return new Deletion(cka, whole, steps);
    }

    /** All branches that end in one sum: one of most networks, more where a sum takes several. */
    private record Block(List<Unit> branches) {}

    private static List<Block> blocks(List<Unit> units) {
        Map<String, List<Unit>> branches = new LinkedHashMap<>();
        units.stream()
                .filter(unit -> unit.kind() == Unit.Kind.RESIDUAL)
                .forEach(unit -> branches.computeIfAbsent(unit.exit(), sum -> new ArrayList<>())
                        .add(unit));
        return branches.values().stream().map(Block::new).toList();
    }

    private static List<List<Block>> stages(Original original, List<Block> blocks) {
        List<List<Block>> stages = new ArrayList<>();
        List<Long> shape = List.of();
        for (Block block : blocks) {
            SeenTensor sum =
                    original.model().tensors().get(block.branches().get(0).exit());
            List<Long> its = sum == null ? List.of() : sum.shape();
            if (stages.isEmpty() || !its.equals(shape)) {
                stages.add(new ArrayList<>());
            }
            stages.get(stages.size() - 1).add(block);
            shape = its;
        }
        return stages;
    }

    /** Names of the layers of the matrix. */
    public List<String> layers() {
        return cka.rows().stream().map(id -> id.layer()).map(Layer::name).toList();
    }

    /** A line for the whole model, then one for each step. */
    public String csv() {
        StringBuilder lines = new StringBuilder("stage,removed,first,layer,accuracy,lower,upper\n");
        lines.append(String.format(Locale.ROOT, "0,0,,,%s,%s,%s\n", whole.value(), whole.lower(), whole.upper()));
        for (Step step : steps) {
            lines.append(String.format(
                    Locale.ROOT,
                    "%d,%d,\"%s\",%d,%s,%s,%s\n",
                    step.stage(),
                    step.removed(),
                    step.first().replace("\"", "\"\""),
                    step.layer(),
                    step.accuracy().value(),
                    step.accuracy().lower(),
                    step.accuracy().upper()));
        }
        return lines.toString();
    }

    /** Writes {@code deletion.csv}; the experiment is finished with it. */
    public void save(PruneDirectory directory) {
        directory.write(this);
    }
}

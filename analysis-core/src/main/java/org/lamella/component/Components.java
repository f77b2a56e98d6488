package org.lamella.component;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.lamella.LamellaException;
import org.lamella.activation.ActivationSource;
import org.lamella.linalg.GramPrecision;
import org.lamella.linalg.SymmetricEigen;
import org.lamella.similarity.CkaMatrix;
import org.lamella.similarity.FullGrams;
import org.lamella.similarity.GramStack;
import org.lamella.similarity.GramView;
import org.lamella.similarity.LayerId;

/**
 * Principal components and dominant examples of all layers of all models, on all examples at once (Nguyen, Raghu and Kornblith
 * 2021, sec. 4, and 2022).
 *
 * <p>Everything comes from one n × n Gram matrix a layer: its eigenvectors are the components' scores over the examples, and
 * taking components or examples away from an activation, or scaling its examples, is a small change of that matrix. So every model
 * runs once, and no matrix of n × d in float64 or of d × d is ever made.
 *
 * <pre>{@code
 * ComponentAnalysis found = Components.of(List.of(source)).examples(2048).compute();
 * }</pre>
 */
public final class Components {
    private final List<ActivationSource> sources;
    private final Options options;
    private final Classes classes;

    /**
     * What is computed.
     *
     * @param examples how many, from the first on; 0 for all
     * @param components leading components of each layer
     * @param removed how many of them are taken away for the CKA without them
     * @param dominant fraction of the examples that count as dominant
     * @param cells pairs of layers, by the model's name and theirs or theirs alone, whose cell is taken apart
     * @param stackInFile whether Gram matrices wait in a temporary file, where they do not fit memory
     * @param threads layers that are worked on at once
     */
    public record Options(
            int examples,
            int components,
            int removed,
            double dominant,
            List<Cell> cells,
            boolean stackInFile,
            int threads) {
        public Options {
            cells = List.copyOf(cells);
            if (components < 1 || removed < 1 || removed > components) {
                throw new IllegalArgumentException(
                        "of %d components %d cannot be removed".formatted(components, removed));
            }
            if (!(dominant > 0 && dominant < 0.5)) {
                throw new IllegalArgumentException("a fraction between 0 and 0.5 is needed, not " + dominant);
            }
        }

        /** Ten components of 2,048 examples, one of them removed, one example of a hundred dominant. */
        public static Options defaults() {
            return new Options(
                    2048, 10, 1, 0.01, List.of(), false, Runtime.getRuntime().availableProcessors());
        }

        /** About the bytes that Gram matrices take: those kept, and those worked on. */
        public long memory(int layers, int examplesThere) {
            FullGrams.Options grams = grams(examplesThere);
            long kept = stackInFile ? 0 : GramStack.bytes(layers, grams.examples(), grams.precision());
            return kept + grams.memory(examplesThere);
        }

        FullGrams.Options grams(int examplesThere) {
            int used = examples == 0 ? examplesThere : Math.min(examples, examplesThere);
            return FullGrams.Options.of(used, threads);
        }

        /** With so many examples, from the first on; 0 for all. */
        public Options withExamples(int count) {
            return new Options(count, components, removed, dominant, cells, stackInFile, threads);
        }

        /** With Gram matrices in a temporary file. */
        public Options withStackInFile() {
            return new Options(examples, components, removed, dominant, cells, true, threads);
        }
    }

    /** Two layers, as a user names them. */
    public record Cell(String row, String column) {}

    private Components(List<ActivationSource> sources, Options options, Classes classes) {
        this.sources = List.copyOf(sources);
        this.options = options;
        this.classes = classes;
    }

    /** Of all layers of some models, whose names must differ, on the same examples. */
    public static Components of(List<ActivationSource> sources) {
        return new Components(sources, Options.defaults(), Classes.none());
    }

    /** All settings at once. */
    public Components with(Options changed) {
        return new Components(sources, changed, classes);
    }

    /** How many examples, from the first on. */
    public Components examples(int count) {
        return with(options.withExamples(count));
    }

    /** The classes of the examples that are used. */
    public Components classes(Classes known) {
        return new Components(sources, options, known);
    }

    /**
     * Runs the models once and computes everything. The sources stay open.
     *
     * @throws LamellaException if the models differ in their examples, an activation is not finite, or a cell is not there
     */
    public ComponentAnalysis compute() {
        return compute(done -> {});
    }

    /** As {@link #compute()}. */
    public ComponentAnalysis compute(java.util.function.IntConsumer layersDone) {
        var grams = new FullGrams(sources, options.grams(sources.get(0).examples()));
        int n = grams.examples();
        int dominant = Dominance.size(n, options.dominant());
        if (n - (long) dominant * sources.size() < 4) {
            throw new LamellaException(
                    "--examples", "%d are too few to leave the dominant ones out of them; 4 must be left".formatted(n));
        }
        List<LayerId> layers = grams.layers();
        int[][] cells = options.cells().stream()
                .map(cell -> new int[] {position(cell.row(), layers), position(cell.column(), layers)})
                .toArray(int[][]::new);
        GramPrecision precision = options.grams(n).precision();
        try (GramStack stack = options.stackInFile() && precision == GramPrecision.FLOAT32
                ? GramStack.inFile(layers, n)
                : GramStack.inMemory(layers, n, precision)) {
            List<LayerComponents> found = components(grams, stack, precision, layersDone);
            return analysis(stack, found, precision, cells);
        }
    }

    private static int position(String named, List<LayerId> layers) {
        int[] found = IntStream.range(0, layers.size())
                .filter(i -> layers.get(i).name().equals(named)
                        || layers.get(i).toString().equals(named))
                .toArray();
        if (found.length != 1) {
            throw new LamellaException(
                    "--cell " + named,
                    found.length == 0
                            ? "there is no such layer among those compared"
                            : "%d models have a layer of that name; write MODEL/LAYER".formatted(found.length));
        }
        return found[0];
    }

    private List<LayerComponents> components(
            FullGrams grams, GramStack stack, GramPrecision precision, java.util.function.IntConsumer layersDone) {
        // In float32 the Gram matrix itself is not known better than this.
        double tolerance = precision == GramPrecision.FLOAT64 ? 1e-11 : 1e-6;
        int count = Math.min(options.components(), grams.examples() - 1);
        var wanted = new SymmetricEigen.Leading(count, Math.min(count, options.removed()), tolerance);
        LayerComponents[] found = new LayerComponents[grams.layers().size()];
        var done = new java.util.concurrent.atomic.AtomicInteger();
        layersDone.accept(0);
        grams.forEach((layer, gram, activation) -> {
            double norm = stack.put(layer, gram);
            found[layer] = LayerComponents.of(grams.layers().get(layer), gram, norm, wanted, classes);
            layersDone.accept(done.incrementAndGet());
        });
        return aligned(Arrays.asList(found));
    }

    /** Signs chosen so that components do not flip from one layer of a model to the next. */
    private static List<LayerComponents> aligned(List<LayerComponents> found) {
        List<LayerComponents> aligned = new ArrayList<>();
        LayerComponents before = null;
        for (LayerComponents layer : found) {
            boolean sameModel = before != null
                    && before.layer().model().equals(layer.layer().model());
            LayerComponents turned =
                    sameModel && layer.isDefined() ? layer.alignedTo(java.util.Objects.requireNonNull(before)) : layer;
            aligned.add(turned);
            before = turned.isDefined() || !sameModel ? turned : before;
        }
        return aligned;
    }

    private ComponentAnalysis analysis(
            GramStack stack, List<LayerComponents> found, GramPrecision precision, int[][] cells) {
        int n = stack.examples();
        List<Dominance> dominance = found.stream()
                .map(layer -> layer.layer().model())
                .distinct()
                .map(model -> Dominance.of(
                        found.stream()
                                .filter(layer -> layer.layer().model().equals(model))
                                .toList(),
                        n,
                        options.dominant()))
                .toList();
        int[] dropped = dominance.stream()
                .flatMapToInt(model -> Arrays.stream(model.examples()))
                .distinct()
                .sorted()
                .toArray();
        return new ComponentAnalysis(
                n,
                precision,
                options.removed(),
                Dominance.size(n, options.dominant()),
                found,
                dominance,
                pc1Cosine(found),
                overlap(found, n),
                stack.cka(GramView.whole(), options.threads()),
                stack.cka(without(stack, found), options.threads()),
                stack.cka(GramView.whole(), GramView.others(n, dropped), options.threads()),
                stack.cka(unitNorm(stack, found), options.threads()),
                Arrays.stream(cells)
                        .map(cell -> cell(stack, cell[0], cell[1], found))
                        .toList());
    }

    private static CellOverlaps cell(GramStack stack, int row, int column, List<LayerComponents> found) {
        for (int layer : new int[] {row, column}) {
            if (!found.get(layer).isDefined()) {
                throw new LamellaException(
                        "--cell " + found.get(layer).layer(),
                        "this layer is the same for all examples and has no components");
            }
        }
        return CellOverlaps.of(stack, row, column, found.get(row), found.get(column));
    }

    private GramView without(GramStack stack, List<LayerComponents> found) {
        double[][] eigenvalues = new double[found.size()][];
        double[][][] scores = new double[found.size()][][];
        for (int layer = 0; layer < found.size(); layer++) {
            LayerComponents components = found.get(layer);
            double scale = stack.scale(layer);
            int removed = Math.min(options.removed(), components.count());
            eigenvalues[layer] = numbers(removed, c -> components.eigenvalue(c) / scale);
            scores[layer] =
                    IntStream.range(0, removed).mapToObj(components::scores).toArray(double[][]::new);
        }
        return GramView.without(eigenvalues, scores);
    }

    private static GramView unitNorm(GramStack stack, List<LayerComponents> found) {
        double[][] shifts = new double[found.size()][];
        double[][] norms = new double[found.size()][];
        for (int layer = 0; layer < found.size(); layer++) {
            double[] shift = found.get(layer).shift();
            double[] norm = found.get(layer).norms();
            double scale = stack.scale(layer);
            shifts[layer] = numbers(shift.length, i -> shift[i] / scale);
            norms[layer] = numbers(norm.length, i -> norm[i] / Math.sqrt(scale));
        }
        return GramView.unitNorm(shifts, norms);
    }

    private static double[] numbers(int count, IntToDoubleFunction number) {
        return IntStream.range(0, count).mapToDouble(number).toArray();
    }

    /** The squared cosine of the first components of every two layers, as vectors over the examples. */
    private static CkaMatrix pc1Cosine(List<LayerComponents> found) {
        return matrix(found, (i, j) -> {
            double cosine =
                    LayerComponents.dot(found.get(i).scores(0), found.get(j).scores(0));
            return cosine * cosine;
        });
    }

    /** The part of the most extreme examples on the first component that two layers have in common. */
    private CkaMatrix overlap(List<LayerComponents> found, int n) {
        int count = Dominance.size(n, options.dominant());
        List<int[]> extremes = found.stream()
                .map(layer -> layer.isDefined() ? Dominance.extremes(layer, count) : new int[0])
                .toList();
        return matrix(found, (i, j) -> Dominance.overlap(extremes.get(i), extremes.get(j)));
    }

    /** A number of two layers, by their positions. */
    @FunctionalInterface
    private interface Pair {
        double of(int row, int column);
    }

    /** Of the pairs of layers that have components; the others have no number. */
    private static CkaMatrix matrix(List<LayerComponents> found, Pair number) {
        int count = found.size();
        double[] values = new double[count * count];
        double[] unknown = new double[values.length];
        Arrays.fill(unknown, Double.NaN);
        for (int i = 0; i < count; i++) {
            for (int j = i; j < count; j++) {
                boolean defined = found.get(i).isDefined() && found.get(j).isDefined();
                double value = defined ? number.of(i, j) : Double.NaN;
                values[i * count + j] = value;
                values[j * count + i] = value;
            }
        }
        List<LayerId> layers = found.stream().map(LayerComponents::layer).toList();
        return new CkaMatrix(layers, layers, values, unknown);
    }
}

package org.lamella.similarity;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.lamella.LamellaException;
import org.lamella.activation.ActivationSource;
import org.lamella.activation.Layer;

/**
 * Centred kernel alignment of all layers of all models, over minibatches (Nguyen, Raghu and Kornblith 2021, sec. 3).
 *
 * <p>Immutable: every setting returns a new one. For L layers, n examples a batch and d features a layer, a batch costs L n²
 * d operations for the Gram matrices and L² n² / 2 for their products, and L n² / 2 × 4 bytes.
 *
 * <pre>{@code
 * CkaMatrix cka = Cka.of(source).batch(256).compute();
 * }</pre>
 */
public final class Cka {
    private final List<ActivationSource> sources;
    private final Options options;

    /**
     * How CKA is computed.
     *
     * @param batch examples in a minibatch, 4 or more
     * @param passes over the examples, the later ones shuffled
     * @param seed of the shuffled passes
     * @param examples how many examples to use, from the first on; 0 for all
     * @param threads that work side by side
     */
    public record Options(Estimator estimator, int batch, int passes, long seed, int examples, int threads) {
        /** About the bytes outside the heap that comparing so many layers takes, beside their activations. */
        public long memory(int layers, int examplesThere) {
            long largest = Math.min(batch, examples == 0 ? examplesThere : Math.min(examples, examplesThere));
            return (long) Float.BYTES * layers * (largest * largest / 2);
        }

        /** The paper's estimator on batches of 256, one pass, all examples, as many threads as the machine has. */
        public static Options defaults() {
            return new Options(
                    Estimator.UNBIASED, 256, 1, 0, 0, Runtime.getRuntime().availableProcessors());
        }
    }

    private Cka(List<ActivationSource> sources, Options options) {
        this.sources = List.copyOf(sources);
        this.options = options;
    }

    /** Compares all layers of some models, whose names must differ, on the same examples. */
    public static Cka of(ActivationSource... sources) {
        return of(List.of(sources));
    }

    /** As {@link #of(ActivationSource...)}. */
    public static Cka of(List<ActivationSource> sources) {
        if (sources.isEmpty()) {
            throw new IllegalArgumentException("no model to compare");
        }
        var names = new TreeSet<String>();
        for (ActivationSource source : sources) {
            if (!names.add(source.name())) {
                throw new LamellaException(
                        "model '" + source.name() + "'", "is the name of two models; give one another name: name=path");
            }
        }
        return new Cka(sources, Options.defaults());
    }

    /** All settings at once. */
    public Cka with(Options changed) {
        return new Cka(sources, changed);
    }

    /** Examples in a minibatch. */
    public Cka batch(int size) {
        var o = options;
        return with(new Options(o.estimator, size, o.passes, o.seed, o.examples, o.threads));
    }

    /** Passes over the examples. */
    public Cka passes(int count) {
        var o = options;
        return with(new Options(o.estimator, o.batch, count, o.seed, o.examples, o.threads));
    }

    /** The estimator of HSIC. */
    public Cka estimator(Estimator chosen) {
        var o = options;
        return with(new Options(chosen, o.batch, o.passes, o.seed, o.examples, o.threads));
    }

    /** Which examples are in which batch. */
    public BatchPlan plan() {
        int there = sources.get(0).examples();
        for (ActivationSource source : sources) {
            if (source.examples() != there) {
                throw new LamellaException(
                        "model '" + source.name() + "'",
                        "has %,d examples and model '%s' has %,d; both must be the same examples in the same order"
                                .formatted(source.examples(), sources.get(0).name(), there));
            }
        }
        int used = options.examples == 0 ? there : Math.min(options.examples, there);
        var plan = new BatchPlan(used, options.batch, options.passes, options.seed);
        if (plan.batches() == 0) {
            throw new LamellaException(
                    "model '" + sources.get(0).name() + "'",
                    "has %d examples, but a batch needs at least %d".formatted(used, Estimator.SMALLEST_BATCH));
        }
        return plan;
    }

    /** The layers of the rows and columns of the result, numbered among those of their model that are compared. */
    public List<LayerId> layers() {
        List<LayerId> all = new ArrayList<>();
        for (ActivationSource source : sources) {
            int position = 0;
            for (Layer layer : source.layers()) {
                all.add(new LayerId(source.name(), layer.at(position++)));
            }
        }
        return all;
    }

    /**
     * Runs the models over the examples and compares all layers. The sources stay open.
     *
     * @throws LamellaException if the models differ in their examples, or an activation is not finite
     */
    public CkaMatrix compute() {
        return compute(SumsKeeper.NONE).cka();
    }

    /**
     * As {@link #compute()}, group by group of batches: groups that the keeper has are not computed again.
     */
    public Outcome compute(SumsKeeper keeper) {
        BatchPlan plan = plan();
        List<HsicSums> groups = new ArrayList<>();
        Map<String, Double> seconds = new LinkedHashMap<>();
        try (var hsic = new MinibatchHsic(sources, options.estimator, options.threads)) {
            long started = System.nanoTime();
            keeper.progress(0, plan.batches());
            for (int group = 0; group < plan.groups(); group++) {
                groups.add(sums(group, plan, hsic, keeper));
            }
            double total = (System.nanoTime() - started) * 1e-9;
            // Layers are compared while others are still computed; what the threads spent on Gram matrices is set
            // apart.
            double gram = hsic.gramThreadSeconds() / options.threads;
            seconds.put("activations", total - gram - hsic.productSeconds());
            seconds.put("gram", gram);
            seconds.put("hsic", hsic.productSeconds());
        }
        return new Outcome(matrix(layers(), groups), seconds);
    }

    private static HsicSums sums(int group, BatchPlan plan, MinibatchHsic hsic, SumsKeeper keeper) {
        int end = plan.firstBatch(group + 1);
        var earlier = keeper.finished(group);
        if (earlier.isPresent()) {
            keeper.progress(end, plan.batches());
            return earlier.get();
        }
        HsicSums sums = null;
        for (int number = plan.firstBatch(group); number < end; number++) {
            HsicSums one = hsic.on(plan.batch(number));
            sums = sums == null ? one : sums.plus(one);
            keeper.progress(number + 1, plan.batches());
        }
        keeper.finish(group, java.util.Objects.requireNonNull(sums));
        return sums;
    }

    /**
     * The matrix that the sums of some groups of batches make.
     *
     * @param groups at least one; each is left out once for the standard errors
     */
    public static CkaMatrix matrix(List<LayerId> layers, List<HsicSums> groups) {
        return new CkaMatrix(layers, layers, HsicSums.total(groups).cka(), Jackknife.standardErrors(groups));
    }

    /**
     * @param seconds wall time by phase
     */
    public record Outcome(CkaMatrix cka, Map<String, Double> seconds) {}
}

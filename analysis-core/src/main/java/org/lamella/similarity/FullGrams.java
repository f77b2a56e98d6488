package org.lamella.similarity;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import org.lamella.LamellaException;
import org.lamella.activation.ActivationSource;
import org.lamella.activation.Batch;
import org.lamella.linalg.Blas;
import org.lamella.linalg.FullGram;
import org.lamella.linalg.FullGramKernel;
import org.lamella.linalg.GramPrecision;
import org.lamella.linalg.NativeMatrix;

/**
 * The Gram matrices of all examples asked for, of every layer of every model, one after the other: for what needs all examples
 * at once and not in minibatches.
 *
 * <p>A source is given all examples as one batch; a layer's activation lives until its Gram matrix is made, and that lives until
 * the sink has read it. Layers are worked on side by side, one thread each, so the memory is threads × n² × 12 bytes beside what
 * the source takes and what the sink keeps, for n examples that have inner products.
 */
public final class FullGrams {
    private final List<ActivationSource> sources;
    private final Options options;
    private final List<LayerId> layers;
    private final int n;
    private final int products;
    private final BlockingQueue<Workspace> idle = new LinkedBlockingQueue<>();
    private final LongAdder gramNanos = new LongAdder();
    private final LongAdder sinkNanos = new LongAdder();

    /**
     * @param examples how many, from the first on; 0 for all
     * @param inProducts how many of them, from the first on, have inner products; 0 for all
     * @param threads layers that are worked on at once
     */
    public record Options(int examples, int inProducts, GramPrecision precision, int threads) {
        /** The first so many examples, in the precision that fits their number. */
        public static Options of(int examples, int threads) {
            return of(examples, GramPrecision.forExamples(examples), threads);
        }

        /** The first so many examples. */
        public static Options of(int examples, GramPrecision precision, int threads) {
            return new Options(examples, 0, precision, threads);
        }

        /** About the bytes outside the heap that the threads take, for so many examples. */
        public long memory(int examplesThere) {
            long n = products(examples == 0 ? examplesThere : Math.min(examples, examplesThere));
            return threads * n * n * (Double.BYTES + Float.BYTES);
        }

        private int products(int used) {
            return inProducts == 0 ? used : Math.min(inProducts, used);
        }
    }

    /** Takes the Gram matrices. */
    @FunctionalInterface
    public interface Sink {
        /**
         * Called once a layer, by several threads at once and in no certain order.
         *
         * @param layer position in {@link FullGrams#layers()}
         * @param gram to be read, or used as a workspace, before this returns; then it holds another layer
         * @param activation of all examples, n × d; not to be modified, and gone when this has returned
         */
        void accept(int layer, FullGram gram, NativeMatrix activation);
    }

    private static final class Workspace implements AutoCloseable {
        private final FullGramKernel kernel;
        private final FullGram gram;

        Workspace(int n, GramPrecision precision) {
            this.kernel = new FullGramKernel(n, precision);
            this.gram = new FullGram(n);
        }

        @Override
        public void close() {
            kernel.close();
            gram.close();
        }
    }

    /**
     * @param sources models whose names differ, on the same examples; they stay open
     * @throws LamellaException if they differ in the number of examples
     */
    public FullGrams(List<ActivationSource> sources, Options options) {
        this.sources = List.copyOf(sources);
        this.options = options;
        Cka cka = Cka.of(sources)
                .with(new Cka.Options(
                        Estimator.UNBIASED, Estimator.SMALLEST_BATCH, 1, 0, options.examples(), options.threads()));
        this.layers = cka.layers();
        this.n = cka.plan().examples();
        this.products = options.products(n);
    }

    /** Number of examples, n: those asked for, as far as they are there. */
    public int examples() {
        return n;
    }

    /** The layers of all models, in order, numbered among those of their model that are compared. */
    public List<LayerId> layers() {
        return layers;
    }

    /**
     * Runs the models and hands over every layer's Gram matrix.
     *
     * @throws LamellaException if an activation is not finite
     */
    public void forEach(Sink sink) {
        Blas.oneThread();
        Batch batch = everything();
        int first = 0;
        ExecutorService pool = LayerThreads.start(options.threads());
        List<Workspace> workspaces = new ArrayList<>();
        try {
            for (int i = 0; i < options.threads(); i++) {
                workspaces.add(new Workspace(products, options.precision()));
            }
            idle.addAll(workspaces);
            for (ActivationSource source : sources) {
                int offset = first;
                source.forward(
                        batch,
                        (layer, activation) -> CompletableFuture.runAsync(
                                () -> work(source, layer, offset + layer, activation, batch, sink), pool));
                first += source.layers().size();
            }
        } catch (CompletionException e) {
            throw LayerThreads.cause(e);
        } finally {
            LayerThreads.finish(pool);
            idle.clear();
            workspaces.forEach(Workspace::close);
        }
    }

    private void work(
            ActivationSource source, int layer, int position, NativeMatrix activation, Batch batch, Sink sink) {
        Workspace workspace = take();
        try {
            long started = System.nanoTime();
            workspace.kernel.compute(activation.first(products), workspace.gram);
            long made = System.nanoTime();
            gramNanos.add(made - started);
            if (!workspace.gram.isFinite()) {
                throw NotFinite.of(source, source.layers().get(layer), activation, batch);
            }
            sink.accept(position, workspace.gram, activation);
            sinkNanos.add(System.nanoTime() - made);
        } finally {
            idle.add(workspace);
        }
    }

    /**
     * What to throw if an example without inner products turns out not to be finite, with the first that is at fault. The others have
     * been looked at before the sink is called.
     *
     * @param layer position in {@link #layers()}
     */
    public LamellaException notFinite(int layer, NativeMatrix activation) {
        LayerId id = layers.get(layer);
        ActivationSource source = sources.stream()
                .filter(one -> one.name().equals(id.model()))
                .findFirst()
                .orElseThrow();
        return NotFinite.of(source, id.layer(), activation, everything());
    }

    private Batch everything() {
        return new Batch(0, IntStream.range(0, n).toArray());
    }

    private Workspace take() {
        try {
            return idle.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CompletionException(e);
        }
    }

    /** Seconds that the Gram matrices took, summed over threads. */
    public double gramThreadSeconds() {
        return gramNanos.sum() * 1e-9;
    }

    /** Seconds that the sink took, summed over threads. */
    public double sinkThreadSeconds() {
        return sinkNanos.sum() * 1e-9;
    }
}

package org.lamella.similarity;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.lamella.activation.ActivationSource;
import org.lamella.activation.Batch;
import org.lamella.linalg.Blas;
import org.lamella.linalg.Gram;
import org.lamella.linalg.GramKernel;
import org.lamella.linalg.NativeMatrix;
import org.lamella.linalg.SymmetricProduct;
import org.lamella.linalg.UnitRow;

/**
 * HSIC of all pairs of layers of all models on one minibatch after the other.
 *
 * <p>A batch goes this way: every layer's activation (n × d) becomes a centred Gram matrix (n × n), which the estimator
 * centres once more and packs into one row (about n²/2 numbers) of a stack; then one symmetric product of the stack gives
 * all pairs. Layers are worked on side by side, one thread each. Every row is scaled to unit norm and its norm kept in
 * float64, so that neither tiny nor huge activations leave the range of float32.
 */
final class MinibatchHsic implements AutoCloseable {
    /** A centred Gram matrix below this part of what centring took away is float32's rounding of a constant. */
    private static final double ROUNDING = 16.0 * Math.ulp(1f) * Math.ulp(1f);

    private final List<ActivationSource> sources;
    private final Estimator estimator;
    private final int layers;
    private final int threads;
    private final ExecutorService pool;
    private final BlockingQueue<Workspace> idle = new LinkedBlockingQueue<>();
    private final List<Workspace> workspaces = new ArrayList<>();
    private final double[] norms;
    private final LongAdder gramNanos = new LongAdder();
    private long productNanos;
    private @Nullable NativeMatrix stack;

    MinibatchHsic(List<ActivationSource> sources, Estimator estimator, int threads) {
        this.sources = sources;
        this.estimator = estimator;
        this.threads = threads;
        this.layers =
                sources.stream().mapToInt(source -> source.layers().size()).sum();
        this.norms = new double[layers];
        this.pool = LayerThreads.start(threads);
        for (int i = 0; i < threads; i++) {
            workspaces.add(new Workspace(layers));
        }
        idle.addAll(workspaces);
    }

    /** What one thread works with, kept from layer to layer. */
    private static final class Workspace {
        private final GramKernel kernel = GramKernel.fastest();
        private final Gram gram = new Gram();
        private final SymmetricProduct product;
        private float[] packed = new float[0];

        Workspace(int layers) {
            this.product = new SymmetricProduct(layers);
        }

        float[] packed(int length) {
            if (packed.length != length) {
                packed = new float[length];
            }
            return packed;
        }
    }

    /** HSIC of all pairs on one batch. */
    HsicSums on(Batch batch) {
        Blas.oneThread();
        NativeMatrix rows = stackFor(batch.size());
        int first = 0;
        for (ActivationSource source : sources) {
            int offset = first;
            try {
                source.forward(
                        batch,
                        (layer, activation) -> CompletableFuture.runAsync(
                                () -> pack(source, layer, offset + layer, activation, batch, rows), pool));
            } catch (CompletionException e) {
                throw LayerThreads.cause(e);
            }
            first += source.layers().size();
        }
        return HsicSums.of(layers, 1, batch.size(), products(rows, batch.size()));
    }

    private NativeMatrix stackFor(int n) {
        long width = estimator.packedLength(n);
        NativeMatrix kept = stack;
        if (kept == null || kept.columns() != width) {
            if (kept != null) {
                kept.close();
            }
            kept = NativeMatrix.allocate(layers, width);
            stack = kept;
        }
        return kept;
    }

    private void pack(
            ActivationSource source, int layer, int row, NativeMatrix activation, Batch batch, NativeMatrix rows) {
        long started = System.nanoTime();
        int n = batch.size();
        if (activation.rows() != n) {
            throw new IllegalStateException(source.name() + " gave " + activation.rows() + " rows for " + batch);
        }
        Workspace workspace = take();
        try {
            Gram gram = workspace.gram;
            workspace.kernel.compute(activation, gram);
            if (!gram.isFinite()) {
                throw NotFinite.of(source, source.layers().get(layer), activation, batch);
            }
            float[] packed = workspace.packed(estimator.packedLength(n));
            estimator.centreAndPack(gram.values(), gram.rowSums(), n, packed);
            norms[row] = UnitRow.write(packed, rows, row, ROUNDING * gram.offset());
        } finally {
            idle.add(workspace);
            gramNanos.add(System.nanoTime() - started);
        }
    }

    private Workspace take() {
        try {
            return idle.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CompletionException(e);
        }
    }

    private double[] products(NativeMatrix rows, int n) {
        long started = System.nanoTime();
        int pieces = SymmetricProduct.pieces(rows);
        List<CompletableFuture<double[]>> parts = new ArrayList<>();
        // Each thread sums every so-manieth piece; the parts are added in order, so the result does not depend on
        // timing.
        for (int t = 0; t < Math.min(threads, pieces); t++) {
            int firstPiece = t;
            parts.add(CompletableFuture.supplyAsync(
                    () -> {
                        Workspace workspace = take();
                        try {
                            double[] part = new double[Math.toIntExact((long) layers * (layers + 1) / 2)];
                            for (int piece = firstPiece; piece < pieces; piece += threads) {
                                workspace.product.add(rows, piece, part);
                            }
                            return part;
                        } finally {
                            idle.add(workspace);
                        }
                    },
                    pool));
        }
        double[] sums = parts.get(0).join();
        for (CompletableFuture<double[]> part : parts.subList(1, parts.size())) {
            double[] more = part.join();
            for (int i = 0; i < sums.length; i++) {
                sums[i] += more[i];
            }
        }
        double factor = estimator.factor(n);
        for (int i = 0, at = 0; i < layers; i++) {
            for (int j = i; j < layers; j++, at++) {
                sums[at] *= factor * norms[i] * norms[j];
            }
        }
        productNanos += System.nanoTime() - started;
        return sums;
    }

    /** Seconds that Gram matrices took, summed over threads. */
    double gramThreadSeconds() {
        return gramNanos.sum() * 1e-9;
    }

    /** Seconds that the products of the stacks took. */
    double productSeconds() {
        return productNanos * 1e-9;
    }

    @Override
    public void close() {
        LayerThreads.finish(pool);
        for (Workspace workspace : workspaces) {
            workspace.kernel.close();
            workspace.product.close();
        }
        if (stack != null) {
            stack.close();
        }
    }
}

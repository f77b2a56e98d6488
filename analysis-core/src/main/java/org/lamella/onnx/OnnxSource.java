package org.lamella.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.lamella.LamellaException;
import org.lamella.activation.ActivationSource;
import org.lamella.activation.Batch;
import org.lamella.activation.Layer;
import org.lamella.activation.LayerSink;

/**
 * Runs an ONNX graph batch by batch. Every layer has its memory, taken at the first batch and kept: the runtime writes each batch into
 * the same place.
 *
 * <p>A batch runs in pieces, each into its rows of that memory, side by side: one thread a piece. Threads inside an operator would
 * have to wait for each other at each of them. Pieces are small also for memory's sake: the runtime computes convolutions in a
 * layout of its own and keeps a copy of each in it. (A ResNet-56 with all its layers at 256 examples: 3.7 GB at once, 2.3 GB in
 * pieces.) A graph of a fixed batch runs in pieces of that size; the last is filled up with whatever is there, and those rows are
 * not handed out.
 */
final class OnnxSource implements ActivationSource {
    /** Bytes of activations that a piece may have: far more than the caches hold, far less than a large batch has. */
    private static final long PIECE = 64L << 20;

    private final Path file;
    private final String name;
    private final OnnxInput input;
    private final OnnxFeed feed;
    private final List<Layer> layers;
    /** The tensor of each layer. */
    private final List<String> tensors;

    private final OrtSession session;
    private final int threads;
    private final ExecutorService runs;
    /** The memory of the input, then of each layer; that of a layer that is the input is the input's. */
    private final List<OnnxPinned> memory = new ArrayList<>();

    /** @param session whose operators run on one thread */
    OnnxSource(
            Path file,
            String name,
            OnnxInput input,
            OnnxFeed feed,
            List<Layer> layers,
            List<String> tensors,
            OrtSession session,
            int threads) {
        this.file = file;
        this.name = name;
        this.input = input;
        this.feed = feed;
        this.layers = List.copyOf(layers);
        this.tensors = List.copyOf(tensors);
        this.session = session;
        this.threads = threads;
        this.runs = Executors.newFixedThreadPool(threads, task -> {
            var thread = new Thread(task, "lamella-onnx");
            thread.setDaemon(true);
            return thread;
        });
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<Layer> layers() {
        return layers;
    }

    @Override
    public int examples() {
        return feed.data().size();
    }

    @Override
    public void forward(Batch batch, LayerSink sink) {
        int piece = pieceOf(batch.size());
        int pieces = (batch.size() - 1) / piece + 1;
        boolean fixed = input.batch() > 0;
        reserve(fixed ? Math.multiplyExact(pieces, piece) : batch.size());
        feed.read(batch.examples(), memory.get(0).values(0, batch.size()));
        List<CompletableFuture<?>> running = new ArrayList<>();
        for (int i = 0; i < pieces; i++) {
            int first = i * piece;
            int examples = fixed ? piece : Math.min(piece, batch.size() - first);
            running.add(CompletableFuture.runAsync(() -> run(first, examples, batch), runs));
        }
        await(running);
        deliver(batch.size(), sink);
    }

    /** How many examples to run at a time: what the graph says, else pieces of nearly equal size, as many for every thread. */
    private int pieceOf(int examples) {
        if (input.batch() > 0) {
            return input.batch();
        }
        double bytes =
                Float.BYTES * layers.stream().mapToDouble(Layer::features).sum();
        long rounds = 1 + (long) (examples * bytes / threads / PIECE);
        int pieces = (int) Math.min(examples, rounds * threads);
        return (examples - 1) / pieces + 1;
    }

    private void reserve(int examples) {
        if (!memory.isEmpty() && memory.get(0).examples() >= examples) {
            return;
        }
        free();
        try {
            OnnxPinned fed = new OnnxPinned(file, input.name(), examples, feed.shape());
            memory.add(fed);
            for (int i = 0; i < layers.size(); i++) {
                Layer layer = layers.get(i);
                memory.add(isInput(i) ? fed : new OnnxPinned(file, layer.name(), examples, layer.shape()));
            }
        } catch (LamellaException e) {
            free();
            throw e;
        }
    }

    private boolean isInput(int layer) {
        return tensors.get(layer).equals(input.name());
    }

    private void run(int first, int examples, Batch batch) {
        Map<String, OnnxTensor> outputs = new LinkedHashMap<>();
        try (OnnxTensor values = memory.get(0).tensor(first, examples)) {
            for (int i = 0; i < layers.size(); i++) {
                if (!isInput(i)) {
                    outputs.put(tensors.get(i), memory.get(i + 1).tensor(first, examples));
                }
            }
            if (!outputs.isEmpty()) {
                session.run(Map.of(input.name(), values), outputs).close();
            }
        } catch (OrtException e) {
            throw OnnxEngine.failure(file, "failed on " + batch, e);
        } finally {
            OnnxValue.close(outputs);
        }
    }

    /** Hands every layer out and waits until all that were taken have been read, even if one could not be. */
    private void deliver(int examples, LayerSink sink) {
        List<CompletableFuture<?>> reading = new ArrayList<>();
        try {
            for (int i = 0; i < layers.size(); i++) {
                reading.add(sink.accept(i, memory.get(i + 1).matrix(examples)));
            }
        } catch (RuntimeException | Error e) {
            reading.add(CompletableFuture.failedFuture(e));
        }
        await(reading);
    }

    /** Waits until all have ended, even if one has failed. */
    private static void await(List<CompletableFuture<?>> tasks) {
        try {
            CompletableFuture.allOf(tasks.toArray(CompletableFuture<?>[]::new)).join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            if (e.getCause() instanceof Error cause) {
                throw cause;
            }
            throw e;
        }
    }

    private void free() {
        memory.forEach(OnnxPinned::close);
        memory.clear();
    }

    @Override
    public void close() {
        runs.shutdown();
        free();
        OnnxEngine.close(file, session);
    }
}

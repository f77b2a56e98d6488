package org.lamella.onnx;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.TensorInfo;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.lamella.LamellaException;
import org.lamella.activation.ActivationSource;
import org.lamella.activation.Batch;
import org.lamella.activation.ChannelOrder;
import org.lamella.activation.Engine;
import org.lamella.activation.Layer;
import org.lamella.activation.LayerSink;
import org.lamella.activation.TokenMask;
import org.lamella.linalg.NativeMatrix;

/**
 * Runs an ONNX graph batch by batch. Every layer has its memory, taken at the first batch and kept: the runtime writes each batch into
 * the same place. Where the layers of a batch need more memory than there is, they are computed in several passes that share it:
 * {@link OnnxPassPlan}.
 *
 * <p>A pass runs in pieces, each into its rows of that memory, side by side: one thread a piece. Threads inside an operator would
 * have to wait for each other at each of them. Pieces are small also for memory's sake: the runtime computes convolutions in a
 * layout of its own and keeps a copy of each in it. (A ResNet-56 with all its layers at 256 examples: 3.7 GB at once, 2.3 GB in
 * pieces.) A graph of a fixed batch runs in pieces of that size; the last is filled up with whatever is there, and those rows are
 * not handed out.
 *
 * <p>A layer whose length changes from batch to batch gets the shape that the first rows of the batch give it.
 */
final class OnnxSource implements ActivationSource {
    /**
     * What is run, and with what.
     *
     * @param channels where tensors have them, of those of which it is known
     */
    record Setting(
            OnnxContent content,
            OnnxGraph graph,
            int fixedBatch,
            OnnxFeed feed,
            OnnxBudget budget,
            Map<String, ChannelOrder> channels) {
        String where() {
            return content.where();
        }
    }

    private final Setting setting;
    private final String name;
    private final List<OnnxOutput> outputs;
    private final ExecutorService runs;
    private final OnnxBatch values;
    private final OnnxMemory memory;
    private final Map<Map<String, List<Integer>>, List<Layer>> closedLayers = new HashMap<>();
    private List<Layer> layers;
    private List<OnnxPass> passes;

    /** @throws LamellaException if the runtime cannot open or run the graph on such examples */
    OnnxSource(Setting setting, String name, List<Layer> layers, List<OnnxOutput> outputs) {
        this.setting = setting;
        this.name = name;
        this.layers = List.copyOf(layers);
        this.outputs = List.copyOf(outputs);
        this.values = new OnnxBatch(setting.where());
        this.memory = new OnnxMemory(setting.where());
        this.passes = List.of(new OnnxPass(setting.content(), setting.graph(), 0, outputs));
        this.runs = Executors.newFixedThreadPool(setting.budget().threads(), task -> {
            var thread = new Thread(task, "lamella-onnx");
            thread.setDaemon(true);
            return thread;
        });
        try {
            closeShapes();
        } catch (LamellaException e) {
            close();
            throw e;
        }
    }

    /** Gives every layer its shape, if that is the same in every batch. */
    private void closeShapes() {
        Map<String, List<Integer>> fed = setting.feed().shapes();
        boolean closed = fed.values().stream().noneMatch(shape -> shape.contains(-1));
        boolean open = layers.stream().anyMatch(layer -> layer.shape().contains(-1));
        if (closed && !open) {
            closedLayers.put(fed, withFedShapes(layers, fed));
            layers = withFedShapes(layers, fed);
        } else if (closed && setting.feed().examples() > 0) {
            values.begin(Math.max(1, setting.fixedBatch()));
            setting.feed().read(new int[] {0}, values);
            layers = closedLayers("does not run on examples of these data");
        }
    }

    private List<Layer> withFedShapes(List<Layer> some, Map<String, List<Integer>> fed) {
        return IntStream.range(0, some.size())
                .mapToObj(i -> {
                    List<Integer> shape = fed.getOrDefault(
                            outputs.get(i).tensor(), some.get(i).shape());
                    return withShape(some.get(i), shape);
                })
                .toList();
    }

    private static Layer withShape(Layer layer, List<Integer> shape) {
        return new Layer(layer.index(), layer.name(), layer.kind(), shape, layer.parameters());
    }

    /** The layers with the shapes that they have for the values at hand. */
    private List<Layer> closedLayers(String failed) {
        @Nullable List<Layer> known = closedLayers.get(values.shapes());
        if (known != null) {
            return known;
        }
        Map<String, TensorInfo> seen = new HashMap<>();
        try {
            for (OnnxPass pass : passes) {
                pass.open();
                seen.putAll(pass.shapes(values, Math.max(1, setting.fixedBatch())));
                if (!setting.budget().holdsSessions(passes.size())) {
                    pass.close();
                }
            }
        } catch (OrtException e) {
            throw OnnxEngine.failure(setting.where(), failed, e);
        }
        List<Layer> fed = withFedShapes(layers, values.shapes());
        List<Layer> closed = IntStream.range(0, fed.size())
                .mapToObj(i -> {
                    @Nullable TensorInfo info = seen.get(outputs.get(i).name());
                    return info == null ? fed.get(i) : withShape(fed.get(i), OnnxLayers.withoutBatch(info));
                })
                .toList();
        closedLayers.put(values.shapes(), closed);
        return closed;
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
    public ChannelOrder channels(int layer) {
        return setting.channels().getOrDefault(outputs.get(layer).tensor(), ChannelOrder.UNKNOWN);
    }

    @Override
    public Optional<Engine> engine() {
        return Optional.of(Engine.ONNX);
    }

    @Override
    public int examples() {
        return setting.feed().examples();
    }

    @Override
    public Optional<TokenMask> tokens(Batch batch) {
        return setting.feed().tokens(batch.examples());
    }

    @Override
    public List<String> remarks() {
        return setting.feed().remarks();
    }

    @Override
    public void forward(Batch batch, LayerSink sink) {
        int fixed = setting.fixedBatch();
        int rows = fixed == 0 ? batch.size() : Math.multiplyExact((batch.size() - 1) / fixed + 1, fixed);
        values.begin(rows);
        setting.feed().read(batch.examples(), values);
        List<Layer> closed = closedLayers(failed(batch));
        List<Long> bytes = IntStream.range(0, closed.size())
                .mapToObj(i -> outputs.get(i).isFed() ? 0L : OnnxMemory.bytes(setting.where(), closed.get(i), rows))
                .toList();
        plan(closed, bytes, rows);
        for (OnnxPass pass : passes) {
            List<Layer> some = pass.of(closed);
            pass.open();
            memory.arrange(some, pass.of(bytes));
            run(pass, some, batch);
            if (!setting.budget().holdsSessions(passes.size())) {
                pass.close();
            }
            deliver(pass, batch.size(), sink);
        }
    }

    private String failed(Batch batch) {
        return "failed on " + batch + setting.feed().suspicion(batch.examples());
    }

    /** Keeps the passes as they are if the layers fit, else makes others. */
    private void plan(List<Layer> closed, List<Long> bytes, int rows) {
        long room = setting.budget().room(values.bytes());
        boolean fits = passes.stream()
                .allMatch(pass ->
                        pass.of(bytes).stream().mapToLong(Long::longValue).sum() <= room);
        if (fits) {
            return;
        }
        setting.budget().check(setting.where(), closed, bytes, rows, values.bytes());
        passes.forEach(OnnxPass::close);
        passes = OnnxPassPlan.of(bytes, room).stream()
                .map(plan -> new OnnxPass(
                        setting.content(), setting.graph(), plan.from(), outputs.subList(plan.from(), plan.to())))
                .toList();
    }

    private void run(OnnxPass pass, List<Layer> some, Batch batch) {
        int piece = pieceOf(batch.size(), some);
        List<CompletableFuture<?>> running = new ArrayList<>();
        for (int row = 0; row < batch.size(); row += piece) {
            int first = row;
            int rows = setting.fixedBatch() > 0 ? piece : Math.min(piece, batch.size() - first);
            running.add(CompletableFuture.runAsync(
                    () -> {
                        try {
                            pass.run(values, first, rows, memory);
                        } catch (OrtException e) {
                            throw OnnxEngine.failure(setting.where(), failed(batch), e);
                        }
                    },
                    runs));
        }
        await(running);
    }

    /**
     * How many examples to run at a time: what the graph says, else pieces of nearly equal size, as many for every thread; one where
     * the numbers of an example would follow from those beside it.
     */
    private int pieceOf(int examples, List<Layer> some) {
        if (setting.fixedBatch() > 0) {
            return setting.fixedBatch();
        }
        if (setting.graph().quantizesExamplesTogether()) {
            return 1;
        }
        double bytes = Float.BYTES * some.stream().mapToDouble(Layer::features).sum();
        long rounds = 1
                + (long) (examples
                        * bytes
                        / setting.budget().threads()
                        / setting.budget().piece());
        int pieces = (int) Math.min(examples, rounds * setting.budget().threads());
        return (examples - 1) / pieces + 1;
    }

    /** Hands every layer out and waits until all that were taken have been read, even if one could not be. */
    private void deliver(OnnxPass pass, int examples, LayerSink sink) {
        List<CompletableFuture<?>> reading = new ArrayList<>();
        try {
            for (int i = 0; i < pass.outputs().size(); i++) {
                OnnxOutput output = pass.outputs().get(i);
                NativeMatrix activation =
                        output.isFed() ? values.matrix(output.tensor(), examples) : memory.matrix(i, examples);
                reading.add(sink.accept(pass.first() + i, activation));
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

    @Override
    public void close() {
        runs.shutdown();
        memory.close();
        values.close();
        passes.forEach(OnnxPass::close);
        setting.feed().close();
    }
}

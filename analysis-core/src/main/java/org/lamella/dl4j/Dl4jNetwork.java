package org.lamella.dl4j;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.lamella.LamellaException;
import org.nd4j.linalg.api.memory.MemoryWorkspaceManager;
import org.nd4j.linalg.api.memory.conf.WorkspaceConfiguration;
import org.nd4j.linalg.api.memory.enums.AllocationPolicy;
import org.nd4j.linalg.api.memory.enums.LearningPolicy;
import org.nd4j.linalg.api.memory.enums.ResetPolicy;
import org.nd4j.linalg.api.memory.enums.SpillPolicy;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Runs a restored graph vertex by vertex. An activation is freed after the last vertex that takes it has run and its reader
 * is done. One run at a time.
 */
final class Dl4jNetwork implements AutoCloseable {
    /** What Deeplearning4j itself does in inference: temporary arrays in one place, used again for every layer. */
    private static final String WORKSPACE = "LAMELLA_WORKING_MEMORY";

    private static final String LOOP_WORKSPACE = "LAMELLA_LOOP_MEMORY";

    private static final WorkspaceConfiguration WORKSPACE_CONFIGURATION = WorkspaceConfiguration.builder()
            .initialSize(0)
            .overallocationLimit(0.02)
            .policyLearning(LearningPolicy.FIRST_LOOP)
            .policyReset(ResetPolicy.BLOCK_LEFT)
            .policySpill(SpillPolicy.REALLOCATE)
            .policyAllocation(AllocationPolicy.OVERALLOCATE)
            .build();

    private final int threads;
    private final ComputationGraph graph;
    private final String model;
    private final List<Dl4jVertex> vertices;

    /** Takes what a layer gives; the future completes when the array has been read. */
    interface Reader {
        CompletableFuture<?> read(String layer, INDArray activation);
    }

    /** A vertex to run: where its inputs come from, and how often its output is taken. */
    private record Step(Dl4jVertex vertex, List<String> inputs, int consumers) {}

    /** An activation and how many still need it. */
    private static final class Held {
        private final INDArray array;
        private final Account account;
        private int holders;

        private Held(INDArray array, int holders, Account account) {
            this.array = array;
            this.holders = holders;
            this.account = account;
            account.take(bytes(array));
        }

        private static long bytes(INDArray array) {
            return array.length() * array.dataType().width();
        }

        private synchronized void retain() {
            holders++;
        }

        private synchronized void release() {
            if (--holders == 0) {
                free();
            }
        }

        private synchronized void free() {
            if (array.closeable()) {
                account.give(bytes(array));
                array.close();
            }
        }
    }

    /** Bytes of the activations that are alive, and the most there were. */
    private static final class Account {
        private long now;
        private long most;

        synchronized void take(long bytes) {
            now += bytes;
            most = Math.max(most, now);
        }

        synchronized void give(long bytes) {
            now -= bytes;
        }
    }

    /**
     * @param graph closed with this
     * @param model for messages
     * @param threads to run on; 0 for as many as ND4J takes
     */
    Dl4jNetwork(ComputationGraph graph, String model, int threads) {
        this.threads = threads;
        this.graph = graph;
        this.model = model;
        this.vertices = Arrays.stream(graph.topologicalSortOrder())
                .mapToObj(index -> new Dl4jVertex(graph.getVertices()[index]))
                .toList();
    }

    /** The network itself, which holds the parameters; closed with this. */
    ComputationGraph graph() {
        return graph;
    }

    private List<Step> plan(Set<String> wanted) {
        Map<String, Integer> consumers = new HashMap<>();
        Set<String> needed = new HashSet<>(wanted);
        List<Step> planned = new ArrayList<>();
        for (int i = vertices.size() - 1; i >= 0; i--) {
            Dl4jVertex vertex = vertices.get(i);
            if (needed.contains(vertex.name())) {
                List<String> sources =
                        graph.getConfiguration().getVertexInputs().getOrDefault(vertex.name(), List.of());
                needed.addAll(sources);
                sources.forEach(source -> consumers.merge(source, 1, Integer::sum));
                planned.add(0, new Step(vertex, sources, consumers.getOrDefault(vertex.name(), 0)));
            }
        }
        return List.copyOf(planned);
    }

    /**
     * Runs the network on a batch and has every wanted layer read, in order. Returns when all readers are done.
     *
     * @param input closed by this
     * @param wanted names of the layers to be read; vertices that none of them needs are not run
     * @return the most bytes that activations took at once
     * @throws LamellaException if a layer cannot take what it is given
     */
    synchronized long run(INDArray input, Set<String> wanted, Reader reader) {
        Account account = new Account();
        Dl4jRuntime.useThreads(threads);
        Map<String, Held> live = new HashMap<>();
        List<Held> all = new ArrayList<>();
        List<CompletableFuture<?>> readers = new ArrayList<>();
        LayerWorkspaceMgr workspaces = workspaces();
        graph.setInputs(input);
        // For the case that nothing runs; its bytes are counted where it is a vertex.
        all.add(new Held(input, 1, new Account()));
        try {
            for (Step step : plan(wanted)) {
                INDArray output = step.vertex().isInput() ? input : compute(step, live, workspaces);
                // This loop holds it too, until its reader is under way.
                Held held = new Held(output, step.consumers() + 1, account);
                all.add(held);
                live.put(step.vertex().name(), held);
                if (wanted.contains(step.vertex().name())) {
                    held.retain();
                    readers.add(reader.read(step.vertex().name(), output)
                            .whenComplete((ignored, failure) -> held.release()));
                }
                held.release();
                step.inputs().forEach(source -> requireNonNull(live.get(source)).release());
            }
            join(readers);
            return account.most;
        } finally {
            readers.forEach(each -> each.handle((ignored, failure) -> null).join());
            all.forEach(Held::free);
            graph.setInputs((INDArray[]) null);
            destroyWorkspaces();
        }
    }

    private INDArray compute(Step step, Map<String, Held> live, LayerWorkspaceMgr workspaces) {
        List<INDArray> inputs = step.inputs().stream()
                .map(source -> requireNonNull(live.get(source)).array)
                .toList();
        try {
            return step.vertex().run(inputs, workspaces);
        } catch (RuntimeException | OutOfMemoryError e) {
            throw new LamellaException(
                    model,
                    "layer %s cannot take %s: %s"
                            .formatted(
                                    step.vertex().name(),
                                    inputs.stream()
                                            .map(each -> Arrays.toString(each.shape()))
                                            .collect(Collectors.joining(", ")),
                                    Dl4jConfiguration.firstLine(e)),
                    e);
        }
    }

    private static void join(List<CompletableFuture<?>> readers) {
        try {
            CompletableFuture.allOf(readers.toArray(CompletableFuture[]::new)).join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }

    private static LayerWorkspaceMgr workspaces() {
        return LayerWorkspaceMgr.builder()
                .noWorkspaceFor(ArrayType.ACTIVATIONS)
                .with(ArrayType.INPUT, WORKSPACE, WORKSPACE_CONFIGURATION)
                .with(ArrayType.FF_WORKING_MEM, WORKSPACE, WORKSPACE_CONFIGURATION)
                .with(ArrayType.RNN_FF_LOOP_WORKING_MEM, LOOP_WORKSPACE, WORKSPACE_CONFIGURATION)
                .build();
    }

    private static void destroyWorkspaces() {
        for (String name : List.of(WORKSPACE, LOOP_WORKSPACE)) {
            MemoryWorkspaceManager manager = Nd4j.getWorkspaceManager();
            manager.destroyWorkspace(manager.getWorkspaceForCurrentThread(WORKSPACE_CONFIGURATION, name));
        }
    }

    @Override
    public synchronized void close() {
        graph.close();
    }
}

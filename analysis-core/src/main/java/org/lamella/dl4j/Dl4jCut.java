package org.lamella.dl4j;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.util.ModelSerializer;
import org.lamella.AtomicFile;
import org.lamella.LamellaException;
import org.lamella.convert.NetworkConversion;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A network without some of its vertices: the structure without them, and the parameters of those that stay, copied by name. */
final class Dl4jCut {
    private Dl4jCut() {}

    /** @return the outputs that Deeplearning4j cannot train, as they have no loss */
    static List<String> save(
            SavedNetwork saved, Map<String, String> replaced, Map<String, Set<String>> dropped, Path file) {
        ComputationGraphConfiguration structure = without(saved, replaced, dropped);
        VertexRanks ranks = new VertexRanks(structure, Dl4jStructure.layers(saved));
        List<String> withoutLoss = OutputLosses.give(structure, ranks);
        TrainingObstacles.remove(structure, ranks);
        try (ComputationGraphHolder original = new ComputationGraphHolder(saved.restore());
                ComputationGraphHolder cut = new ComputationGraphHolder(new ComputationGraph(structure))) {
            cut.graph().init();
            copyParameters(original.graph(), cut.graph());
            AtomicFile.write(file, out -> ModelSerializer.writeModel(cut.graph(), out, false));
        }
        return withoutLoss;
    }

    /** Closes a graph's memory. */
    private record ComputationGraphHolder(ComputationGraph graph) implements AutoCloseable {
        @Override
        public void close() {
            graph.close();
        }
    }

    private static ComputationGraphConfiguration without(
            SavedNetwork saved, Map<String, String> replaced, Map<String, Set<String>> dropped) {
        ComputationGraphConfiguration cut = Dl4jConfiguration.copy(saved.configuration());
        Set<String> known = new HashSet<>(cut.getNetworkInputs());
        known.addAll(cut.getVertices().keySet());
        replaced.forEach((vertex, instead) -> {
            if (!known.contains(vertex) || !known.contains(instead)) {
                throw new LamellaException(
                        saved.path().toString(),
                        "%s, which would take the place of %s, is not the output of a layer of its own"
                                .formatted(instead, vertex));
            }
            if (cut.getNetworkOutputs().contains(vertex)) {
                throw new LamellaException(
                        saved.path().toString(), "%s is an output of the network and must stay".formatted(vertex));
            }
        });
        dropped.forEach((vertex, inputs) -> {
            if (!cut.getVertexInputs().getOrDefault(vertex, List.of()).containsAll(inputs)) {
                throw new LamellaException(
                        saved.path().toString(),
                        "%s takes %s in another form than its layer gives it".formatted(vertex, inputs));
            }
        });
        Map<String, List<String>> inputs = new HashMap<>();
        cut.getVertexInputs()
                .forEach((vertex, taken) -> inputs.put(
                        vertex,
                        taken.stream()
                                .filter(input ->
                                        !dropped.getOrDefault(vertex, Set.of()).contains(input))
                                .map(input -> resolved(input, replaced))
                                .toList()));
        cut.setVertexInputs(inputs);
        Set<String> needed = new HashSet<>(NetworkConversion.neededFor(cut, cut.getNetworkOutputs()));
        cut.getVertices().keySet().retainAll(needed);
        inputs.keySet().retainAll(needed);
        // Deeplearning4j finds an order for what is left; parameters are copied by name, so any will do.
        cut.setTopologicalOrder(null);
        cut.setTopologicalOrderStr(null);
        cut.setDataType(DataType.FLOAT);
        return cut;
    }

    private static String resolved(String vertex, Map<String, String> replaced) {
        String now = vertex;
        for (String next = replaced.get(now); next != null; next = replaced.get(now)) {
            now = next;
        }
        return now;
    }

    private static void copyParameters(ComputationGraph original, ComputationGraph cut) {
        for (GraphVertex vertex : cut.getVertices()) {
            Map<String, INDArray> parameters =
                    vertex.hasLayer() ? vertex.getLayer().paramTable() : null;
            if (parameters != null) {
                Map<String, INDArray> from =
                        original.getVertex(vertex.getVertexName()).getLayer().paramTable();
                parameters.forEach((name, array) -> array.assign(requireNonNull(from.get(name))));
            }
        }
    }
}

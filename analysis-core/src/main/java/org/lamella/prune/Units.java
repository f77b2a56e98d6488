package org.lamella.prune;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import onnx.Onnx.ModelProto;
import org.lamella.LamellaException;
import org.lamella.onnx.OnnxModel;

/**
 * What can be cut out of a graph, and what looks like it and cannot, with the reason.
 *
 * <p>A cut is allowed where the graph alone proves what it does: the exit gives way to a tensor of the same shape, and of the nodes whose
 * values lie between that tensor and the exit none is needed any more. So nothing else takes an inner tensor and the graph returns none.
 * What of it are residual branches, plain layers and transformer layers is told by {@link ResidualRule}, {@link ChainRule} and
 * {@link TransformerRule}. Cost: a walk over the graph for each addition and each layer of a chain.
 *
 * @param units in the order of computation of their exits
 * @param refusals likewise
 */
public record Units(List<Unit> units, List<Refusal> refusals) {
    public Units {
        units = List.copyOf(units);
        refusals = List.copyOf(refusals);
    }

    /**
     * Looks a model's graph through.
     *
     * @throws LamellaException if the graph cannot be run: shapes are taken from a run
     */
    public static Units of(OnnxModel model) {
        model.obstacle().ifPresent(obstacle -> {
            throw new LamellaException("model", "cannot be run, so it cannot be cut: " + obstacle);
        });
        return of(model, model.read());
    }

    static Units of(OnnxModel model, ModelProto read) {
        Proof proof = new Proof(new Dataflow(read.getGraph()), model.tensors());
        List<Refusal> refusals = new ArrayList<>();
        List<Unit> branches = TransformerRule.named(proof, ResidualRule.find(proof, refusals));
        List<Unit> all = new ArrayList<>(branches);
        all.addAll(TransformerRule.layers(proof, branches, refusals));
        all.addAll(ChainRule.find(proof, refusals));
        all.sort(Comparator.comparingInt(unit -> proof.flow().producerOf(unit.exit())));
        return new Units(withUniqueNames(all), refusals);
    }

    // A chain never ends in an addition of two values; names of exits repeat only where a file repeats them.
    private static List<Unit> withUniqueNames(List<Unit> units) {
        Set<String> used = new HashSet<>();
        List<Unit> unique = new ArrayList<>();
        for (Unit unit : units) {
            String name = unit.name();
            for (int i = 2; !used.add(name); i++) {
                name = unit.name() + " (" + i + ")";
            }
            unique.add(unit.named(name));
        }
        return unique;
    }

    /** The unit of a name. */
    public Unit unit(String name) {
        return units.stream()
                .filter(unit -> unit.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new LamellaException(
                        name,
                        refusals.stream()
                                .filter(refusal -> refusal.name().equals(name))
                                .findFirst()
                                .map(refusal -> "cannot be cut: " + refusal.reason())
                                .orElse("is no unit that can be cut; 'lamella prune MODEL --list' names them")));
    }

    /** How many units there are of each kind. */
    public Map<Unit.Kind, Long> counts() {
        return units.stream().collect(Collectors.groupingBy(Unit::kind, LinkedHashMap::new, Collectors.counting()));
    }

    @Override
    public String toString() {
        return Stream.concat(
                        units.stream().map(Unit::toString), refusals.stream().map(refusal -> "refused: " + refusal))
                .collect(Collectors.joining("\n"));
    }
}

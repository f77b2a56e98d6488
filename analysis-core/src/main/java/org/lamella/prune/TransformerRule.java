package org.lamella.prune;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Transformer layers: residual branches that hold an attention, the branch that follows them, and the layer that they make.
 *
 * <p>A layer begins at the skip of its first branch. Where the next branch starts from the sum itself (normalization inside the branch)
 * it ends at its last sum; where it starts from the normalized sum (normalization behind the addition) it ends behind the normalization
 * of its last sum, so that this goes with it.
 */
final class TransformerRule {
    /** What a layer normalization written out in single operators consists of, and those that are one operator. */
    private static final Set<String> NORMALIZING = Set.of(
            "LayerNormalization",
            "SimplifiedLayerNormalization",
            "RMSNormalization",
            "ReduceMean",
            "Sub",
            "Pow",
            "Mul",
            "Add",
            "Sqrt",
            "Div",
            "Reciprocal",
            "Cast");

    private TransformerRule() {}

    /** The branches with their kinds: attention, and what follows it. */
    static List<Unit> named(Proof proof, List<Unit> branches) {
        List<Unit> named = new ArrayList<>();
        for (Unit unit : branches) {
            Unit before = named.isEmpty() ? unit : named.get(named.size() - 1);
            boolean follows = before.kind() == Unit.Kind.ATTENTION && continues(proof, before, unit);
            named.add(
                    attends(proof.flow(), unit)
                            ? unit.as(Unit.Kind.ATTENTION)
                            : follows ? unit.as(Unit.Kind.FEED_FORWARD) : unit);
        }
        return named;
    }

    /** The layers that the branches make, in order. */
    static List<Unit> layers(Proof proof, List<Unit> branches, List<Refusal> refusals) {
        List<Unit> layers = new ArrayList<>();
        int number = 0;
        int first = -1;
        for (int i = 0; i < branches.size(); i++) {
            Unit unit = branches.get(i);
            if (unit.kind() == Unit.Kind.ATTENTION) {
                boolean goesOn = first >= 0 && continues(proof, branches.get(i - 1), unit);
                first = goesOn ? first : i;
            } else if (unit.kind() == Unit.Kind.FEED_FORWARD && first >= 0) {
                number++;
                String name = "transformer " + number;
                Proof.Verdict verdict = layer(proof, branches.subList(first, i + 1));
                verdict.unit()
                        .ifPresentOrElse(
                                layer -> layers.add(layer.named(name)),
                                () -> refusals.add(new Refusal(name, verdict.reason())));
                first = -1;
            } else {
                first = -1;
            }
        }
        return layers;
    }

    private static Proof.Verdict layer(Proof proof, List<Unit> branches) {
        Dataflow flow = proof.flow();
        Unit first = branches.get(0);
        Unit before = branches.get(branches.size() - 2);
        Unit last = branches.get(branches.size() - 1);
        if (handsOnItsSum(flow, before) || handsOnItsSum(flow, last)) {
            return withoutAll(branches);
        }
        String exit = last.exit();
        if (!last.source().equals(before.exit())) {
            Optional<String> normalized = normalized(proof, last.exit());
            if (normalized.isEmpty()) {
                return Proof.Verdict.refused("the normalization behind its last sum cannot be told from what follows");
            }
            exit = normalized.get();
        }
        BitSet inside = flow.downstream(first.source());
        inside.and(flow.upstream(exit));
        int join = flow.producerOf(exit);
        inside.clear(join);
        return proof.check(Unit.Kind.TRANSFORMER, first.source(), exit, inside, join);
    }

    private static boolean handsOnItsSum(Dataflow flow, Unit unit) {
        return unit.drops().stream()
                .anyMatch(drop -> Addition.of(flow, drop.join()).handsOnItsSum(flow));
    }

    /**
     * A layer whose fused additions hand on their sums beside the normalized ones: normalization is inside the branches, and that of the
     * layer behind is in this layer's last addition. So the additions stay and do without their branches, each of which was proved.
     */
    private static Proof.Verdict withoutAll(List<Unit> branches) {
        if (branches.stream().anyMatch(branch -> branch.drops().isEmpty())) {
            return Proof.Verdict.refused("only some of its additions are fused with a normalization; cut its branches");
        }
        Unit first = branches.get(0);
        Unit last = branches.get(branches.size() - 1);
        BitSet inside = new BitSet();
        branches.forEach(branch -> inside.or(branch.inside()));
        return new Proof.Verdict(
                Optional.of(new Unit(
                        last.name(),
                        Unit.Kind.TRANSFORMER,
                        last.exit(),
                        last.exitLayer(),
                        first.source(),
                        first.sourceLayer(),
                        first.takesItsPlace(),
                        inside,
                        branches.stream()
                                .flatMap(branch -> branch.layers().stream())
                                .toList(),
                        branches.stream()
                                .flatMap(branch -> branch.drops().stream())
                                .toList())),
                "");
    }

    private static boolean attends(Dataflow flow, Unit unit) {
        return unit.inside().stream()
                .mapToObj(node -> flow.node(node).getOpType())
                .anyMatch(operator -> operator.equals("Softmax") || operator.contains("Attention"));
    }

    /** Whether a unit starts from another's sum, as it is or normalized. */
    private static boolean continues(Proof proof, Unit before, Unit unit) {
        return unit.source().equals(before.exit())
                || normalized(proof, before.exit())
                        .filter(unit.source()::equals)
                        .isPresent();
    }

    /**
     * What a tensor is once it is normalized: from the tensor on, as long as operators of a normalization take nothing with a value but
     * each other's results, the last that all others went into.
     */
    static Optional<String> normalized(Proof proof, String tensor) {
        Dataflow flow = proof.flow();
        Set<String> region = new HashSet<>(Set.of(tensor));
        BitSet nodes = new BitSet();
        Optional<String> found = Optional.empty();
        for (int i = flow.producerOf(tensor) + 1; i < flow.size(); i++) {
            boolean belongs = proof.isNeeded(i)
                    && flow.isValued(i)
                    && NORMALIZING.contains(flow.node(i).getOpType())
                    && region.containsAll(flow.takenBy(i));
            if (belongs) {
                nodes.set(i);
                region.addAll(flow.givenBy(i));
                String last = flow.node(i).getOutput(0);
                boolean all = proof.alike(last, tensor)
                        && region.stream()
                                .filter(other -> !other.equals(last))
                                .allMatch(other -> staysIn(proof, other, nodes));
                found = all ? Optional.of(last) : found;
            }
        }
        return found;
    }

    private static boolean staysIn(Proof proof, String tensor, BitSet nodes) {
        Dataflow flow = proof.flow();
        return !flow.outputs().contains(tensor)
                && flow.takersOf(tensor).stream()
                        .allMatch(node -> nodes.get(node) || !proof.isNeeded(node) || !flow.isValued(node));
    }
}

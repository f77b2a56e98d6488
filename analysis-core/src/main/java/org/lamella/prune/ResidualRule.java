package org.lamella.prune;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Residual branches: additions of two values of which one, the skip, can stand for the sum.
 *
 * <p>If one side is computed from the other, the other is the skip and what lies between is the branch (1). If neither is, both must
 * start from one tensor and share nothing behind it, and one must be a projection: no function but linear ones and pooling, and fewer
 * multiplications by weights than the other side, at most one. The projection is then the skip, and stays (2).
 *
 * <p>A fused addition hands on its sum and the normalized sum: a branch may start from the one and join the other (3). Of a sum of
 * three or more each side that has a shortcut among the others is a branch (4); the others stay summed.
 */
final class ResidualRule {
    /** What a projection may consist of. */
    private static final Set<String> PROJECTING = Set.of(
            "Conv",
            "Gemm",
            "MatMul",
            "BatchNormalization",
            "AveragePool",
            "GlobalAveragePool",
            "MaxPool",
            "Pad",
            "Slice",
            "Concat",
            "Mul",
            "Add",
            "Identity",
            "Dropout",
            "Cast",
            "Transpose",
            "Reshape",
            "Flatten",
            "Squeeze",
            "Unsqueeze",
            "QuantizeLinear",
            "DequantizeLinear",
            "QLinearConv");

    private final Proof proof;
    private final Dataflow flow;

    private ResidualRule(Proof proof) {
        this.proof = proof;
        this.flow = proof.flow();
    }

    /** One side that can stand for the sum, the other, and the nodes between. */
    private record Shortcut(String skip, String branch, BitSet inside) {}

    /** Either a shortcut or the reason why there is none. */
    private record Sides(Optional<Shortcut> shortcut, String reason) {
        static Sides of(String skip, String branch, BitSet inside) {
            return new Sides(Optional.of(new Shortcut(skip, branch, inside)), "");
        }

        static Sides refused(String reason) {
            return new Sides(Optional.empty(), reason);
        }
    }

    /** All units in the order of computation; what looks like one and is none is added to the refusals. */
    static List<Unit> find(Proof proof, List<Refusal> refusals) {
        ResidualRule rule = new ResidualRule(proof);
        List<Unit> units = new ArrayList<>();
        for (int i = 0; i < proof.flow().size(); i++) {
            if (proof.isNeeded(i) && Addition.isOne(proof.flow().node(i))) {
                Addition addition = Addition.of(proof.flow(), i);
                List<String> valued = addition.operands().stream()
                        .filter(proof.flow()::hasValue)
                        .distinct()
                        .toList();
                if (valued.size() > 1 && addition.operands().size() > 2) {
                    rule.addSeveral(addition, valued, units, refusals);
                } else if (valued.size() == 2) {
                    rule.addOne(addition, units, refusals);
                }
            }
        }
        return units;
    }

    private void addOne(Addition addition, List<Unit> units, List<Refusal> refusals) {
        Sides sides = sides(addition.operands().get(0), addition.operands().get(1));
        String exit = addition.exit(flow);
        Proof.Verdict verdict = sides.shortcut()
                .map(found -> addition.isFused()
                        ? proof.checkWithout(addition, found.branch(), found.skip(), found.inside())
                        : proof.check(Unit.Kind.RESIDUAL, found.skip(), exit, found.inside(), addition.position()))
                .orElseGet(() -> Proof.Verdict.refused(sides.reason()));
        verdict.unit().ifPresentOrElse(units::add, () -> refusals.add(new Refusal(proof.name(exit), verdict.reason())));
    }

    /** Of a sum of three or more, each that has its shortcut among the others. */
    private void addSeveral(Addition addition, List<String> valued, List<Unit> units, List<Refusal> refusals) {
        Set<String> skips = new HashSet<>();
        List<Refusal> refused = new ArrayList<>();
        for (String branch : valued) {
            List<Sides> pairs = valued.stream()
                    .filter(other -> !other.equals(branch))
                    .map(other -> sides(other, branch))
                    .toList();
            Optional<Shortcut> nearest = pairs.stream()
                    .flatMap(sides -> sides.shortcut().stream())
                    .filter(found -> found.branch().equals(branch))
                    .min(Comparator.comparingInt(found -> found.inside().cardinality()));
            nearest.ifPresent(found -> skips.add(found.skip()));
            Proof.Verdict verdict = nearest.map(
                            found -> proof.checkWithout(addition, branch, found.skip(), found.inside()))
                    .orElseGet(() -> Proof.Verdict.refused(pairs.stream()
                            .map(Sides::reason)
                            .filter(reason -> !reason.isEmpty())
                            .findFirst()
                            .orElse("the other sides are computed from it")));
            verdict.unit()
                    .ifPresentOrElse(
                            units::add,
                            () -> refused.add(new Refusal(proof.withoutName(addition, branch), verdict.reason())));
        }
        refused.removeIf(refusal ->
                skips.stream().anyMatch(skip -> refusal.name().equals(proof.withoutName(addition, skip))));
        refusals.addAll(refused);
    }

    private Sides sides(String left, String right) {
        BitSet aboveLeft = flow.upstream(left);
        BitSet aboveRight = flow.upstream(right);
        if (flow.feeds(left, aboveRight)) {
            return identity(left, right, aboveRight);
        }
        if (flow.feeds(right, aboveLeft)) {
            return identity(right, left, aboveLeft);
        }
        BitSet onlyLeft = without(aboveLeft, aboveRight);
        BitSet onlyRight = without(aboveRight, aboveLeft);
        if (onlyLeft.isEmpty() && isOfOneAddition(left, entries(onlyRight))) {
            return Sides.of(left, right, onlyRight);
        }
        if (onlyRight.isEmpty() && isOfOneAddition(right, entries(onlyLeft))) {
            return Sides.of(right, left, onlyLeft);
        }
        BitSet both = (BitSet) onlyLeft.clone();
        both.or(onlyRight);
        Set<String> entries = entries(both);
        if (onlyLeft.isEmpty()) {
            entries.add(left);
        }
        if (onlyRight.isEmpty()) {
            entries.add(right);
        }
        if (entries.size() != 1) {
            return Sides.refused("its two sides do not start from one tensor, so neither is the other's shortcut");
        }
        return leftIsShortcut(onlyLeft, onlyRight)
                .map(isLeft -> isLeft ? Sides.of(left, right, onlyRight) : Sides.of(right, left, onlyLeft))
                .orElseGet(
                        () -> Sides.refused(
                                "which of its two sides is the shortcut cannot be told: neither is a plain projection beside a deeper branch"));
    }

    private Sides identity(String skip, String branch, BitSet aboveBranch) {
        BitSet between = flow.downstream(skip);
        between.and(aboveBranch);
        return Sides.of(skip, branch, between);
    }

    /** Whether a tensor is the sum of a fused addition, and some others are nothing but what the same gives normalized. */
    private boolean isOfOneAddition(String sum, Set<String> others) {
        int producer = flow.producerOf(sum);
        if (producer < 0 || !Addition.isOne(flow.node(producer))) {
            return false;
        }
        Addition addition = Addition.of(flow, producer);
        return addition.isFused() && addition.sum().equals(sum) && others.equals(Set.of(addition.normalized()));
    }

    private static BitSet without(BitSet some, BitSet others) {
        BitSet rest = (BitSet) some.clone();
        rest.andNot(others);
        return rest;
    }

    /** The tensors with a value that some nodes take from outside. */
    private Set<String> entries(BitSet nodes) {
        Set<String> entries = new HashSet<>();
        nodes.stream().forEach(node -> entries.addAll(flow.takenBy(node)));
        nodes.stream().forEach(node -> flow.givenBy(node).forEach(entries::remove));
        return entries;
    }

    private Optional<Boolean> leftIsShortcut(BitSet left, BitSet right) {
        long leftWeights = weighted(left);
        long rightWeights = weighted(right);
        boolean leftFits = projects(left) && leftWeights < rightWeights;
        boolean rightFits = projects(right) && rightWeights < leftWeights;
        return leftFits == rightFits ? Optional.empty() : Optional.of(leftFits);
    }

    private boolean projects(BitSet nodes) {
        return weighted(nodes) <= 1
                && nodes.stream()
                        .allMatch(node -> PROJECTING.contains(flow.node(node).getOpType()));
    }

    private long weighted(BitSet nodes) {
        return nodes.stream().filter(node -> !flow.weightsOf(node).isEmpty()).count();
    }
}

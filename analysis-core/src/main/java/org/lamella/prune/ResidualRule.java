package org.lamella.prune;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import onnx.Onnx.NodeProto;

/**
 * Residual branches: additions of two values of which one, the skip, can stand for the sum.
 *
 * <p>If one side is computed from the other, the other is the skip and what lies between is the branch (1). If neither is, both must
 * start from one tensor and share nothing behind it, and one must be a projection: no function but linear ones and pooling, and fewer
 * multiplications by weights than the other side, at most one. The projection is then the skip, and stays (2).
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

    /** All units in the order of computation; what looks like one and is none is added to the refusals. */
    static List<Unit> find(Proof proof, List<Refusal> refusals) {
        ResidualRule rule = new ResidualRule(proof);
        List<Unit> units = new ArrayList<>();
        for (int i = 0; i < proof.flow().size(); i++) {
            if (proof.isNeeded(i) && rule.addsTwoValues(i)) {
                Proof.Verdict verdict = rule.judge(i);
                String sum = proof.flow().node(i).getOutput(0);
                verdict.unit()
                        .ifPresentOrElse(
                                units::add, () -> refusals.add(new Refusal(proof.name(sum), verdict.reason())));
            }
        }
        return units;
    }

    private boolean addsTwoValues(int position) {
        NodeProto node = flow.node(position);
        return (node.getOpType().equals("Add") || node.getOpType().equals("Sum"))
                && node.getInputCount() == 2
                && !node.getInput(0).equals(node.getInput(1))
                && flow.hasValue(node.getInput(0))
                && flow.hasValue(node.getInput(1));
    }

    private Proof.Verdict judge(int join) {
        String left = flow.node(join).getInput(0);
        String right = flow.node(join).getInput(1);
        BitSet aboveLeft = flow.upstream(left);
        BitSet aboveRight = flow.upstream(right);
        if (flow.feeds(left, aboveRight)) {
            return identity(join, left, aboveRight);
        }
        if (flow.feeds(right, aboveLeft)) {
            return identity(join, right, aboveLeft);
        }
        BitSet onlyLeft = without(aboveLeft, aboveRight);
        BitSet onlyRight = without(aboveRight, aboveLeft);
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
            return Proof.Verdict.refused(
                    "its two sides do not start from one tensor, so neither is the other's shortcut");
        }
        Optional<Boolean> leftIsShortcut = leftIsShortcut(onlyLeft, onlyRight);
        return leftIsShortcut
                .map(isLeft -> proof.check(
                        Unit.Kind.RESIDUAL,
                        isLeft ? left : right,
                        flow.node(join).getOutput(0),
                        isLeft ? onlyRight : onlyLeft,
                        join))
                .orElseGet(
                        () -> Proof.Verdict.refused(
                                "which of its two sides is the shortcut cannot be told: neither is a plain projection beside a deeper branch"));
    }

    private Proof.Verdict identity(int join, String skip, BitSet aboveBranch) {
        BitSet between = flow.downstream(skip);
        between.and(aboveBranch);
        return proof.check(Unit.Kind.RESIDUAL, skip, flow.node(join).getOutput(0), between, join);
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

package org.lamella.prune;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.lamella.onnx.SeenTensor;

/** What the graph alone shows of a cut: an exit that gives way to a source, and the nodes between. */
final class Proof {
    private final Dataflow flow;
    private final Map<String, SeenTensor> seen;
    private final BitSet needed;

    Proof(Dataflow flow, Map<String, SeenTensor> seen) {
        this.flow = flow;
        this.seen = seen;
        this.needed = flow.needed();
    }

    Dataflow flow() {
        return flow;
    }

    /** Whether a node is needed for what the graph returns. */
    boolean isNeeded(int node) {
        return needed.get(node);
    }

    /** What the user knows a tensor by. */
    String name(String tensor) {
        SeenTensor known = seen.get(tensor);
        return known == null ? tensor : known.name();
    }

    Optional<SeenTensor> seen(String tensor) {
        return Optional.ofNullable(seen.get(tensor));
    }

    /** Whether both tensors were seen with the same shape. */
    boolean alike(String some, String other) {
        @Nullable SeenTensor one = seen.get(some);
        @Nullable SeenTensor two = seen.get(other);
        return one != null && two != null && one.isLike(two);
    }

    private String shape(String tensor) {
        return seen(tensor).map(SeenTensor::shapeText).orElse("an unknown shape");
    }

    /** Either a unit or the reason why it is none. */
    record Verdict(Optional<Unit> unit, String reason) {
        static Verdict refused(String reason) {
            return new Verdict(Optional.empty(), reason);
        }
    }

    /**
     * Checks a cut.
     *
     * @param inside the nodes between the source and the exit whose values the cut leaves away, without the node of the exit
     * @param join the node that gives the exit
     */
    Verdict check(Unit.Kind kind, String source, String exit, BitSet inside, int join) {
        if (!alike(source, exit)) {
            return Verdict.refused(otherShape(source, exit));
        }
        Optional<String> obstacle = obstacle(Cut.replacing(exit, source), inside, join);
        if (obstacle.isPresent()) {
            return Verdict.refused(obstacle.get());
        }
        List<String> layers = layers(inside);
        flow.givenBy(join).forEach(tensor -> layers.add(name(tensor)));
        return new Verdict(
                Optional.of(new Unit(
                        name(exit),
                        kind,
                        exit,
                        name(exit),
                        source,
                        name(source),
                        name(source),
                        inside,
                        layers,
                        List.of())),
                "");
    }

    /**
     * Checks that an addition can do without one of its operands.
     *
     * @param source the operand that is the branch's skip
     * @param inside the nodes whose values the cut leaves away
     */
    Verdict checkWithout(Addition addition, String branch, String source, BitSet inside) {
        List<String> left = addition.operands().stream()
                .filter(operand -> !operand.equals(branch))
                .toList();
        String exit = addition.exit(flow);
        // The skip alone has the sum's shape, so the shape stays however many of the others go.
        if (!alike(source, exit)) {
            return Verdict.refused(otherShape(source, exit));
        }
        Optional<String> statistic = addition.statisticTaken(flow);
        if (statistic.isPresent()) {
            return Verdict.refused("its mean or deviation, %s, is taken too".formatted(statistic.get()));
        }
        Unit.Drop drop = new Unit.Drop(addition.position(), branch);
        Optional<String> obstacle = obstacle(Cut.dropping(drop), inside, addition.position());
        if (obstacle.isPresent()) {
            return Verdict.refused(obstacle.get());
        }
        String name = left.size() == 1 ? name(exit) : withoutName(addition, branch);
        String sources = left.stream().map(this::name).collect(Collectors.joining(" + "));
        return new Verdict(
                Optional.of(new Unit(
                        name,
                        Unit.Kind.RESIDUAL,
                        exit,
                        name(exit),
                        source,
                        name(source),
                        sources,
                        inside,
                        layers(inside),
                        List.of(drop))),
                "");
    }

    /** What a sum of several is called when it does without one of them. */
    String withoutName(Addition addition, String branch) {
        return name(addition.exit(flow)) + " without " + name(branch);
    }

    private String otherShape(String source, String exit) {
        return "what would be taken instead, %s, is %s, and this is %s: the cut would change the shape"
                .formatted(name(source), shape(source), shape(exit));
    }

    private List<String> layers(BitSet nodes) {
        List<String> layers = new ArrayList<>();
        nodes.stream().forEach(node -> flow.givenBy(node).forEach(tensor -> layers.add(name(tensor))));
        return layers;
    }

    private Optional<String> obstacle(Cut cut, BitSet inside, int join) {
        BitSet kept = flow.needed(cut);
        BitSet survivors = (BitSet) inside.clone();
        survivors.and(kept);
        if (!survivors.isEmpty()) {
            return Optional.of(leak(survivors, inside, kept, join));
        }
        Optional<String> shared = sharedWeights(inside, join, kept);
        if (shared.isPresent()) {
            return shared;
        }
        boolean weighted =
                inside.stream().anyMatch(node -> !flow.weightsOf(node).isEmpty());
        if (!weighted && flow.weightsOf(join).isEmpty()) {
            return Optional.of("there are no weights in it");
        }
        return Optional.empty();
    }

    /** Which inner tensor is needed outside, and where. */
    private String leak(BitSet survivors, BitSet inside, BitSet kept, int join) {
        for (int node : survivors.stream().toArray()) {
            for (String tensor : flow.givenBy(node)) {
                if (flow.outputs().contains(tensor)) {
                    return "the graph returns %s from inside".formatted(name(tensor));
                }
                for (int taker : flow.takersOf(tensor)) {
                    if (kept.get(taker) && !inside.get(taker) && taker != join) {
                        return "%s inside of it is also taken by %s outside"
                                .formatted(
                                        name(tensor), name(flow.givenBy(taker).get(0)));
                    }
                }
            }
        }
        return "part of it is needed elsewhere";
    }

    /** A matrix that both a node that goes and one that stays multiply by. */
    private Optional<String> sharedWeights(BitSet inside, int join, BitSet kept) {
        Set<String> own = new HashSet<>(flow.weightsOf(join));
        inside.stream().forEach(node -> own.addAll(flow.weightsOf(node)));
        if (own.isEmpty()) {
            return Optional.empty();
        }
        return kept.stream()
                .boxed()
                .flatMap(node -> flow.weightsOf(node).stream()
                        .filter(own::contains)
                        .map(weights -> "its weights %s are shared with %s, which stays"
                                .formatted(weights, name(flow.givenBy(node).get(0)))))
                .findFirst();
    }
}

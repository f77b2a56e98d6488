package org.lamella.prune;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Layers of a plain chain that give the shape they take.
 *
 * <p>The graph is cut into segments at every place where a single value carries all that follows (1). A layer is a segment of one node
 * that multiplies by weights, and the segments of one node behind it up to the next with weights or of several nodes (2). It ends at
 * the last of these places where the shape is that of its beginning, so a pooling behind it stays (3).
 */
final class ChainRule {
    private final Proof proof;
    private final Dataflow flow;

    /** What lies between two places where one value carries everything. */
    private record Segment(String from, String to, List<Integer> nodes) {}

    private ChainRule(Proof proof) {
        this.proof = proof;
        this.flow = proof.flow();
    }

    static List<Unit> find(Proof proof, List<Refusal> refusals) {
        ChainRule rule = new ChainRule(proof);
        List<Unit> units = new ArrayList<>();
        List<Segment> segments = rule.segments();
        for (int i = 0; i < segments.size(); i++) {
            if (rule.isWeightedNode(segments.get(i))) {
                rule.judge(segments, i, refusals).ifPresent(units::add);
            }
        }
        return units;
    }

    private boolean isWeightedNode(Segment segment) {
        return segment.nodes().size() == 1
                && !flow.weightsOf(segment.nodes().get(0)).isEmpty();
    }

    private Optional<Unit> judge(List<Segment> segments, int first, List<Refusal> refusals) {
        String source = segments.get(first).from();
        int end = first + 1;
        while (end < segments.size() && segments.get(end).nodes().size() == 1 && !isWeightedNode(segments.get(end))) {
            end++;
        }
        for (int last = end - 1; last >= first; last--) {
            if (proof.alike(source, segments.get(last).to())) {
                BitSet inside = new BitSet();
                segments.subList(first, last).forEach(segment -> segment.nodes().forEach(inside::set));
                Segment exit = segments.get(last);
                Proof.Verdict verdict = proof.check(
                        Unit.Kind.CHAIN, source, exit.to(), inside, exit.nodes().get(0));
                if (verdict.unit().isEmpty()) {
                    refusals.add(new Refusal(proof.name(exit.to()), verdict.reason()));
                }
                return verdict.unit();
            }
        }
        return Optional.empty();
    }

    private List<Segment> segments() {
        List<Integer> nodes = new ArrayList<>();
        for (int i = 0; i < flow.size(); i++) {
            if (proof.isNeeded(i) && flow.isValued(i)) {
                nodes.add(i);
            }
        }
        Map<String, Integer> waiting = new HashMap<>();
        flow.inputs().forEach(input -> wait(input, waiting));
        List<Segment> segments = new ArrayList<>();
        String from = waiting.size() == 1 ? waiting.keySet().iterator().next() : "";
        List<Integer> since = new ArrayList<>();
        for (int node : nodes) {
            since.add(node);
            flow.takenBy(node)
                    .forEach(tensor -> waiting.computeIfPresent(tensor, (name, left) -> left == 1 ? null : left - 1));
            flow.givenBy(node).forEach(tensor -> wait(tensor, waiting));
            if (waiting.size() == 1) {
                String to = waiting.keySet().iterator().next();
                if (!from.isEmpty() && !to.equals(from)) {
                    segments.add(new Segment(from, to, List.copyOf(since)));
                }
                from = to;
                since.clear();
            }
        }
        return segments;
    }

    /** Counts who still needs a tensor's value; what the graph returns is needed for ever. */
    private void wait(String tensor, Map<String, Integer> waiting) {
        int takers = (int) flow.takersOf(tensor).stream()
                .filter(node -> proof.isNeeded(node) && flow.isValued(node))
                .count();
        int returned = flow.outputs().contains(tensor) ? 1 : 0;
        if (takers + returned > 0) {
            waiting.put(tensor, takers + returned);
        }
    }
}

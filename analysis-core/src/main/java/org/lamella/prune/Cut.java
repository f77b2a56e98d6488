package org.lamella.prune;

import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the cut of some units does to the edges of a graph: tensors that give way to others, and operands that an addition does without.
 */
final class Cut {
    /** A graph as it is. */
    static final Cut NOTHING = new Cut(Map.of(), Map.of());

    private final Map<String, String> replaced;
    private final Map<Integer, Set<String>> dropped;

    private Cut(Map<String, String> replaced, Map<Integer, Set<String>> dropped) {
        this.replaced = replaced;
        this.dropped = dropped;
    }

    /** One tensor gives way to another. */
    static Cut replacing(String exit, String source) {
        return new Cut(Map.of(exit, source), Map.of());
    }

    /** One addition does without one operand. */
    static Cut dropping(Unit.Drop drop) {
        return new Cut(Map.of(), Map.of(drop.join(), Set.of(drop.operand())));
    }

    /** All of some units. */
    static Cut of(Dataflow flow, Collection<Unit> units) {
        Map<String, String> replaced = new LinkedHashMap<>();
        Map<Integer, Set<String>> dropped = new HashMap<>();
        for (Unit unit : units) {
            if (unit.drops().isEmpty()) {
                replaced.put(unit.exit(), unit.source());
            }
            unit.drops()
                    .forEach(drop -> dropped.computeIfAbsent(drop.join(), join -> new LinkedHashSet<>())
                            .add(drop.operand()));
        }
        dropped.forEach((join, operands) -> {
            Addition addition = Addition.of(flow, join);
            List<String> left = addition.operands().stream()
                    .filter(operand -> !operands.contains(operand))
                    .toList();
            // A sum of one is that one, unless an addition that is fused with more adds a bias to it.
            if (left.size() == 1 && !addition.sum().isEmpty() && addition.bias().isEmpty()) {
                replaced.putIfAbsent(addition.sum(), left.get(0));
            }
        });
        return new Cut(replaced, dropped);
    }

    Map<String, String> replaced() {
        return replaced;
    }

    /** The operands that a node does without; none of most. */
    Set<String> droppedAt(int node) {
        return dropped.getOrDefault(node, Set.of());
    }

    /** What a tensor gives way to in the end: itself where it does not. */
    String resolved(String tensor) {
        String now = tensor;
        for (String next = replaced.get(now); next != null; next = replaced.get(now)) {
            now = next;
        }
        return now;
    }
}

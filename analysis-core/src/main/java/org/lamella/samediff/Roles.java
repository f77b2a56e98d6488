package org.lamella.samediff;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.lamella.LamellaException;

/**
 * What the parts of a graph are there for.
 *
 * <p>A placeholder gives labels if the training configuration says so, or if everything that follows from it ends in losses and
 * another placeholder reaches all of that and more. What follows from labels is not looked at.
 *
 * @param inputs placeholders that are given examples
 * @param labels placeholders of labels
 * @param unused placeholders that nothing takes
 * @param order the operations in an order of computation, the file's where it is one
 * @param circular operations that wait for each other, as in loops
 * @param judging operations that follow from labels
 */
record Roles(
        List<Variable> inputs,
        Set<String> labels,
        Set<String> unused,
        List<Operation> order,
        List<Operation> circular,
        Set<Operation> judging) {
    private static final int MOST_PLACEHOLDERS = 64;

    static Roles of(GraphFile file) {
        List<Operation> order = new ArrayList<>();
        List<Operation> circular = sort(file, order);
        Map<String, Set<Operation>> reached = new LinkedHashMap<>();
        requireFew(file);
        for (Variable variable : file.variables().values()) {
            if (variable.kind() == Variable.Kind.PLACEHOLDER) {
                reached.put(variable.name(), reachedFrom(variable.name(), order));
            }
        }
        Set<String> unused = new LinkedHashSet<>();
        reached.forEach((name, operations) -> {
            if (operations.isEmpty()) {
                unused.add(name);
            }
        });
        Set<String> labels = labels(file, order, reached);
        List<Variable> inputs = new ArrayList<>();
        Set<Operation> judging = identities();
        reached.forEach((name, operations) -> {
            if (labels.contains(name)) {
                judging.addAll(operations);
            } else if (!unused.contains(name)) {
                inputs.add(file.variables().get(name));
            }
        });
        return new Roles(inputs, labels, unused, order, circular, judging);
    }

    private static void requireFew(GraphFile file) {
        long count = file.variables().values().stream()
                .filter(variable -> variable.kind() == Variable.Kind.PLACEHOLDER)
                .count();
        if (count > MOST_PLACEHOLDERS) {
            throw new LamellaException(
                    file.path().toString(),
                    "has %,d placeholders; graphs with up to %d are read".formatted(count, MOST_PLACEHOLDERS));
        }
    }

    /** Operations that are compared as objects, not by all that the file says of them. */
    private static Set<Operation> identities() {
        return Collections.newSetFromMap(new IdentityHashMap<>());
    }

    /** Fills the order; returns what cannot be put in any. */
    private static List<Operation> sort(GraphFile file, List<Operation> order) {
        Map<String, Integer> producers = new HashMap<>();
        for (int i = 0; i < file.operations().size(); i++) {
            for (String output : file.operations().get(i).outputs()) {
                producers.put(output, i);
            }
        }
        int count = file.operations().size();
        List<List<Integer>> consumers = new ArrayList<>();
        int[] missing = new int[count];
        for (int i = 0; i < count; i++) {
            consumers.add(new ArrayList<>());
        }
        for (int i = 0; i < count; i++) {
            for (String input : file.operations().get(i).inputs()) {
                @Nullable Integer producer = producers.get(input);
                if (producer != null) {
                    consumers.get(producer).add(i);
                    missing[i]++;
                }
            }
        }
        var ready = new PriorityQueue<Integer>();
        for (int i = 0; i < count; i++) {
            if (missing[i] == 0) {
                ready.add(i);
            }
        }
        boolean[] sorted = new boolean[count];
        while (!ready.isEmpty()) {
            int next = ready.remove();
            sorted[next] = true;
            order.add(file.operations().get(next));
            for (int consumer : consumers.get(next)) {
                if (--missing[consumer] == 0) {
                    ready.add(consumer);
                }
            }
        }
        List<Operation> left = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            if (!sorted[i]) {
                left.add(file.operations().get(i));
            }
        }
        return left;
    }

    private static Set<Operation> reachedFrom(String placeholder, List<Operation> order) {
        Set<String> variables = new HashSet<>(Set.of(placeholder));
        Set<Operation> reached = identities();
        for (Operation operation : order) {
            if (operation.inputs().stream().anyMatch(variables::contains)) {
                reached.add(operation);
                variables.addAll(operation.outputs());
            }
        }
        return reached;
    }

    private static Set<String> labels(GraphFile file, List<Operation> order, Map<String, Set<Operation>> reached) {
        Set<String> labels = new LinkedHashSet<>(file.labels());
        labels.retainAll(reached.keySet());
        Set<String> taken = new HashSet<>();
        order.forEach(operation -> taken.addAll(operation.inputs()));
        reached.forEach((name, operations) -> {
            boolean endsInLosses = !operations.isEmpty()
                    && operations.stream()
                            .flatMap(operation -> operation.outputs().stream())
                            .filter(output -> !taken.contains(output))
                            .allMatch(file.losses()::contains);
            boolean followed = reached.values().stream()
                    .anyMatch(others -> others.size() > operations.size() && others.containsAll(operations));
            if (endsInLosses && followed) {
                labels.add(name);
            }
        });
        return labels;
    }
}

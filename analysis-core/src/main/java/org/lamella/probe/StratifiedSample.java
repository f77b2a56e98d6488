package org.lamella.probe;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** Some of the examples, chosen at random so that every class keeps its share. */
public final class StratifiedSample {
    private StratifiedSample() {}

    /**
     * Positions of the examples chosen, in ascending order. Of a class with m of n examples, count · m / n are taken, rounded down; the
     * largest remainders get one more until there are enough, the smaller class first of equals.
     *
     * @param labels of all examples
     * @param count how many; all if there are no more
     */
    public static int[] of(int[] labels, int count, long seed) {
        if (count >= labels.length) {
            return IntStream.range(0, labels.length).toArray();
        }
        Map<Integer, List<Integer>> members = new TreeMap<>();
        for (int i = 0; i < labels.length; i++) {
            members.computeIfAbsent(labels[i], label -> new ArrayList<>()).add(i);
        }
        var random = new Random(seed);
        List<Integer> chosen = new ArrayList<>();
        for (Map.Entry<Integer, Integer> share :
                shares(members, labels.length, count).entrySet()) {
            List<Integer> some = members.getOrDefault(share.getKey(), List.of());
            Collections.shuffle(some, random);
            chosen.addAll(some.subList(0, share.getValue()));
        }
        return chosen.stream().mapToInt(Integer::intValue).sorted().toArray();
    }

    private static Map<Integer, Integer> shares(Map<Integer, List<Integer>> members, int all, int count) {
        Map<Integer, Integer> shares = new TreeMap<>();
        members.forEach((label, some) -> shares.put(label, (int) ((long) count * some.size() / all)));
        int left = count - shares.values().stream().mapToInt(Integer::intValue).sum();
        members.entrySet().stream()
                .sorted(Comparator.comparingLong((Map.Entry<Integer, List<Integer>> entry) ->
                                -((long) count * entry.getValue().size() % all))
                        .thenComparing(entry -> entry.getValue().size()))
                .limit(left)
                .forEach(entry -> shares.merge(entry.getKey(), 1, Integer::sum));
        return shares;
    }
}

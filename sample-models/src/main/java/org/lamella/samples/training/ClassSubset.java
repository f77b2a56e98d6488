package org.lamella.samples.training;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.lamella.LamellaException;
import org.lamella.data.Dataset;

/** Chooses examples so that each class keeps its share. */
public final class ClassSubset {
    private ClassSubset() {}

    /**
     * Examples chosen at random from each class, in ascending order.
     *
     * @param examples to choose from
     * @param fraction share of each class that is chosen, above 0 and at most 1; at least one example of a class is
     * @throws LamellaException if the data have no labels
     */
    public static int[] of(Dataset data, int[] examples, double fraction, long seed) {
        Map<Integer, List<Integer>> byClass = new TreeMap<>();
        for (int example : examples) {
            int label = data.label(example)
                    .orElseThrow(() -> new LamellaException(data.name(), "has no labels, which training needs"));
            byClass.computeIfAbsent(label, key -> new ArrayList<>()).add(example);
        }
        Random random = new Random(seed);
        return byClass.values().stream()
                .flatMap(members -> {
                    Collections.shuffle(members, random);
                    return members.subList(0, (int) Math.max(1, Math.round(fraction * members.size()))).stream();
                })
                .mapToInt(Integer::intValue)
                .sorted()
                .toArray();
    }
}

package org.lamella.run;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lamella.activation.Layer;

/**
 * Memory divided among the models of a run by what they need. A model that needs no more than an equal part of what is left gets what it
 * needs, from the least needy on, and those that need more divide the rest equally: no model gets less than it would if all got the
 * same, unless it can do with less. What nobody needs is divided equally too.
 */
record MemoryShares(Map<String, Long> bytes) {
    /** What a model needs of which that cannot be told. */
    static final long UNKNOWN = Long.MAX_VALUE;

    MemoryShares {
        bytes = Map.copyOf(bytes);
    }

    /**
     * @param needs bytes by the models' names
     */
    static MemoryShares of(long memory, Map<String, Long> needs) {
        List<Map.Entry<String, Long>> modest = new ArrayList<>(needs.entrySet());
        modest.sort(Map.Entry.comparingByValue(Comparator.naturalOrder()));
        Map<String, Long> shares = new LinkedHashMap<>();
        long left = Math.max(0, memory);
        for (int i = 0; i < modest.size(); i++) {
            long share = Math.min(modest.get(i).getValue(), left / (modest.size() - i));
            shares.put(modest.get(i).getKey(), share);
            left -= share;
        }
        long rest = needs.isEmpty() ? 0 : left / needs.size();
        shares.replaceAll((name, share) -> Math.max(1, share + rest));
        return new MemoryShares(shares);
    }

    /** A model's part. */
    long of(String model) {
        return bytes.getOrDefault(model, 0L);
    }

    /**
     * What a model needs to compute all its layers at once.
     *
     * @param layers that are looked at, and the inputs
     * @param atOnce examples that are run at once
     * @param weights bytes of its files
     * @return {@link #UNKNOWN} if a layer's size is not known before it is run
     */
    static long need(List<Layer> layers, int atOnce, long weights) {
        double numbers = 0;
        for (Layer layer : layers) {
            if (layer.features() < 0) {
                return UNKNOWN;
            }
            numbers += layer.features();
        }
        // An eighth of a model's memory is for what its engine computes beside the layers.
        return (long) Math.min(UNKNOWN, (weights + Float.BYTES * numbers * atOnce) * 8 / 7);
    }
}

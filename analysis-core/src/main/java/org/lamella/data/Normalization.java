package org.lamella.data;

import java.util.List;

/**
 * What is subtracted from every number, and what it is then divided by.
 *
 * @param mean one number, or one for each channel
 * @param deviation likewise; none is zero
 */
public record Normalization(List<Double> mean, List<Double> deviation) {
    public Normalization {
        mean = List.copyOf(mean);
        deviation = List.copyOf(deviation);
    }

    @Override
    public String toString() {
        return "mean %s, std %s".formatted(mean, deviation);
    }
}

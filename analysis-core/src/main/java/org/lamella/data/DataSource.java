package org.lamella.data;

import java.util.List;

/**
 * A data set and where it came from.
 *
 * @param source as the user named it: {@code KIND:PATH}
 * @param sha256 of its files, in order
 * @param preparation what was done to the numbers since they were read; empty for nothing
 */
public record DataSource(String source, Examples examples, String sha256, String preparation) {
    /** A data set as it was read. */
    public DataSource(String source, Examples examples, String sha256) {
        this(source, examples, sha256, "");
    }

    /** The same with every number less a mean, over a standard deviation: one number each, or one for each channel. */
    public DataSource normalized(List<Double> mean, List<Double> deviation) {
        return new DataSource(
                source,
                Dataset.of(examples, "--normalize").normalized(mean, deviation),
                sha256,
                "mean %s, std %s".formatted(mean, deviation));
    }
}

package org.lamella.data;

/**
 * A data set and where it came from.
 *
 * @param source as the user named it: {@code KIND:PATH}
 * @param sha256 of its files, in order
 */
public record DataSource(String source, Dataset dataset, String sha256) {}

package org.lamella.block;

/**
 * How sure a block is, from resampled batches: groups of batches drawn with replacement, as many as there are, and blocks sought
 * in the sum of each draw.
 *
 * @param share of the draws in which the block comes back: one that shares at least {@value BlockStability#SAME} of their union
 * @param startLow of the starts where it comes back, the 2.5th percentile
 * @param startHigh the 97.5th percentile of the starts
 * @param endLow of the ends (exclusive), the 2.5th percentile
 * @param endHigh the 97.5th percentile of the ends
 */
public record Stability(double share, int startLow, int startHigh, int endLow, int endHigh) {}

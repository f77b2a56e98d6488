package org.lamella.block;

import java.util.List;

/**
 * What a block is made of, from the principal components of its layers.
 *
 * @param share of the variance that the first component has, averaged over the layers that are compared
 * @param leastShare the least of them
 * @param largestShare the largest
 * @param cosine squared, between the first components of two layers, averaged over pairs
 * @param similarity of two layers, averaged over pairs: unbiased CKA on the examples that the components were made of
 * @param without the same with the first component of every layer removed
 * @param dominant examples at the ends of the first component in most layers, the most frequent first
 */
public record Explanation(
        double share,
        double leastShare,
        double largestShare,
        double cosine,
        double similarity,
        double without,
        List<String> dominant) {
    public Explanation {
        dominant = List.copyOf(dominant);
    }
}

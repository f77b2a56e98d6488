package org.lamella.activation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Which positions of a batch of token sequences hold tokens, and which padding. All sequences have the same number of positions;
 * padding may be on either side.
 */
public final class TokenMask {
    private final int length;
    /** For each example, the positions of its tokens in ascending order. */
    private final List<int[]> tokens;

    private TokenMask(int length, List<int[]> tokens) {
        this.length = length;
        this.tokens = tokens;
    }

    /**
     * @param examples for each example, whether there is a token at each position
     * @throws IllegalArgumentException if there is no example, they differ in length, or one has no token
     */
    public static TokenMask of(List<boolean[]> examples) {
        if (examples.isEmpty()) {
            throw new IllegalArgumentException("a mask of no examples");
        }
        int length = examples.get(0).length;
        List<int[]> tokens = new ArrayList<>();
        for (boolean[] example : examples) {
            int[] positions = IntStream.range(0, example.length)
                    .filter(position -> example[position])
                    .toArray();
            if (example.length != length || positions.length == 0) {
                throw new IllegalArgumentException(
                        "example %d has %d tokens in %d positions, the first has %d positions"
                                .formatted(tokens.size(), positions.length, example.length, length));
            }
            tokens.add(positions);
        }
        return new TokenMask(length, tokens);
    }

    /** Sequences without padding. */
    public static TokenMask full(int examples, int length) {
        int[] all = IntStream.range(0, length).toArray();
        return new TokenMask(
                length, IntStream.range(0, examples).mapToObj(i -> all).toList());
    }

    /** Number of examples. */
    public int examples() {
        return tokens.size();
    }

    /** Positions of every example, padding counted. */
    public int length() {
        return length;
    }

    /** Number of tokens of an example. */
    public int count(int example) {
        return tokens.get(example).length;
    }

    /** Position of an example's first token. */
    public int first(int example) {
        return tokens.get(example)[0];
    }

    /** Position of an example's last token. */
    public int last(int example) {
        return tokens.get(example)[count(example) - 1];
    }

    /** Positions of an example's tokens, ascending. Not a copy, and not to be modified. */
    int[] positions(int example) {
        return tokens.get(example);
    }

    @Override
    public String toString() {
        return "%d examples of %s tokens in %d positions"
                .formatted(
                        examples(),
                        Arrays.toString(
                                tokens.stream().mapToInt(one -> one.length).toArray()),
                        length);
    }
}
